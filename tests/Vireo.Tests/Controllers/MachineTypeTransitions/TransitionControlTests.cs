using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>What an administrator does with a transition, and what is wrong with some.</summary>
public sealed class TransitionControlTests(TransitionRoom room) : IClassFixture<TransitionRoom>
{
    [Fact]
    public async Task A_paused_transition_touches_no_machine_until_it_is_resumed()
    {
        var vm = await MakeAsync();
        var name = await BeginAsync(vm, spec => spec with { Paused = true });
        await room.UntilPhaseAsync(name, "Paused");
        room.ChangesOf(vm).ShouldBe(0);

        await room.PatchTransitionAsync(name, """{"spec":{"paused":false}}""");

        await room.UntilPhaseAsync(name, "Completed");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
    }

    [Fact]
    public async Task A_cancelled_transition_touches_no_further_machine_and_ends()
    {
        var vm = await MakeAsync();
        var name = await BeginAsync(vm, spec => spec with { Paused = true });
        await room.UntilPhaseAsync(name, "Paused");

        await room.PatchTransitionAsync(name, """{"spec":{"paused":false,"cancelled":true}}""");

        var told = await room.UntilPhaseAsync(name, "Cancelled");
        told.Status!.CompletedAt.ShouldNotBeNull();
        room.ChangesOf(vm).ShouldBe(0);
    }

    [Fact]
    public async Task A_rollback_gives_each_machine_back_what_it_had_whatever_its_template_named()
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var off = await room.MakeAsync(space, "off", TransitionRoom.Older, runs: false);
        var on = await room.MakeAsync(space, "on", "q35", runs: true);
        await room.UpgradeAsync();
        var name = await BeginAsync(off, spec => spec with { Restart = "Now" });
        await room.UntilPhaseAsync(name, "Completed");
        var moved = await room.UntilUpAsync(on);
        moved.Status!.Machine!.Type.ShouldBe(TransitionRoom.New);

        var back = await BeginAsync(
            off,
            spec =>
                new()
                {
                    RollbackOf = name,
                    Restart = "Now",
                    Namespaces = [space],
                }
        );

        await room.UntilPhaseAsync(back, "Completed");
        room.TemplateOf(off).ShouldBe(TransitionRoom.Older);
        room.TemplateOf(on).ShouldBe(TransitionRoom.Old);
        (await room.UntilUpAsync(on, moved.Metadata.Uid)).Status!.Machine!.Type.ShouldBe(TransitionRoom.Old);
    }

    [Fact]
    public async Task A_rollback_before_the_restart_takes_the_label_off_and_restarts_nothing()
    {
        var vm = await MakeAsync(runs: true);
        var name = await BeginAsync(vm, spec => spec);
        await room.UntilPhaseAsync(name, "AwaitingRestarts");
        await room.PatchTransitionAsync(name, """{"spec":{"cancelled":true}}""");

        var back = await BeginAsync(vm, spec => new() { RollbackOf = name, Restart = "Now" });

        await room.UntilPhaseAsync(back, "Completed");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.Old);
        await room.UntilAsync(vm, found => !room.IsLabelled(vm) && found.Status?.MachineType?.Pending is null);
        room.StartsOf(vm).ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_happen_to_each_machine_and_touches_none()
    {
        var vm = await MakeAsync(runs: true);

        var name = await BeginAsync(vm, spec => spec with { DryRun = true });

        await room.UntilPhaseAsync(name, "Completed");
        var outcome = room.OutcomeOf(name, vm);
        (outcome.Outcome, outcome.Reason, outcome.From, outcome.To).ShouldBe(
            ("RestartRequired", "DryRun", TransitionRoom.Old, TransitionRoom.New)
        );
        outcome.Message!.ShouldContain("from its next restart");
        (room.ChangesOf(vm), room.IsLabelled(vm)).ShouldBe((0, false));
    }

    [Fact]
    public async Task Another_family_is_refused_until_it_is_allowed()
    {
        await room.UpgradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "vm", TransitionRoom.I440, runs: false);

        var refused = await room.UntilPhaseAsync(await BeginAsync(vm, spec => spec), "Completed");
        refused.Status!.Counts!.Refused.ShouldBe(1);
        room.OutcomeOf(refused.Metadata.Name!, vm).Reason.ShouldBe("FamilyChange");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.I440);

        var allowed = await BeginAsync(vm, spec => spec with { AllowFamilyChange = true });
        await room.UntilPhaseAsync(allowed, "Completed");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
    }

    [Fact]
    public async Task An_overlapping_transition_waits_and_says_for_which()
    {
        var vm = await MakeAsync(runs: true);
        var first = await BeginAsync(vm, spec => spec);
        await room.UntilPhaseAsync(first, "AwaitingRestarts");

        var second = await BeginAsync(vm, spec => spec);

        var pending = await room.UntilPhaseAsync(second, "Pending");
        Progress(pending).Reason.ShouldBe("Overlap");
        Progress(pending).Message!.ShouldContain(first);
        pending.Status!.StartedAt.ShouldBeNull();
        await room.PatchTransitionAsync(first, """{"spec":{"cancelled":true}}""");
        await room.UntilPhaseAsync(second, "AwaitingRestarts");
        await room.ActAsync(vm, "stop");
        await room.UntilPhaseAsync(second, "Completed");
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_ends_it_before_it_touches_a_machine()
    {
        var vm = await MakeAsync();

        var name = await BeginAsync(vm, spec => spec with { Namespaces = [vm.Namespace!, "no-such-namespace"] });

        var told = await room.UntilPhaseAsync(name, "Failed");
        Progress(told).Reason.ShouldBe("NamespaceNotFound");
        Progress(told).Message!.ShouldContain("no-such-namespace");
        room.ChangesOf(vm).ShouldBe(0);
    }

    [Fact]
    public async Task A_target_that_no_host_offers_ends_it_and_the_nearest_are_named()
    {
        var vm = await MakeAsync();

        var name = await BeginAsync(vm, spec => spec with { Steps = [new() { Target = "pc-q35-rhel10.2.0" }] });

        var told = await room.UntilPhaseAsync(name, "Failed");
        Progress(told).Message!.ShouldContain("no host offers pc-q35-rhel10.2.0");
        Progress(told).Message!.ShouldContain(TransitionRoom.New);
        room.ChangesOf(vm).ShouldBe(0);
    }

    [Fact]
    public async Task Without_steps_the_defaults_hold_and_newest_becomes_a_name_once()
    {
        var vm = await MakeAsync();

        var name = await BeginAsync(vm, spec => spec with { Steps = null });

        var told = await room.UntilPhaseAsync(name, "Completed");
        told.Status!.Steps!.ShouldContain(step =>
            step.Below == "pc-q35-rhel9.0.0" && step.Target == TransitionRoom.New
        );
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
    }

    [Fact]
    public async Task What_is_done_is_told_on_the_transition_and_on_each_machine_it_changed()
    {
        var vm = await MakeAsync(runs: true);
        var name = await BeginAsync(vm, spec => spec);
        await room.UntilPhaseAsync(name, "AwaitingRestarts");

        await Eventually.HoldsAsync(() =>
            room.Plane.All<Event>(vm.Namespace).Any(told => told.Reason == "MachineTypeChanged")
        );
        await Eventually.HoldsAsync(() =>
            room
                .Plane.All<Event>("default")
                .Any(told => told.InvolvedObject.Name == name && told.Reason == "AwaitingRestarts")
        );
    }

    private static Condition Progress(MachineTypeTransition told) =>
        Conditions.Find(told.Status!.Conditions, "Progressing")!;

    private Task<string> BeginAsync(ResourceKey vm, Func<MachineTypeTransitionSpec, MachineTypeTransitionSpec> with) =>
        room.BeginAsync(spec => with(spec with { Namespaces = [vm.Namespace!] }));

    private async Task<ResourceKey> MakeAsync(bool runs = false)
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "vm", TransitionRoom.Old, runs);
        await room.UpgradeAsync();
        return vm;
    }
}
