using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>
/// Changes the cluster's configuration while many virtual machines of an instance type run that do not have all of
/// their spec, so that each is expanded and compared anew with what it was started from. Nothing comes of it, and nothing is to be written. The peer,
/// kubectl, only reads what is compared.
/// </summary>
internal sealed class Reevaluations(RunningVireo vireo)
{
    private const int Parallel = 16;

    /// <summary>The ratio that holds anyway is no change, and nobody is looked at for it.</summary>
    private const int AboveDefault = 5;

    private const string Space = "bench-live";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly ResourceKey Installation = new("kubevirt", "kubevirt");

    private readonly KubernetesClient _client = vireo.Connect();

    /// <param name="machines">How many.</param>
    /// <param name="times">How often.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(int machines, int times, CancellationToken ct)
    {
        await PrepareAsync(machines, ct);
        var (seconds, cpu, writes) = (new List<double>(), new List<double>(), new List<double>());
        // The first is not counted: the program, too, is slow in what it does for the first time.
        for (var i = 0; i <= times; i++)
        {
            await RestAsync(ct);
            var (before, cpuBefore) = (await NewestAsync(ct), Idle.CpuSeconds(vireo.ProcessId));
            seconds.Add(await ChangeAsync(machines, i + AboveDefault, ct));
            cpu.Add(Idle.CpuSeconds(vireo.ProcessId) - cpuBefore);
            await RestAsync(ct);
            writes.Add(await NewerThanAsync(before, ct));
        }

        var read = await PeerAsync(times, ct);
        var name = string.Create(CultureInfo.InvariantCulture, $"{machines} running VMs looked at anew");
        var own = Figure.Median($"{name} after a change of the configuration", seconds[1..], "s");
        var peer = Figure.Median("peer, kubectl get of the same VMs and instances", read, "s");
        return
        [
            own,
            Figure.Median($"{name}: CPU", cpu[1..], "core-s"),
            Figure.Median($"{name}: writes", writes[1..], "", 0),
            peer,
            new($"{name}: ratio to kubectl's reading", own.Value / peer.Value, "times"),
        ];
    }

    private async Task PrepareAsync(int count, CancellationToken ct)
    {
        await _client.CreateAsync(new Namespace { Metadata = new() { Name = Space } }, ct);
        await Each(count, (i, stop) => _client.CreateAsync(Machine(i), stop), ct);
        while (await RunningAsync(ct) < count)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }

        // From here on each waits for a restart: it has to be compared whenever it is looked at.
        var change = Patch.Merge(JsonNode.Parse("""{"spec":{"template":{"spec":{"hostname":"other"}}}}""")!);
        await Each(count, (i, stop) => _client.PatchAsync<VirtualMachine>(new(Space, NameOf(i)), change, stop), ct);
    }

    /// <returns>Seconds until each machine was looked at and none waits for that.</returns>
    private async Task<double> ChangeAsync(int machines, int ratio, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var change = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"spec":{"configuration":{"liveUpdateConfiguration":{"maxHotplugRatio":{{ratio}} } } } }"""
        );
        var before = await CountAsync("vireo_controller_passes_total", ct);
        await _client.PatchAsync<KubeVirt>(Installation, Patch.Merge(JsonNode.Parse(change)!), ct);
        while (
            await CountAsync("vireo_controller_passes_total", ct) < before + machines
            || await CountAsync("vireo_controller_queue_depth", ct) > 0
        )
        {
            await Task.Delay(Pause, ct);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private async Task<IReadOnlyList<double>> PeerAsync(int times, CancellationToken ct)
    {
        var seconds = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await Programs.RunAsync(
                "kubectl",
                [
                    "--kubeconfig",
                    Path.Combine(vireo.StateFolder, "admin.kubeconfig"),
                    "get",
                    "vm,vmi",
                    "--namespace",
                    Space,
                    "--output",
                    "name",
                ],
                ct
            );
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return seconds;
    }

    /// <summary>What the program tells of the controller of virtual machines.</summary>
    private async Task<long> CountAsync(string metric, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        using var answer = await _client.SendAsync(request, ct);
        return (await answer.Content.ReadAsStringAsync(ct))
            .Split('\n')
            .Where(line => line.StartsWith($"{metric}{{controller=\"virtualmachine\"", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    private async Task<int> RunningAsync(CancellationToken ct) =>
        (await AllAsync<VirtualMachine>(ct)).Count(one => one.Status?.PrintableStatus == "Running");

    private async Task<long> NewestAsync(CancellationToken ct) => (await RevisionsAsync(ct)).Max();

    private async Task<int> NewerThanAsync(long revision, CancellationToken ct) =>
        (await RevisionsAsync(ct)).Count(one => one > revision);

    private async Task<IReadOnlyList<long>> RevisionsAsync(CancellationToken ct) =>
        [
            .. (await AllAsync<VirtualMachine>(ct))
                .Select(one => one.Metadata)
                .Concat((await AllAsync<VirtualMachineInstance>(ct)).Select(one => one.Metadata))
                .Select(one => long.Parse(one.ResourceVersion!, CultureInfo.InvariantCulture)),
        ];

    private async Task<IReadOnlyList<T>> AllAsync<T>(CancellationToken ct)
        where T : class, IResource => (await _client.ListAsync<T>(new ListQuery { Namespace = Space }, ct)).Items;

    /// <summary>Waits until no machine was looked at for a while. The agent looks at its guests all the time.</summary>
    private async Task RestAsync(CancellationToken ct)
    {
        long before;
        do
        {
            before = await CountAsync("vireo_controller_passes_total", ct);
            await Task.Delay(TimeSpan.FromSeconds(2), ct);
        } while (await CountAsync("vireo_controller_passes_total", ct) > before);
    }

    private static Task Each(int count, Func<int, CancellationToken, Task> act, CancellationToken ct) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct },
            async (i, stop) => await act(i, stop)
        );

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"vm-{number:00000}");

    private static VirtualMachine Machine(int number) =>
        new()
        {
            Metadata = new() { Name = NameOf(number), Namespace = Space },
            Spec = new()
            {
                RunStrategy = RunStrategy.Always,
                Instancetype = new() { Name = "u1.nano" },
                Template = new() { Spec = new() { Domain = new() { Devices = new() } } },
            },
        };
}
