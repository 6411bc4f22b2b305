using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>
/// Moves many stopped virtual machines to another machine type. The peer does to some of them what KubeVirt's job does:
/// one client that patches one machine after another.
/// </summary>
internal sealed class Transitions(RunningVireo vireo)
{
    private const int Parallel = 16;
    private const int PeerShare = 10;
    private const string Old = "pc-q35-6.2";
    private const string New = "pc-q35-7.2";

    /// <summary>As long as the mark of a transition.</summary>
    private const string Mark = $$"""
        {"uid":"01234567-89ab-cdef-0123-456789abcdef","name":"bench","template":"{{Old}}","from":"{{Old}}",
        "to":"{{New}}","at":"2026-01-01T12:00:00.0000000Z"}
        """;

    private readonly KubernetesClient _client = vireo.Connect();

    /// <param name="machines">How many.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(int machines, CancellationToken ct)
    {
        var ofPeer = Math.Max(1, machines / PeerShare);
        await MakeAsync("bench-peer", ofPeer, ct);
        await MakeAsync("bench-own", machines, ct);
        await RestAsync(ct);
        var peer = await PeerAsync(ofPeer, ct);
        await RestAsync(ct);
        var before = Resident();
        var cpuBefore = Idle.CpuSeconds(vireo.ProcessId);
        var (seconds, most) = await TransitionAsync(machines, ct);
        var cpu = Idle.CpuSeconds(vireo.ProcessId) - cpuBefore;
        await RestAsync(ct);
        var after = Resident();
        var name = string.Create(CultureInfo.InvariantCulture, $"transition of {machines} stopped VMs");
        return
        [
            new(name, seconds, "s", machines == 10_000 ? 10 : null),
            new($"{name}: CPU", cpu, "core-s"),
            new($"{name}: rate", machines / seconds, "VMs/s"),
            new($"peer, one patch after another as KubeVirt's job, {ofPeer} VMs: rate", ofPeer / peer, "VMs/s"),
            new($"{name}: times the peer's rate", machines / seconds / (ofPeer / peer), "times"),
            new($"{name}: resident before", before, "MiB"),
            new($"{name}: most it grew meanwhile", most - before, "MiB"),
            new($"{name}: left of that a while later", after - before, "MiB"),
        ];
    }

    private async Task MakeAsync(string space, int count, CancellationToken ct)
    {
        await _client.CreateAsync(new Namespace { Metadata = new() { Name = space } }, ct);
        await Each(count, (i, stop) => _client.CreateAsync(Machine(space, i), stop), ct);
    }

    /// <summary>As <c>kubectl patch</c> in a loop: the next when the one before is answered.</summary>
    private async Task<double> PeerAsync(int count, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var change = new JsonArray(
                new JsonObject
                {
                    ["op"] = "replace",
                    ["path"] = "/spec/template/spec/domain/machine/type",
                    ["value"] = New,
                }
            );
            await _client.PatchAsync<VirtualMachine>(new("bench-peer", NameOf(i)), Patch.Json(change), ct);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <returns>From the creation of the transition until it is seen to be completed; the most memory in that time.
    /// </returns>
    private async Task<(double Seconds, double Most)> TransitionAsync(int count, CancellationToken ct)
    {
        var most = 0.0;
        var began = Stopwatch.GetTimestamp();
        await _client.CreateAsync(
            new MachineTypeTransition
            {
                Metadata = new() { Name = "bench" },
                Spec = new() { Namespaces = ["bench-own"], Steps = [new() { Below = New, Target = New }] },
            },
            ct
        );
        while (true)
        {
            most = Math.Max(most, Resident());
            var status = (await _client.FindAsync<MachineTypeTransition>(new(null, "bench"), ct))?.Status;
            if (status?.Phase is "Completed")
            {
                return status.Counts?.Updated == count
                    ? (Stopwatch.GetElapsedTime(began).TotalSeconds, most)
                    : throw new InvalidOperationException($"It moved {status.Counts?.Updated} of {count}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), ct);
        }
    }

    /// <summary>
    /// What a transition keeps in memory beyond the objects it writes: beside it, the same is written by hand.
    /// </summary>
    /// <param name="machines">How many are moved, and how many are written by hand.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<IReadOnlyList<Figure>> MeasureMemoryAsync(int machines, CancellationToken ct)
    {
        await MakeAsync("bench-hand", machines, ct);
        await MakeAsync("bench-own", machines, ct);
        await RestAsync(ct);
        var before = await Heap.CollectAsync(vireo, _client, ct);
        await ByHandAsync(machines, ct);
        await RestAsync(ct);
        var byHand = await Heap.CollectAsync(vireo, _client, ct);
        await TransitionAsync(machines, ct);
        await ToldAsync("bench-own", machines, ct);
        await RestAsync(ct);
        var after = await Heap.CollectAsync(vireo, _client, ct);
        var events = (await _client.ListAsync<Event>(new("bench-own"), ct)).Items;
        var (hand, own) = ((byHand - before) / machines, (after - byHand) / machines);
        var name = string.Create(CultureInfo.InvariantCulture, $"memory of a transition of {machines} VMs");
        return
        [
            new($"{name}: heap before, with {2 * machines} VMs", before / (1 << 20), "MiB"),
            new($"{name}: events it wrote", events.Count, ""),
            new($"{name}: heap it added, a VM", own, "B"),
            new($"{name}: heap added by the same patch and Event written by hand, a VM", hand, "B"),
            new($"{name}: kept beyond the objects, a VM", own - hand, "B"),
            new($"{name}: kept beyond the objects, in all", (own - hand) * machines / 1024, "KiB"),
        ];
    }

    /// <summary>Waits until there is an event of each machine: they come behind the work.</summary>
    private async Task ToldAsync(string space, int count, CancellationToken ct)
    {
        while ((await _client.ListAsync<Event>(new(space), ct)).Items.Count < count)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
    }

    /// <summary>The patch that a transition makes of each machine, and the event that it tells.</summary>
    private Task ByHandAsync(int count, CancellationToken ct) =>
        Each(
            count,
            async (i, stop) =>
            {
                var change = new JsonArray(
                    new JsonObject
                    {
                        ["op"] = "replace",
                        ["path"] = "/spec/template/spec/domain/machine/type",
                        ["value"] = New,
                    },
                    new JsonObject
                    {
                        ["op"] = "add",
                        ["path"] = "/metadata/annotations",
                        ["value"] = new JsonObject { ["vireo.dev/machine-type-transition"] = Mark },
                    }
                );
                var machine = await _client.PatchAsync<VirtualMachine>(
                    new("bench-hand", NameOf(i)),
                    Patch.Json(change),
                    stop
                );
                await _client.CreateAsync(EventOf(machine), stop);
            },
            ct
        );

    private static Event EventOf(VirtualMachine machine) =>
        new()
        {
            Metadata = new()
            {
                Namespace = machine.Metadata.Namespace,
                Name = $"{machine.Metadata.Name}.0123456789abcdef",
            },
            InvolvedObject = new()
            {
                ApiVersion = machine.ApiVersion,
                Kind = machine.Kind,
                Namespace = machine.Metadata.Namespace,
                Name = machine.Metadata.Name,
                Uid = machine.Metadata.Uid,
            },
            Type = "Normal",
            Reason = "MachineTypeChanged",
            Message = $"Transition bench changed the machine type from {Old} to {New}",
            Count = 1,
            FirstTimestamp = TimeProvider.System.GetUtcNow(),
            LastTimestamp = TimeProvider.System.GetUtcNow(),
            Source = new() { Component = "machinetypetransition-controller" },
            ReportingComponent = "machinetypetransition-controller",
        };

    /// <summary>Waits until the program has told of all that was done and has nothing left to do.</summary>
    private async Task RestAsync(CancellationToken ct)
    {
        double before;
        do
        {
            before = Idle.CpuSeconds(vireo.ProcessId);
            await Task.Delay(TimeSpan.FromSeconds(2), ct);
        } while (Idle.CpuSeconds(vireo.ProcessId) - before > 0.1);
    }

    private double Resident() => Idle.Memory(vireo.ProcessId, "status", "VmRSS:");

    private static Task Each(int count, Func<int, CancellationToken, Task> act, CancellationToken ct) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct },
            async (i, stop) => await act(i, stop)
        );

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"vm-{number:00000}");

    private static VirtualMachine Machine(string space, int number) =>
        new()
        {
            Metadata = new() { Name = NameOf(number), Namespace = space },
            Spec = new()
            {
                RunStrategy = RunStrategy.Halted,
                Template = new()
                {
                    Spec = new()
                    {
                        Domain = new()
                        {
                            Devices = new(),
                            Machine = new() { Type = Old },
                            Memory = new() { Guest = Quantity.Parse("64Mi") },
                        },
                    },
                },
            },
        };
}
