using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Bench;

/// <summary>
/// Moves a Linux guest between two hosts, to and fro: through Vireo, and a copy of it by `virsh migrate` between the same
/// two libvirt daemons. Both in plain text, and both encrypted.
/// </summary>
internal sealed partial class Migrations(TwoHosts hosts, string root)
{
    private const string Name = "bench-move";
    private const string Peer = "bench-peer";
    private const int DisksPort = 49400;

    /// <summary>
    /// Before each move, the peer's too: a machine that is virtual itself may give memory back to its own host when nobody
    /// has used it for two seconds, and a guest that comes sooner than that gets its memory several times faster.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(4);

    /// <summary>Pages of zeros are not sent: a guest in use has others.</summary>
    private const string Fill = "dd if=/dev/urandom of=/tmp/fill bs=1M count=192";

    /// <summary>Times in milliseconds, of each move in turn.</summary>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(int times, CancellationToken ct)
    {
        var client = hosts.Connect();
        var instances = new Watcher<VirtualMachineInstance>(hosts.Connect());
        await instances.StartAsync(ct);
        var manifest = VmStarts.Manifest(Name, "Reboot", "vireo/tiny-guest:v1", "512Mi");
        await client.CreateAsync(JsonSerializer.Deserialize(manifest, ApiJson.Default.VirtualMachine)!, ct);
        var running = await instances.FirstAsync(
            $"{Name} to run",
            seen => seen.Object.Status?.Phase == VirtualMachineInstancePhase.Running,
            ct
        );
        var at = running.Object.Status!.NodeName!;
        var peerAt = await CopyAsync(at, ct);
        var (plain, encrypted) = (new List<Move>(), new List<Move>());
        var (peersPlain, peersEncrypted) = (new List<Move>(), new List<Move>());
        try
        {
            await FillAsync(Path.Combine(hosts.FolderOf(at), "instances", running.Object.Metadata.Uid!), ct);
            await FillAsync(PeerFolder(at), ct);
            // The first of each is not counted: both sides are slow in what they do for the first time.
            for (var i = 0; i <= times; i++)
            {
                foreach (
                    var (moves, peers, isPlain) in ((List<Move>, List<Move>, bool)[])
                        [(plain, peersPlain, true), (encrypted, peersEncrypted, false)]
                )
                {
                    await hosts.SendInPlainTextAsync(isPlain, ct);
                    // The agents hear of it, and the queue forgets the last move before the next is asked for.
                    await Task.Delay(Rest, ct);
                    var to = TwoHosts.Names.Single(name => name != at);
                    moves.Add(await MoveAsync(client, instances, to, ct));
                    at = to;
                    await Task.Delay(Rest, ct);
                    to = TwoHosts.Names.Single(name => name != peerAt);
                    peers.Add(await MovePeerAsync(peerAt, to, WaysTo(to, isPlain), ct));
                    peerAt = to;
                }
            }
        }
        finally
        {
            // It is nobody's guest, and a host with a guest does not end.
            await VirshAsync(peerAt, ["destroy", Peer], CancellationToken.None);
        }

        return
        [
            .. Figures("migration, encrypted", encrypted[1..]),
            .. Figures("virsh migrate --tls", peersEncrypted[1..]),
            .. Ratios("virsh migrate --tls", encrypted[1..], peersEncrypted[1..]),
            .. Figures("migration, plain text", plain[1..]),
            .. Figures("virsh migrate", peersPlain[1..]),
            .. Ratios("virsh migrate", plain[1..], peersPlain[1..]),
            .. Ratios("virsh migrate in plain text, encrypted", encrypted[1..], peersPlain[1..]),
        ];
    }

    private static IReadOnlyList<Figure> Figures(string whose, IReadOnlyList<Move> moves) =>
        [
            Figure.Median($"{whose}, in all", [.. moves.Select(move => move.Total)], "ms"),
            Figure.Median($"{whose}, downtime", [.. moves.Select(move => move.Downtime)], "ms"),
        ];

    private static IEnumerable<Figure> Ratios(string peer, IReadOnlyList<Move> ours, IReadOnlyList<Move> theirs) =>
        Figures("", ours)
            .Zip(
                Figures("", theirs),
                (mine, other) => new Figure($"ratio to {peer}{mine.Name}", mine.Value / other.Value, "times", 1.15)
            );

    private static async Task<Move> MoveAsync(
        Vireo.Runtime.KubernetesClient client,
        Watcher<VirtualMachineInstance> instances,
        string to,
        CancellationToken ct
    )
    {
        var began = DateTimeOffset.UtcNow;
        await client.CreateAsync(
            new VirtualMachineInstanceMigration
            {
                Metadata = new() { GenerateName = "bench-", Namespace = "default" },
                Spec = new() { VmiName = Name },
            },
            ct
        );
        var moved = await instances.FirstAsync(
            $"{Name} to be on {to}",
            seen => seen.At > began && seen.Object.Status?.NodeName == to,
            ct
        );
        return new(
            (moved.At - began).TotalMilliseconds,
            moved.Object.Status?.MigrationState?.Progress?.DowntimeMilliseconds ?? double.NaN
        );
    }

    /// <summary>Starts a copy of the guest beside it, with a disk and sockets of its own on each host.</summary>
    private async Task<string> CopyAsync(string host, CancellationToken ct)
    {
        var domain = await VirshAsync(host, ["dumpxml", "--migratable", VmStarts.DomainOf(Name)], ct);
        var xml = XElement.Parse(domain);
        var folder = Path.GetDirectoryName(xml.Descendants("log").First().Attribute("file")!.Value)!;
        xml = XElement.Parse(domain.Replace(folder, "@FOLDER@", StringComparison.Ordinal));
        xml.Element("name")!.Value = Peer;
        xml.Element("uuid")!.Value = Guid.NewGuid().ToString();
        xml.Descendants("mac").First().SetAttributeValue("address", "52:54:00:be:9c:01");
        await File.WriteAllTextAsync(Path.Combine(root, "peer.xml"), xml.ToString(), ct);
        await VirshAsync(host, ["create", await DomainOnAsync(host, ct)], ct);
        return host;
    }

    /// <summary>Over the network, as Vireo's go and as between two machines.</summary>
    private static string[] WaysTo(string host, bool isPlain)
    {
        var address = $"tcp://{TwoHosts.AddressOf(host)}";
        return
        [
            "--migrateuri",
            address,
            "--disks-uri",
            $"{address}:{DisksPort}",
            .. isPlain ? (string[])[] : ["--tls", "--tls-destination", PeerCertificates.Name],
        ];
    }

    private async Task<Move> MovePeerAsync(string from, string to, string[] options, CancellationToken ct)
    {
        var domain = await DomainOnAsync(to, ct);
        var began = Stopwatch.GetTimestamp();
        await VirshAsync(
            from,
            [
                "migrate",
                "--live",
                "--p2p",
                .. options,
                "--copy-storage-inc",
                "--migrate-disks",
                "vda",
                "--xml",
                domain,
                Peer,
                Qemu.Uri(hosts.FolderOf(to)),
            ],
            ct
        );
        var total = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var told = await VirshAsync(to, ["domjobinfo", Peer, "--completed"], ct);
        return new(total, double.Parse(Downtime().Match(told).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>The copy as one host has it, with an empty overlay over that host's image.</summary>
    private async Task<string> DomainOnAsync(string host, CancellationToken ct)
    {
        var folder = PeerFolder(host);
        Directory.CreateDirectory(folder);
        var text = await File.ReadAllTextAsync(Path.Combine(root, "peer.xml"), ct);
        var xml = XElement.Parse(text.Replace("@FOLDER@", folder, StringComparison.Ordinal));
        var disk = xml.Descendants("disk").First().Element("source")!.Attribute("file")!.Value;
        Directory.CreateDirectory(Path.GetDirectoryName(disk)!);
        var image = Directory
            .EnumerateFiles(Path.Combine(hosts.FolderOf(host), "images", "disks"), "disk", SearchOption.AllDirectories)
            .Single();
        await Programs.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", image, disk], ct);
        var path = Path.Combine(folder, "domain.xml");
        await File.WriteAllTextAsync(path, xml.ToString(), ct);
        return path;
    }

    private static async Task FillAsync(string folder, CancellationToken ct)
    {
        var console = new LinuxConsole(folder);
        await console.WaitForBootAsync(ct);
        await console.RunAsync(Fill, ct);
    }

    private string PeerFolder(string host) => Path.Combine(root, $"peer-{host}");

    private Task<string> VirshAsync(string host, IReadOnlyList<string> arguments, CancellationToken ct) =>
        Programs.RunAsync("virsh", ["-c", Qemu.Uri(hosts.FolderOf(host)), .. arguments], ct);

    [GeneratedRegex(@"Total downtime:\s+(\d+)")]
    private static partial Regex Downtime();

    /// <summary>One move; times in milliseconds.</summary>
    private sealed record Move(double Total, double Downtime);
}
