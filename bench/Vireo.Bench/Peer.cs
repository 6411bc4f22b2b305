using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Vireo.Bench;

/// <summary>The peer to compare with: `virsh create` of the same domain on the same daemon.</summary>
/// <param name="stateFolder">Whose daemon.</param>
/// <param name="executions">Knows when QEMU was executed.</param>
internal sealed class Peer(string stateFolder, ExecWatch executions)
{
    private const string Name = "bench-peer";

    private readonly string _folder = Path.Combine(stateFolder, "peer");

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

    private Task<string> VirshAsync(IReadOnlyList<string> arguments, CancellationToken ct) =>
        Programs.RunAsync("virsh", ["-c", Qemu.Uri(stateFolder), .. arguments], ct);
}
