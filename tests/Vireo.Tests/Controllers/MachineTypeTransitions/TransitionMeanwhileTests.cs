using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>What others do to machines while a transition is under way: the rest of them is not affected.</summary>
public sealed class TransitionMeanwhileTests(TransitionRoom room) : IClassFixture<TransitionRoom>
{
    [Theory]
    [InlineData("restart")]
    [InlineData("guest reboot")]
    [InlineData("guest shutdown")]
    [InlineData("stop")]
    [InlineData("delete")]
    public async Task It_completes_when_the_last_owner_has_done_what_takes_the_new_type_by_whatever_means(string how)
    {
        var (vm, other) = await MakeTwoAsync();
        var instance = room.UidOf(vm);
        var name = await BeginAsync(vm);
        await room.UntilCountsAsync(name, counts => counts.RestartRequired == 2);

        await DoAsync(vm, how);
        await room.UntilCountsAsync(name, counts => counts.RestartRequired == 1);
        room.IsLabelled(other).ShouldBeTrue();
        await room.ActAsync(other, "stop");

        var told = await room.UntilPhaseAsync(name, "Completed");
        told.Status!.Counts!.Updated.ShouldBe(how == "delete" ? 1 : 2);
        if (how is "restart" or "guest reboot" or "guest shutdown")
        {
            (await room.UntilUpAsync(vm, instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
        }

        await Eventually.HoldsAsync(() => !room.IsLabelled(vm) && !room.IsLabelled(other));
    }

    [Fact]
    public async Task A_machine_that_its_owner_edits_afterwards_keeps_what_the_owner_wants()
    {
        var (vm, other) = await MakeTwoAsync();
        var name = await BeginAsync(vm);
        await room.UntilCountsAsync(name, counts => counts.RestartRequired == 2);

        await room.PatchAsync(
            vm,
            $$"""{"spec":{"template":{"spec":{"domain":{"machine":{"type":"{{TransitionRoom.Kept}}"} } } } } }"""
        );

        await room.UntilCountsAsync(name, counts => counts is { RestartRequired: 1, Unchanged: 1 });
        room.OutcomeOf(name, vm).Reason.ShouldBe("EditedSince");
        await room.ActAsync(vm, "restart");
        await room.ActAsync(other, "restart");
        await room.UntilPhaseAsync(name, "Completed");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.Kept);
        await room.UntilAsync(vm, found => found.Status?.MachineType?.Resolved == TransitionRoom.Kept);
    }

    [Fact]
    public async Task A_machine_that_is_started_after_it_was_changed_starts_with_the_new_type()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "vm", TransitionRoom.Old, runs: false);
        var other = await room.MakeAsync(space, "other", TransitionRoom.Old, runs: true);
        await room.UpgradeAsync();
        var name = await BeginAsync(vm);
        await room.UntilPhaseAsync(name, "AwaitingRestarts");

        await room.ActAsync(vm, "start");

        (await room.UntilUpAsync(vm)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
        await room.ActAsync(other, "stop");
        await room.UntilPhaseAsync(name, "Completed");
    }

    [Fact]
    public async Task With_restart_now_a_paused_guest_is_left_to_its_owner()
    {
        var (vm, other) = await MakeTwoAsync();
        await room.UntilUpAsync(vm);
        await PauseAsync(vm);

        var name = await BeginAsync(vm, spec => spec with { Restart = "Now" });

        await room.UntilPhaseAsync(name, "AwaitingRestarts");
        room.OutcomeOf(name, vm).Reason.ShouldBe("Paused");
        room.IsLabelled(vm).ShouldBeTrue();
        (room.StartsOf(vm), room.StartsOf(other)).ShouldBe((1, 2));
        await room.PatchTransitionAsync(name, """{"spec":{"cancelled":true}}""");
    }

    [Fact]
    public async Task With_restart_now_a_machine_that_ran_by_hand_runs_again_and_one_that_stood_stays_off()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var manual = await room.MakeAsync(space, "manual", TransitionRoom.Old, runs: true, RunStrategy.Manual);
        var once = await room.MakeAsync(space, "once", TransitionRoom.Old, runs: true, RunStrategy.Once);
        var rerun = await room.MakeAsync(space, "rerun", TransitionRoom.Old, runs: true, RunStrategy.RerunOnFailure);
        var off = await room.MakeAsync(space, "off", TransitionRoom.Old, runs: false);
        await room.UpgradeAsync();
        var before = new[] { manual, once, rerun }.ToDictionary(key => key, room.UidOf);

        var name = await BeginAsync(manual, spec => spec with { Restart = "Now" });

        await room.UntilPhaseAsync(name, "Completed");
        foreach (var (key, uid) in before)
        {
            (await room.UntilUpAsync(key, uid)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New, $"{key}");
            (room.ChangesOf(key), room.StartsOf(key)).ShouldBe(key == once ? (2, 2) : (1, 2), $"{key}");
        }

        room.Find(once)!.Spec.RunStrategy.ShouldBe(RunStrategy.Once);
        room.StartsOf(off).ShouldBe(0);
    }

    private async Task DoAsync(ResourceKey vm, string how)
    {
        switch (how)
        {
            case "guest reboot":
                room.Host.Reboot(await GuestAsync(vm));
                break;
            case "guest shutdown":
                room.Host.End(await GuestAsync(vm), GuestState.ShutDown, EndCause.GuestShutdown);
                break;
            case "delete":
                await room.Plane.User.DeleteAsync<VirtualMachine>(vm, null, TransitionRoom.Ct);
                break;
            default:
                await room.ActAsync(vm, how);
                break;
        }
    }

    private async Task<DomainId> GuestAsync(ResourceKey vm) =>
        (await room.Host.ObserveAsync(new(vm.Namespace!, vm.Name), TransitionRoom.Ct))!.Id;

    private async Task PauseAsync(ResourceKey vm)
    {
        room.Host.SetPaused(await GuestAsync(vm), isPaused: true);
        await room.Plane.UntilAsync<VirtualMachineInstance>(
            vm.Name,
            vm.Namespace,
            found => Conditions.IsTrue(found.Status?.Conditions, "Paused")
        );
    }

    private Task<string> BeginAsync(
        ResourceKey vm,
        Func<MachineTypeTransitionSpec, MachineTypeTransitionSpec>? with = null
    ) => room.BeginAsync(spec => (with ?? (same => same))(spec with { Namespaces = [vm.Namespace!] }));

    private async Task<(ResourceKey Vm, ResourceKey Other)> MakeTwoAsync()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "vm", TransitionRoom.Old, runs: true);
        var other = await room.MakeAsync(space, "other", TransitionRoom.Old, runs: true);
        await room.UpgradeAsync();
        return (vm, other);
    }
}
