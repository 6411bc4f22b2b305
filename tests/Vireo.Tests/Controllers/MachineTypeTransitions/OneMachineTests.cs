using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>Design 0's functional cases of a single virtual machine, on a host that offers RHEL's names.</summary>
public sealed class OneMachineTests(TransitionRoom room) : IClassFixture<TransitionRoom>
{
    [Fact]
    public async Task One_that_never_ran_is_below_the_minimum_when_its_preference_names_a_type_that_is()
    {
        await room.UpgradeAsync();
        var space = await room.MakeNamespaceAsync();
        await room.Plane.User.CreateAsync(
            new VirtualMachinePreference
            {
                Metadata = new() { Name = "old", Namespace = space },
                Spec = new() { Machine = new() { PreferredMachineType = TransitionRoom.Old } },
            },
            TransitionRoom.Ct
        );
        var machine = Objects.Machine("vm", space, RunStrategy.Halted);
        await room.Plane.User.CreateAsync(
            machine with
            {
                Spec = machine.Spec with
                {
                    Preference = new() { Kind = "VirtualMachinePreference", Name = "old" },
                },
            },
            TransitionRoom.Ct
        );
        var vm = new ResourceKey(space, "vm");
        await room.UntilAsync(vm, found => found.Status?.PreferenceRef is not null);

        var name = await room.BeginAsync(spec => spec with { Namespaces = [space] });

        var told = await room.UntilPhaseAsync(name, "Completed");
        told.Status!.Counts!.Updated.ShouldBe(1);
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
        var outcome = room.OutcomeOf(name, vm);
        (outcome.From, outcome.To).ShouldBe((TransitionRoom.Old, TransitionRoom.New));
    }

    [Theory]
    [InlineData(TransitionRoom.Old)]
    [InlineData("q35")]
    public async Task Running_below_the_minimum_without_restart_now_it_is_updated_and_labelled(string type)
    {
        var vm = await MakeAsync(type, runs: true);
        var instance = room.UidOf(vm);

        var name = await room.BeginAsync(spec => spec with { Namespaces = [vm.Namespace!] });

        var told = await room.UntilPhaseAsync(name, "AwaitingRestarts");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
        room.IsLabelled(vm).ShouldBeTrue();
        room.UidOf(vm).ShouldBe(instance);
        told.Status!.Counts!.RestartRequired.ShouldBe(1);
        var outcome = room.OutcomeOf(name, vm);
        (outcome.From, outcome.To).ShouldBe((TransitionRoom.Old, TransitionRoom.New));
        await room.UntilAsync(vm, found => found.Status?.MachineType?.Pending?.Type == TransitionRoom.New);

        await room.ActAsync(vm, "restart");
        (await room.UntilUpAsync(vm, instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
        await room.UntilPhaseAsync(name, "Completed");
        await room.UntilAsync(vm, _ => !room.IsLabelled(vm));
    }

    [Theory]
    [InlineData(TransitionRoom.Old)]
    [InlineData("q35")]
    public async Task Running_below_the_minimum_with_restart_now_it_is_updated_and_restarted_once(string type)
    {
        var vm = await MakeAsync(type, runs: true);
        var instance = room.UidOf(vm);

        var name = await room.BeginAsync(spec => spec with { Namespaces = [vm.Namespace!], Restart = "Now" });

        await room.UntilPhaseAsync(name, "Completed");
        (await room.UntilUpAsync(vm, instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
        await room.UntilAsync(vm, _ => !room.IsLabelled(vm));
        (room.ChangesOf(vm), room.StartsOf(vm)).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("Label")]
    [InlineData("Now")]
    public async Task Running_at_or_above_the_minimum_it_is_left_alone(string restart)
    {
        await room.UpgradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "vm", TransitionRoom.Kept, runs: true);

        await IsLeftAloneAsync(vm, TransitionRoom.Kept, restart);

        room.StartsOf(vm).ShouldBe(1);
    }

    [Theory]
    [InlineData("Label")]
    [InlineData("Now")]
    public async Task Not_running_below_the_minimum_it_is_updated_at_once_and_stays_off(string restart)
    {
        var vm = await MakeAsync(TransitionRoom.Old, runs: false);

        var name = await room.BeginAsync(spec => spec with { Namespaces = [vm.Namespace!], Restart = restart });

        var told = await room.UntilPhaseAsync(name, "Completed");
        told.Status!.Counts!.Updated.ShouldBe(1);
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
        room.IsLabelled(vm).ShouldBeFalse();
        room.StartsOf(vm).ShouldBe(0);
        await room.ActAsync(vm, "start");
        (await room.UntilUpAsync(vm)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
    }

    [Fact]
    public async Task Not_running_at_or_above_the_minimum_it_is_left_alone()
    {
        var vm = await MakeAsync(TransitionRoom.Kept, runs: false);

        await IsLeftAloneAsync(vm, TransitionRoom.Kept, "Now");
    }

    [Fact]
    public async Task Not_running_with_an_alias_it_is_left_alone()
    {
        await room.LetFloatAsync();
        var vm = await MakeAsync("q35", runs: false);

        await IsLeftAloneAsync(vm, "q35", "Now");
    }

    /// <summary>A machine that was there before the host was upgraded.</summary>
    private async Task<ResourceKey> MakeAsync(string type, bool runs)
    {
        await room.DowngradeAsync();
        var space = await room.MakeNamespaceAsync();
        var vm = await room.MakeAsync(space, "vm", type, runs);
        await room.UpgradeAsync();
        return vm;
    }

    private async Task IsLeftAloneAsync(ResourceKey vm, string type, string restart)
    {
        var name = await room.BeginAsync(spec => spec with { Namespaces = [vm.Namespace!], Restart = restart });

        var told = await room.UntilPhaseAsync(name, "Completed");
        (told.Status!.Counts!.Selected, told.Status.Counts.Unchanged).ShouldBe((1, 1));
        room.TemplateOf(vm).ShouldBe(type);
        room.IsLabelled(vm).ShouldBeFalse();
        room.ChangesOf(vm).ShouldBe(0);
    }
}
