using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>The same work in one process, as a Job does it: by nothing but kubevirt.io/v1.</summary>
public sealed class TransitionRunTests(TransitionRoom room) : IClassFixture<TransitionRoom>
{
    private readonly Sink _sink = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_changes_what_is_off_and_labels_or_restarts_what_runs(bool restartsNow)
    {
        var (off, on) = await MakeTwoAsync();
        var instance = room.UidOf(on);

        var result = await RunAsync(off.Namespace!, spec => spec with { Restart = restartsNow ? "Now" : "Label" });

        result.Phase.ShouldBe(restartsNow ? "Completed" : "AwaitingRestarts", result.Message);
        (result.Counts.Selected, result.Counts.Updated, result.Counts.RestartRequired).ShouldBe(
            restartsNow ? (2, 2, 0) : (2, 1, 1)
        );
        await room.UntilAsync(off, found => Type(found) == TransitionRoom.New);
        await room.UntilAsync(on, found => Type(found) == TransitionRoom.New);
        _sink.Outcomes.Select(outcome => outcome.Name).Order().ShouldBe(["off", "on"]);
        if (restartsNow)
        {
            (await room.UntilUpAsync(on, instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
            (room.ChangesOf(on), room.StartsOf(on)).ShouldBe((1, 2));
        }
        else
        {
            room.UidOf(on).ShouldBe(instance);
            room.IsLabelled(on).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task It_restarts_a_machine_whose_strategy_allows_no_restart_by_a_stop_and_its_strategy_again()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "once", TransitionRoom.Old, runs: true, RunStrategy.Once);
        await room.UpgradeAsync();
        var instance = room.UidOf(vm);

        var result = await RunAsync(space, spec => spec with { Restart = "Now" });

        result.Phase.ShouldBe("Completed", result.Message);
        (await room.UntilUpAsync(vm, instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
        await room.UntilAsync(vm, found => found.Spec.RunStrategy is RunStrategy.Once);
        room.StartsOf(vm).ShouldBe(2);
    }

    [Fact]
    public async Task One_that_was_cut_off_and_runs_again_under_its_id_does_no_machine_twice()
    {
        var (off, on) = await MakeTwoAsync();
        var options = Options(off.Namespace!, spec => spec with { Restart = "Now" }) with { Id = "job-1" };
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(TransitionRoom.Ct);
        // It ends after its first machine, wherever it is with the other.
        _sink.Told = cut.Cancel;
        await Should.ThrowAsync<OperationCanceledException>(Run().RunAsync(options, _sink, cut.Token));
        _sink.Told = null;

        var result = await Run().RunAsync(options, _sink, TransitionRoom.Ct);

        result.Phase.ShouldBe("Completed", result.Message);
        result.Counts.Updated.ShouldBe(2);
        await room.UntilAsync(on, found => found.Status?.PrintableStatus == "Running");
        (room.ChangesOf(off), room.ChangesOf(on), room.StartsOf(on)).ShouldBe((1, 1, 2));
    }

    [Fact]
    public async Task It_stays_until_the_owners_have_restarted_their_machines()
    {
        var (_, on) = await MakeTwoAsync();
        var instance = room.UidOf(on);
        var options = Options(on.Namespace!, spec => spec) with { WaitForRestarts = true };
        var clock = new ManualTimeProvider();
        var running = new TransitionRun(room.Plane.User, clock).RunAsync(options, _sink, TransitionRoom.Ct);
        await Eventually.HoldsAsync(clock, () => _sink.Waits.Any(wait => wait.Contains("owners")));
        running.IsCompleted.ShouldBeFalse();

        await room.ActAsync(on, "restart");
        await room.UntilUpAsync(on, instance);

        await Eventually.HoldsAsync(clock, () => running.IsCompleted);
        (await running).Phase.ShouldBe("Completed");
        await room.UntilAsync(on, _ => !room.IsLabelled(on));
    }

    [Fact]
    public async Task A_dry_run_tells_of_each_machine_and_touches_none()
    {
        var (off, on) = await MakeTwoAsync();

        var result = await RunAsync(off.Namespace!, spec => spec with { DryRun = true, Restart = "Now" });

        result.Phase.ShouldBe("Completed");
        result.Counts.Waiting.ShouldBe(0);
        _sink
            .Outcomes.Select(outcome => (outcome.Name, outcome.Outcome, outcome.Reason))
            .Order()
            .ShouldBe([("off", "Updated", "DryRun"), ("on", "Restarting", "DryRun")]);
        (room.ChangesOf(off), room.ChangesOf(on), room.StartsOf(on)).ShouldBe((0, 0, 1));
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_and_a_target_that_no_host_offers_are_told_at_once()
    {
        await room.UpgradeAsync();
        var missing = await RunAsync("no-such-namespace", spec => spec);
        (missing.Phase, missing.Message).ShouldBe(("Failed", "There is no namespace no-such-namespace."));

        var space = await room.MakeNamespaceAsync();
        var target = await RunAsync(space, spec => spec with { Steps = [new() { Target = "pc-q35-rhel10.2.0" }] });
        target.Phase.ShouldBe("Failed");
        target.Message.ShouldContain("no host offers pc-q35-rhel10.2.0");
    }

    [Fact]
    public async Task A_run_is_rolled_back_by_its_name()
    {
        var (off, on) = await MakeTwoAsync();
        var options = Options(off.Namespace!, spec => spec) with { Name = "june" };
        await Run().RunAsync(options, _sink, TransitionRoom.Ct);

        var back = await RunAsync(off.Namespace!, spec => spec with { RollbackOf = "june", Steps = null });

        back.Counts.Updated.ShouldBe(2, back.Message);
        await room.UntilAsync(off, found => Type(found) == TransitionRoom.Old);
        await room.UntilAsync(on, found => Type(found) == TransitionRoom.Old && !room.IsLabelled(on));
    }

    private async Task<(ResourceKey Off, ResourceKey On)> MakeTwoAsync()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var off = await room.MakeAsync(space, "off", TransitionRoom.Old, runs: false);
        var on = await room.MakeAsync(space, "on", TransitionRoom.Old, runs: true);
        await room.UpgradeAsync();
        return (off, on);
    }

    private TransitionRun Run() => new(room.Plane.User, TimeProvider.System);

    private Task<TransitionRunResult> RunAsync(
        string space,
        Func<MachineTypeTransitionSpec, MachineTypeTransitionSpec> with
    ) => Run().RunAsync(Options(space, with), _sink, TransitionRoom.Ct);

    private static TransitionRunOptions Options(
        string space,
        Func<MachineTypeTransitionSpec, MachineTypeTransitionSpec> with
    ) =>
        new()
        {
            Spec = with(
                new()
                {
                    Namespaces = [space],
                    Steps = [new() { Below = "pc-q35-rhel9.0.0", Target = TransitionRoom.New }],
                }
            ),
        };

    private static string? Type(VirtualMachine machine) => machine.Spec.Template.Spec.Domain.Machine?.Type;

    private sealed class Sink : IProgress<TransitionRunProgress>
    {
        public List<MachineTypeOutcome> Outcomes { get; } = [];

        public List<string> Waits { get; } = [];

        public Action? Told { get; set; }

        public void Report(TransitionRunProgress value)
        {
            if (value.Latest is { } latest)
            {
                Outcomes.Add(latest);
                Told?.Invoke();
            }

            if (value.WaitsFor is { } wait)
            {
                Waits.Add(wait);
            }
        }
    }
}
