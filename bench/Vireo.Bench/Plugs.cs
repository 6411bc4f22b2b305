using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>
/// Gives a running Linux guest processors and memory by a patch of its VM, from the patch until the guest says on its
/// console that it has them. The peer does the same to a copy of the guest by virsh.
/// </summary>
internal sealed class Plugs(RunningVireo vireo)
{
    private const string Name = "bench-plug";
    private const int BootMib = 128;
    private const int StepMib = 128;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly KubernetesClient _client = vireo.Connect();

    /// <param name="times">How often each.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(int times, CancellationToken ct)
    {
        using var executions = ExecWatch.Of(Qemu.Program);
        var peer = new Peer(vireo.StateFolder, executions);
        var folder = await StartAsync(times, ct);
        var domain = VmStarts.DomainOf(Name);
        await peer.CopyAsync(domain, folder, ct);
        var ours = await SeriesAsync(folder, times, (sockets, mib) => PatchAsync(sockets, mib, ct), ct);
        await _client.DeleteAsync<VirtualMachine>(new("default", Name), null, ct);
        await WaitAsync(() => Task.FromResult(!Directory.Exists(folder)), "the guest to go", ct);

        await peer.CreateAsync(ct);
        try
        {
            var theirs = await SeriesAsync(
                peer.Folder,
                times,
                (sockets, mib) => VirshAsync(peer, sockets, mib, ct),
                ct
            );
            return
            [
                .. Figures("vCPU", "virsh setvcpus", ours.Vcpus, theirs.Vcpus),
                .. Figures($"{StepMib} MiB", "virsh update-memory-device", ours.Memory, theirs.Memory),
            ];
        }
        finally
        {
            await peer.DestroyAsync(CancellationToken.None);
        }
    }

    private static IEnumerable<Figure> Figures(
        string what,
        string command,
        IReadOnlyList<double> ours,
        IReadOnlyList<double> theirs
    )
    {
        var own = Figure.Median($"patch of a VM until its guest has one more {what}, median", ours, "ms");
        var peer = Figure.Median($"{command} until the guest has one more {what}, median", theirs, "ms");
        return
        [
            own,
            Figure.P95($"patch of a VM until its guest has one more {what}, P95", ours, "ms"),
            peer,
            new($"Vireo's share: one more {what}", own.Value - peer.Value, "ms", 200),
        ];
    }

    /// <summary>One more vCPU each time; memory goes up and down.</summary>
    private static async Task<(IReadOnlyList<double> Vcpus, IReadOnlyList<double> Memory)> SeriesAsync(
        string folder,
        int times,
        Func<int, int, Task> set,
        CancellationToken ct
    )
    {
        var console = new LinuxConsole(folder);
        await console.WaitForBootAsync(ct);
        var (vcpus, memory) = (new List<double>(), new List<double>());
        for (var i = 1; i <= times; i++)
        {
            await Task.Delay(Settling, ct);
            var sockets = i + 1;
            vcpus.Add(
                await MeasureAsync(console, $"VIREO-GUEST-CPUS vcpus={sockets}", () => set(sockets, BootMib), ct)
            );
            await Task.Delay(Settling, ct);
            var line = $"VIREO-GUEST-MEMORY memory_mib={BootMib + StepMib}";
            memory.Add(await MeasureAsync(console, line, () => set(sockets, BootMib + StepMib), ct));
            await Task.Delay(Settling, ct);
            await MeasureAsync(console, $"VIREO-GUEST-MEMORY memory_mib={BootMib}", () => set(sockets, BootMib), ct);
        }

        return (vcpus, memory);
    }

    /// <summary>Milliseconds from the beginning of an act until the guest says a line once more.</summary>
    private static async Task<double> MeasureAsync(
        LinuxConsole console,
        string line,
        Func<Task> act,
        CancellationToken ct
    )
    {
        var said = await console.CountAsync(line, ct);
        var began = DateTimeOffset.UtcNow;
        var acting = act();
        await console.WaitAsync(line, said + 1, ct);
        var seen = DateTimeOffset.UtcNow;
        await acting;
        return (seen - began).TotalMilliseconds;
    }

    private async Task<string> StartAsync(int times, CancellationToken ct)
    {
        await _client.CreateAsync(JsonSerializer.Deserialize(Manifest(times), ApiJson.Default.VirtualMachine)!, ct);
        string? uid = null;
        await WaitAsync(
            async () =>
            {
                var seen = await _client.FindAsync<VirtualMachineInstance>(new("default", Name), ct);
                uid = seen?.Status?.Phase == VirtualMachineInstancePhase.Running ? seen.Metadata.Uid : null;
                return uid is not null;
            },
            "the guest to run",
            ct
        );
        return Path.Combine(vireo.StateFolder, "instances", uid!);
    }

    private Task PatchAsync(int sockets, int mib, CancellationToken ct)
    {
        var change = new JsonArray(
            Replace("cpu/sockets", sockets),
            Replace("memory/guest", string.Create(CultureInfo.InvariantCulture, $"{mib}Mi"))
        );
        return _client.PatchAsync<VirtualMachine>(new("default", Name), Patch.Json(change), ct);

        static JsonObject Replace(string field, JsonNode value) =>
            new()
            {
                ["op"] = "replace",
                ["path"] = $"/spec/template/spec/domain/{field}",
                ["value"] = value,
            };
    }

    /// <summary>Only what changes, as an administrator would.</summary>
    private static async Task VirshAsync(Peer peer, int sockets, int mib, CancellationToken ct)
    {
        var has = XElement.Parse(await peer.VirshAsync(["dumpxml", Peer.Name], ct));
        var vcpus = has.Element("vcpu")!;
        // libvirt leaves out how many there are when these are all that there can be.
        if ((vcpus.Attribute("current")?.Value ?? vcpus.Value) != Text(sockets))
        {
            await peer.VirshAsync(["setvcpus", Peer.Name, Text(sockets), "--live"], ct);
            return;
        }

        string[] size = ["--requested-size", $"{mib - BootMib}MiB"];
        await peer.VirshAsync(["update-memory-device", Peer.Name, "--live", .. size], ct);
    }

    private static async Task WaitAsync(Func<Task<bool>> holds, string what, CancellationToken ct)
    {
        for (var began = DateTimeOffset.UtcNow; !await holds(); await Task.Delay(Pause, ct))
        {
            if (DateTimeOffset.UtcNow - began > Limit)
            {
                throw new InvalidOperationException($"Waited in vain for {what}.");
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Manifest(int times) =>
        $$$"""
            {
              "apiVersion": "kubevirt.io/v1",
              "kind": "VirtualMachine",
              "metadata": { "name": "{{{Name}}}", "namespace": "default" },
              "spec": {
                "runStrategy": "Always",
                "template": {
                  "spec": {
                    "terminationGracePeriodSeconds": 0,
                    "domain": {
                      "cpu": { "sockets": 1, "maxSockets": {{{times + 1}}} },
                      "memory": { "guest": "{{{BootMib}}}Mi", "maxGuest": "512Mi" },
                      "devices": { "disks": [{ "name": "root", "disk": { "bus": "virtio" } }] }
                    },
                    "volumes": [{ "name": "root", "containerDisk": { "image": "vireo/tiny-guest:v1" } }]
                  }
                }
              }
            }
            """;
}
