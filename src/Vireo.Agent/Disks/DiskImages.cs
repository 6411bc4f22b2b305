using System.ComponentModel;
using System.Globalization;

namespace Vireo.Agent;

/// <summary>Makes disk images with qemu-img.</summary>
internal sealed class DiskImages(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>For what goes through whole disks: a terabyte at 30 MB a second.</summary>
    private static readonly TimeSpan LongLimit = TimeSpan.FromHours(12);

    /// <summary>
    /// A hostile image must not cost the host more than these: seconds of a processor, bytes of memory.
    /// </summary>
    private static readonly IReadOnlyList<string> Bounds = ["prlimit", "--cpu=30", "--as=1073741824"];

    private readonly SharedWork<DiskImage> _templates = new();

    /// <summary>Makes an empty disk, unless it is there.</summary>
    public async Task CreateAsync(string path, long bytes, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            var size = bytes.ToString(CultureInfo.InvariantCulture);
            await WholeFile.MakeAsync(path, draft => RunAsync(["create", "-q", "-f", "qcow2", draft, size], ct));
        }
    }

    /// <summary>Makes a disk that begins as another one and keeps its own changes.</summary>
    /// <remarks>
    /// An empty overlay is the same for all guests. It is made once, beside the disk, where qemu-img also finds out
    /// whether the disk can be opened; each guest gets a copy, which is no process at its start.
    /// </remarks>
    /// <param name="path">Where it is to be.</param>
    /// <param name="below">The disk that it begins as, which came from outside and nobody writes to.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="DiskException">The disk below is none.</exception>
    public async Task OverlayAsync(string path, string below, CancellationToken ct)
    {
        var template = below + ".overlay";
        if (BackingFileOf(template) != below)
        {
            await _templates.RunAsync(below, () => MakeTemplateAsync(template, below), ct);
        }

        await WholeFile.MakeAsync(
            path,
            draft =>
            {
                File.Copy(template, draft);
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>
    /// Makes a disk that holds all that a disk and those below it hold; does nothing when it is there.
    /// </summary>
    /// <param name="disk">A disk that this host made, which nobody writes to any more.</param>
    /// <param name="path">Where it is to be.</param>
    /// <param name="ct">Ends it.</param>
    public async Task FlattenAsync(string disk, string path, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            string[] line = ["qemu-img", "convert", "-q", "-f", "qcow2", "-O", "qcow2", disk];
            await WholeFile.MakeAsync(path, draft => RunAsync([.. line, draft], LongLimit, ct));
        }
    }

    private async Task<DiskImage> MakeTemplateAsync(string template, string below)
    {
        var image = DiskImage.Read(below);
        await WholeFile.MakeAsync(
            template,
            draft =>
                RunAsync(
                    ["create", "-q", "-f", "qcow2", "-F", image.Format, "-b", below, draft],
                    CancellationToken.None
                )
        );
        return image;
    }

    private Task RunAsync(IReadOnlyList<string> arguments, CancellationToken ct) =>
        RunAsync([.. Bounds, "qemu-img", .. arguments], Limit, ct);

    private async Task RunAsync(IReadOnlyList<string> line, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            var result = await Command.RunAsync(line, limit, time, ct);
            if (result.ExitCode is not 0)
            {
                var why = result.ExitCode is null ? $"qemu-img did not end within {limit}." : result.Error.Trim();
                throw new DiskException("FailedDisk", why, isTransient: true);
            }
        }
        catch (Win32Exception)
        {
            throw new DiskException("FailedDisk", "Disks are made by qemu-img: install the package qemu-utils.", true);
        }
    }

    /// <summary>
    /// What an overlay is made over; null when there is none. A state folder that was moved has stale ones.
    /// </summary>
    private static string? BackingFileOf(string overlay)
    {
        if (!File.Exists(overlay))
        {
            return null;
        }

        using var file = File.OpenHandle(overlay);
        return QcowHeader.Read(file)?.BackingFile;
    }
}
