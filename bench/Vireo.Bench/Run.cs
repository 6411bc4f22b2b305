namespace Vireo.Bench;

/// <summary>The whole of the measuring, in order.</summary>
internal static class Run
{
    private const int MostForMemory = 2000;

    /// <summary>Measures all; whatever it started is stopped when it ends.</summary>
    public static async Task<IReadOnlyList<Figure>> AllAsync(Plan plan, CancellationToken ct)
    {
        // A short path: sockets are kept below it.
        var root = Directory.CreateTempSubdirectory("vb-").FullName;
        var state = Path.Combine(root, "s");
        try
        {
            if (plan.Migrations > 0)
            {
                return await MigrationsAsync(plan, root, ct);
            }

            if (plan.OnlyTransition)
            {
                return await TransitionAsync(plan, state, ct);
            }

            if (plan.OnlyReevaluation)
            {
                return await ReevaluationAsync(plan, state, ct);
            }

            if (plan.OnlyPlugs)
            {
                return await PlugsAsync(plan, state, ct);
            }

            Say("starts of the program, cold");
            var cold = await ColdStartsAsync(plan, root, ct);
            IReadOnlyList<Figure> transition = await TransitionAsync(plan, state, ct);
            await RemoveAsync(plan, state);
            var reevaluation = await ReevaluationAsync(plan, state, ct);
            await RemoveAsync(plan, state);
            var plugs = await PlugsAsync(plan, state, ct);
            await RemoveAsync(plan, state);
            Say("starts of the program, warm");
            var warm = await WarmStartsAsync(plan, state, ct);
            Say("the program at rest");
            await Programs.RunAsync(plan.Program, ["image", "load", plan.Image, "--state-dir", state], ct);
            await using var vireo = await RunningVireo.StartAsync(plan.Program, state, ct);
            var idle = await Idle.WatchAsync(vireo, "no VM", plan.Idle, ct);
            Say($"starts of {plan.Vms} VMs");
            var vms = await VmsAsync(plan, vireo, ct);
            return
            [
                Figure.Median("vireo up to /readyz, cold, empty state folder", cold, "ms"),
                .. warm,
                .. idle,
                .. vms,
                .. plugs,
                .. transition,
                .. reevaluation,
            ];
        }
        finally
        {
            await RemoveAsync(plan, state);
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Figure>> MigrationsAsync(Plan plan, string root, CancellationToken ct)
    {
        Say($"{plan.Migrations} migrations");
        await using var hosts = new TwoHosts(plan.Program, root);
        await hosts.StartAsync(plan.LinuxImage, ct);
        return await new Migrations(hosts, root).MeasureAsync(plan.Migrations, ct);
    }

    /// <summary>On a state folder of its own: so many objects are no part of what the others measure.</summary>
    private static async Task<IReadOnlyList<Figure>> TransitionAsync(Plan plan, string state, CancellationToken ct)
    {
        Say($"a transition of {plan.Transition} stopped VMs");
        IReadOnlyList<Figure> figures;
        await using (var vireo = await RunningVireo.StartAsync(plan.Program, state, ct))
        {
            figures = await new Transitions(vireo).MeasureAsync(plan.Transition, ct);
        }

        await RemoveAsync(plan, state);
        Say("the memory of a transition");
        await using var fresh = await RunningVireo.StartAsync(plan.Program, state, ct);
        // Fewer: more changes than these would not be kept for watches, and that would hide what is looked for.
        var some = Math.Min(plan.Transition, MostForMemory);
        return [.. figures, .. await new Transitions(fresh).MeasureMemoryAsync(some, ct)];
    }

    /// <summary>On a simulated host, which has room for so many.</summary>
    private static async Task<IReadOnlyList<Figure>> ReevaluationAsync(Plan plan, string state, CancellationToken ct)
    {
        Say($"{plan.Reevaluation} running VMs looked at anew");
        await using var vireo = await RunningVireo.StartAsync(plan.Program, state, ct, simulate: true);
        return await new Reevaluations(vireo).MeasureAsync(plan.Reevaluation, 5, ct);
    }

    private static async Task<IReadOnlyList<Figure>> PlugsAsync(Plan plan, string state, CancellationToken ct)
    {
        Say($"{plan.Plugs} times a vCPU and memory for a running guest");
        await Programs.RunAsync(plan.Program, ["image", "load", plan.LinuxImage, "--state-dir", state], ct);
        await using var vireo = await RunningVireo.StartAsync(plan.Program, state, ct);
        return await new Plugs(vireo).MeasureAsync(plan.Plugs, ct);
    }

    private static async Task<IReadOnlyList<double>> ColdStartsAsync(Plan plan, string root, CancellationToken ct)
    {
        var samples = new List<double>();
        var program = Path.GetDirectoryName(plan.Program)!;
        var runtime = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../.."));
        // The first is not counted: this program, too, is slow in what it does for the first time.
        for (var i = 0; i <= plan.Starts; i++)
        {
            var state = Path.Combine(root, $"c{i}");
            PageCache.Forget(program, runtime);
            try
            {
                await using var vireo = await RunningVireo.StartAsync(plan.Program, state, ct);
                samples.Add(vireo.ReadyAfter.TotalMilliseconds);
            }
            finally
            {
                await RemoveAsync(plan, state);
            }
        }

        return samples[1..];
    }

    private static async Task<IReadOnlyList<Figure>> WarmStartsAsync(Plan plan, string state, CancellationToken ct)
    {
        var samples = new List<double>();
        for (var i = 0; i <= plan.Starts; i++)
        {
            await using var vireo = await RunningVireo.StartAsync(plan.Program, state, ct);
            samples.Add(vireo.ReadyAfter.TotalMilliseconds);
            // The next one is to find what this one leaves when it is done with its start.
            await Task.Delay(TimeSpan.FromSeconds(i is 0 ? 8 : 1), ct);
        }

        return [Figure.Median("vireo up to /readyz, warm", samples[1..], "ms", 1000)];
    }

    private static async Task<IReadOnlyList<Figure>> VmsAsync(Plan plan, RunningVireo vireo, CancellationToken ct)
    {
        using var executions = ExecWatch.Of(Qemu.Program);
        var starts = new VmStarts(vireo, executions);
        var peer = new Peer(vireo.StateFolder, executions);
        await starts.PrepareAsync(ct);

        // The first start unpacks the image and is not counted; its guest is the one to be idle beside, and to copy.
        await starts.StartAsync("bench-0", ct);
        var idle = await Idle.WatchAsync(vireo, "1 VM", plan.Idle, ct);
        await peer.CopyAsync(VmStarts.DomainOf("bench-0"), starts.FolderOf("bench-0"), ct);
        await starts.StopAsync("bench-0", ct);
        await peer.StartAsync(ct);

        var (ours, theirs) = (new List<VmStart>(), new List<PeerStart>());
        for (var i = 1; i <= plan.Vms; i++)
        {
            ours.Add(await starts.StartAsync($"bench-{i}", ct));
            await starts.StopAsync($"bench-{i}", ct);
            theirs.Add(await peer.StartAsync(ct));
        }

        Say($"{plan.Reboots} cold reboots");
        return [.. idle, .. Figures(ours, theirs), .. await RebootsAsync(plan.Reboots, starts, peer, ct)];
    }

    private static async Task<IReadOnlyList<Figure>> RebootsAsync(
        int times,
        VmStarts starts,
        Peer peer,
        CancellationToken ct
    )
    {
        var ours = new List<Reboot>();
        await starts.StartAsync("bench-reboot", ct, "Terminate");
        // The first of each is not counted: both sides are slow in what they do for the first time.
        for (var i = 0; i <= times; i++)
        {
            ours.Add(await starts.RebootAsync("bench-reboot", ct));
        }

        await starts.StopAsync("bench-reboot", ct);
        var theirs = (await peer.RebootAsync(times + 1, ct)).Skip(1).ToList();
        double[] exec = [.. ours.Skip(1).Select(reboot => reboot.Exec)];
        var toExec = Figure.Median("guest reboot to the next QEMU exec, median", exec, "ms");
        var peerExec = Figure.Median(
            "virsh event loop: guest reboot to QEMU exec",
            [.. theirs.Select(r => r.Exec)],
            "ms"
        );
        return
        [
            toExec,
            Figure.P95("guest reboot to the next QEMU exec, P95", exec, "ms"),
            Figure.Median("guest reboot to Running in a watch", [.. ours.Skip(1).Select(r => r.Running)], "ms"),
            peerExec,
            new("ratio to the virsh event loop, to exec", toExec.Value / peerExec.Value, "times"),
        ];
    }

    private static IEnumerable<Figure> Figures(IReadOnlyList<VmStart> ours, IReadOnlyList<PeerStart> theirs)
    {
        double[] exec = [.. ours.Select(start => start.Exec)];
        double[] running = [.. ours.Select(start => start.Running)];
        var peerExec = Figure.Median("virsh create to QEMU exec", [.. theirs.Select(start => start.Exec)], "ms");
        var peerRunning = Figure.Median("virsh create to running", [.. theirs.Select(start => start.Running)], "ms");
        var toExec = Figure.Median("create VM to QEMU exec, median", exec, "ms");
        var toRunning = Figure.Median("create VM to Running in a watch, median", running, "ms");
        return
        [
            toExec,
            Figure.P95("create VM to QEMU exec, P95", exec, "ms"),
            toRunning,
            Figure.P95("create VM to Running in a watch, P95", running, "ms"),
            peerExec,
            peerRunning,
            new("ratio to virsh, to exec", toExec.Value / peerExec.Value, "times"),
            new("ratio to virsh, to running", toRunning.Value / peerRunning.Value, "times"),
            Figure.Median(
                "Vireo's share: create VM to the call of libvirt",
                [.. ours.Select(s => s.HandOver)],
                "ms",
                50
            ),
            Figure.Median("libvirt's share: its call to QEMU exec", [.. ours.Select(s => s.Exec - s.HandOver)], "ms"),
            Figure.Median("Running told after QEMU exec", [.. ours.Select(s => s.Running - s.Exec)], "ms"),
            Figure.Median("writes a VM start, beside the user's own", [.. ours.Select(s => (double)s.Writes)], "", 6),
        ];
    }

    private static Task RemoveAsync(Plan plan, string state) =>
        Directory.Exists(state) ? RunningVireo.RemoveAsync(plan.Program, state) : Task.CompletedTask;

    private static void Say(string what) => Console.Error.WriteLine($"measuring: {what}");
}
