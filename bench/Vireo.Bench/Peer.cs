using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Vireo.Bench;

/// <summary>The peer to compare with: `virsh create` of the same domain on the same daemon.</summary>
/// <param name="stateFolder">Whose daemon.</param>
/// <param name="executions">Knows when QEMU was executed.</param>
internal sealed class Peer(string stateFolder, ExecWatch executions)
{
    /// <summary>The name of the copy.</summary>
    public const string Name = "bench-peer";

    private readonly string _folder = Path.Combine(stateFolder, "peer");

    /// <summary>Where the copy's files are.</summary>
    public string Folder => _folder;

    private string DomainPath => Path.Combine(_folder, "domain.xml");

    /// <summary>Copies a running domain: its XML without its identity, and its disk.</summary>
    /// <param name="domain">Its name.</param>
    /// <param name="instanceFolder">Where its files are.</param>
    /// <param name="ct">Ends it.</param>
    public async Task CopyAsync(string domain, string instanceFolder, CancellationToken ct)
    {
        var dumped = await VirshAsync(["dumpxml", "--inactive", domain], ct);
        var xml = XElement.Parse(dumped.Replace(instanceFolder, _folder, StringComparison.Ordinal));
        xml.Element("name")!.Value = Name;
        xml.Element("uuid")!.Value = Guid.NewGuid().ToString();
        xml.Element("on_reboot")!.Value = "destroy";
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(DomainPath, xml.ToString(), ct);
        foreach (var disk in xml.Descendants("disk").Select(disk => disk.Element("source")?.Attribute("file")?.Value))
        {
            if (disk is not null)
            {
                await CopyDiskAsync(disk.Replace(_folder, instanceFolder, StringComparison.Ordinal), disk, ct);
            }
        }
    }

    /// <summary>Starts the copy, and ends it again.</summary>
    public async Task<PeerStart> StartAsync(CancellationToken ct)
    {
        var began = DateTimeOffset.UtcNow;
        await VirshAsync(["create", DomainPath], ct);
        var running = DateTimeOffset.UtcNow;
        var executed = executions.TimeOf(Qemu.ProcessOf(stateFolder, Name));
        await VirshAsync(["destroy", Name], ct);
        return new((executed - began).TotalMilliseconds, (running - began).TotalMilliseconds);
    }

    /// <summary>Starts the copy, which runs until it is told to end.</summary>
    public Task CreateAsync(CancellationToken ct) => VirshAsync(["create", DomainPath], ct);

    /// <summary>Ends the copy.</summary>
    public Task DestroyAsync(CancellationToken ct) => VirshAsync(["destroy", Name], ct);

    /// <summary>
    /// Cold reboots as an administrator's script does them: a loop over `virsh event` that creates the domain again when
    /// it has stopped.
    /// </summary>
    public async Task<IReadOnlyList<Reboot>> RebootAsync(int times, CancellationToken ct)
    {
        var reboots = new List<Reboot>();
        await VirshAsync(["create", DomainPath], ct);
        using var events = Programs.Start(
            "virsh",
            "-c",
            Qemu.Uri(stateFolder),
            "event",
            "--event",
            "lifecycle",
            "--loop"
        );
        try
        {
            var console = new GuestConsole(_folder);
            for (var i = 0; i < times; i++)
            {
                await console.WaitForBootAsync(ct);
                var began = await console.RebootAsync(ct);
                await StoppedAsync(events.StandardOutput, ct);

                File.Delete(Path.Combine(_folder, "console.log"));
                await VirshAsync(["create", DomainPath], ct);
                var running = DateTimeOffset.UtcNow;
                var executed = executions.TimeOf(Qemu.ProcessOf(stateFolder, Name));
                reboots.Add(new((executed - began).TotalMilliseconds, (running - began).TotalMilliseconds));
            }
        }
        finally
        {
            events.Kill();
            await VirshAsync(["destroy", Name], CancellationToken.None);
        }

        return reboots;
    }

    private static async Task StoppedAsync(StreamReader events, CancellationToken ct)
    {
        while (await events.ReadLineAsync(ct) is { } line)
        {
            if (line.Contains(Name, StringComparison.Ordinal) && line.Contains("Stopped", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("virsh event ended.");
    }

    /// <summary>A new overlay over the same image.</summary>
    private static async Task CopyDiskAsync(string from, string to, CancellationToken ct)
    {
        var told = JsonNode.Parse(await Programs.RunAsync("qemu-img", ["info", "-U", "--output=json", from], ct))!;
        var below = (string)(told["full-backing-filename"] ?? told["backing-filename"])!;
        var image = new FileInfo(below).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? below;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        var format = (string?)told["backing-filename-format"] ?? "raw";
        await Programs.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-F", format, "-b", image, to], ct);
    }

    /// <summary>A command of virsh on the same daemon.</summary>
    public Task<string> VirshAsync(IReadOnlyList<string> arguments, CancellationToken ct) =>
        Programs.RunAsync("virsh", ["-c", Qemu.Uri(stateFolder), .. arguments], ct);
}
