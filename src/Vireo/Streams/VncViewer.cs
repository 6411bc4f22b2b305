using System.Diagnostics;
using Vireo.Clusters;

namespace Vireo.Streams;

/// <summary>A program on this host that shows a VNC screen.</summary>
/// <param name="Type">Its name for <c>--vnc-type</c>.</param>
/// <param name="Program">The file to run.</param>
internal sealed record VncViewer(string Type, string Program)
{
    private static readonly (string Type, string Program)[] Known =
    [
        ("remote-viewer", "remote-viewer"),
        ("tigervnc", "xtigervncviewer"),
        ("tigervnc", "vncviewer"),
        ("vinagre", "vinagre"),
    ];

    /// <summary>The viewer that was asked for, else the first that is installed; null when none is.</summary>
    /// <param name="type">Its type; null for any.</param>
    /// <param name="program">The file to run; null to look for it in the search path.</param>
    /// <param name="searchPath">Folders, as in <c>$PATH</c>.</param>
    /// <exception cref="UsageException">The type is unknown.</exception>
    public static VncViewer? Find(string? type, string? program, string searchPath)
    {
        if (type is not null && !Known.Any(viewer => viewer.Type == type))
        {
            throw new UsageException(
                $"--vnc-type: '{type}' is unknown: use "
                    + $"{string.Join(", ", Known.Select(viewer => viewer.Type).Distinct())}."
            );
        }

        return program is not null
            ? new(type ?? TypeOf(program), program)
            : Known
                .Where(viewer => type is null || viewer.Type == type)
                .SelectMany(viewer => searchPath.Split(Path.PathSeparator), (viewer, folder) => (viewer, folder))
                .Select(pair => new VncViewer(pair.viewer.Type, Path.Combine(pair.folder, pair.viewer.Program)))
                .FirstOrDefault(viewer => File.Exists(viewer.Program));
    }

    /// <summary>What it is told to connect to a port.</summary>
    public IReadOnlyList<string> Arguments(string address, int port) =>
        Type == "tigervnc" ? [$"{address}::{port}"] : [$"vnc://{address}:{port}"];

    public Process Start(string address, int port) =>
        Process.Start(
            new ProcessStartInfo(Program, Arguments(address, port))
            {
                RedirectStandardInput = true,
                UseShellExecute = false,
            }
        )!;

    private static string TypeOf(string program)
    {
        var name = Path.GetFileName(program);
        return name.Contains("remote-viewer", StringComparison.Ordinal) ? "remote-viewer"
            : name.Contains("vinagre", StringComparison.Ordinal) ? "vinagre"
            : "tigervnc";
    }
}
