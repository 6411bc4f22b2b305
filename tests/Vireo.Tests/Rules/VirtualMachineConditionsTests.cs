using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public sealed class VirtualMachineConditionsTests
{
    private static readonly DateTimeOffset Later = Samples.Now.AddMinutes(1);
    private static readonly UpdatePlan BootOrder = Restart("domain.devices.disks[root].bootOrder");

    [Fact]
    public void A_restart_that_is_due_is_told_with_the_fields()
    {
        var told = Due(Of([], Running(), BootOrder))!;

        (told.Status, told.Reason, told.LastTransitionTime).ShouldBe(("True", null, Samples.Now));
        told.Message.ShouldBe(
            "a non-live-updatable field was changed in the template spec: domain.devices.disks[root].bootOrder"
        );
    }

    [Fact]
    public void A_restart_that_stays_due_keeps_its_time_while_its_fields_change()
    {
        var present = Of([], Running(), BootOrder);

        var told = Due(Of(present, Running(), Restart("hostname"), Later))!;

        (told.Message!.EndsWith(": hostname", StringComparison.Ordinal), told.LastTransitionTime).ShouldBe(
            (true, Samples.Now)
        );
    }

    [Fact]
    public void A_restart_is_no_longer_due_when_all_is_as_before_or_the_instance_is_at_its_end()
    {
        var present = Of([], Running(), BootOrder);

        Due(Of(present, Running(), UpdatePlan.Empty)).ShouldBeNull();
        Due(Of(present, Running(), new([new("nodeSelector", FieldEffect.NextPlacement)]))).ShouldBeNull();
        Due(Of(present, null, null)).ShouldBeNull();
        Due(Of(present, Samples.Instance(VirtualMachineInstancePhase.Succeeded), null)).ShouldBeNull();
    }

    [Fact]
    public void Where_nobody_knows_what_was_started_nothing_changes()
    {
        var present = Of([], Running(), BootOrder);

        Of(present, Running(), null).ShouldBe(present);
        Due(Of([], Running(), null)).ShouldBeNull();
    }

    [Fact]
    public void The_latest_reboot_of_the_guest_is_never_forgotten()
    {
        var early = Reboot("GuestRequest", Samples.Now);
        var late = Reboot("Reset", Later);

        var first = Of([], Running(early), null);
        Find(first).ShouldBe(early);
        var second = Of(first, Running(late), null);
        Find(second).ShouldBe(late);

        Find(Of(second, Running(early), null)).ShouldBe(late);
        Find(Of(second, Running(), null)).ShouldBe(late);
        Find(Of(second, null, null)).ShouldBe(late);
    }

    [Theory]
    [InlineData(RunStrategy.Halted, RunStrategy.Once)]
    [InlineData(RunStrategy.Manual, null)]
    [InlineData(RunStrategy.Always, null)]
    public void The_strategy_before_a_stop_is_kept_while_the_machine_is_halted(RunStrategy strategy, RunStrategy? kept)
    {
        var machine = Samples.Machine(strategy);
        machine = machine with { Status = machine.Status! with { RunStrategyBeforeStop = RunStrategy.Once } };

        var decision = RunStrategies.Decide(machine, null, Samples.Now, 0);

        VirtualMachineStatuses.Of(machine, null, decision, null, Samples.Now).RunStrategyBeforeStop.ShouldBe(kept);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_the_controllers_say_what_an_instance_was_started_from(bool isSystem)
    {
        var machine = Samples.Machine();
        var name = $"revision-start-vm-{machine.Metadata.Uid}-{machine.Metadata.Generation}";

        var made = InstanceComposition.Compose(machine, paused: false);

        made.Status!.VirtualMachineRevisionName.ShouldBe(name);
        var admitted = (VirtualMachineInstance)Samples.Review(made, isSystem: isSystem).Object;
        admitted.Status!.VirtualMachineRevisionName.ShouldBe(isSystem ? name : null);
    }

    private static IReadOnlyList<Condition> Of(
        IReadOnlyList<Condition> present,
        VirtualMachineInstance? instance,
        UpdatePlan? update,
        DateTimeOffset? now = null
    ) => VirtualMachineConditions.Of(present, instance, null, update, now ?? Samples.Now);

    private static UpdatePlan Restart(string path) => new([new(path, FieldEffect.Restart)]);

    private static Condition? Due(IReadOnlyList<Condition> conditions) =>
        Conditions.Find(conditions, "RestartRequired");

    private static Condition? Find(IReadOnlyList<Condition> conditions) => Conditions.Find(conditions, "GuestRebooted");

    private static Condition Reboot(string reason, DateTimeOffset time) =>
        new()
        {
            Type = "GuestRebooted",
            Status = "True",
            Reason = reason,
            LastTransitionTime = time,
        };

    private static VirtualMachineInstance Running(params Condition[] conditions)
    {
        var instance = Samples.Instance(VirtualMachineInstancePhase.Running);
        return instance with { Status = instance.Status! with { Conditions = conditions } };
    }
}
