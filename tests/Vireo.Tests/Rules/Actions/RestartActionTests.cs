using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class RestartActionTests
{
    private const string Again = $"Stop({Samples.InstanceUid}), Start";

    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        ShouldBeWhatIsDecided(
            "RestartAction",
            (machine, instance) => VirtualMachineActions.Restart(machine, instance, new()),
            (_, decision) =>
                decision is ActionDecision.Nothing ? "-"
                : Queue(Changed(decision)) == Again ? "again"
                : throw new InvalidOperationException(Queue(Changed(decision)))
        );
    }

    [Fact]
    public void A_second_restart_changes_nothing()
    {
        var machine = Changed(Restart(Samples.Machine(), Samples.Instance()));

        Restart(machine, Samples.Instance()).ShouldBe(new ActionDecision.Nothing());
        Restart(machine, Situations.Deleting(Samples.Instance())).ShouldBe(new ActionDecision.Nothing());
    }

    [Theory]
    [InlineData("restarting")]
    [InlineData("stopping")]
    [InlineData("active")]
    public void A_forced_restart_leaves_the_guest_no_time(string column)
    {
        var (machine, instance) = Find(RunStrategy.Manual, column);

        var decision = Restart(machine, instance, 0);

        if (column == "restarting")
        {
            decision.ShouldBe(new ActionDecision.ShortenGrace(0));
        }
        else
        {
            decision.ShouldBeOfType<ActionDecision.ChangeMachine>().GracePeriod.ShouldBe(0);
        }
    }

    [Fact]
    public void A_guest_without_time_is_given_none_again()
    {
        var (machine, instance) = Find(RunStrategy.Always, "restarting");

        Restart(machine, Grace(instance!, 0), 0).ShouldBe(new ActionDecision.Nothing());
    }

    [Fact]
    public void A_restart_does_not_wait_for_the_pause_after_failures()
    {
        var machine = Situations.Held(Samples.Machine(), "held");

        Changed(Restart(machine, Samples.Instance())).Status!.StartFailure.ShouldBeNull();
    }

    [Theory]
    [InlineData(1, "For force restart, only gracePeriod=0 is supported for now")]
    [InlineData(-1, "gracePeriodSeconds: -1 must not be negative: give 0, or leave it out.")]
    public void Other_grace_periods_make_no_sense(long seconds, string message)
    {
        ShouldBeRefused(Restart(Samples.Machine(), Samples.Instance(), seconds), ActionRefusal.BadRequest, message);
    }

    [Theory]
    [InlineData(RunStrategy.Halted, "RunStategy Halted does not support manual restart requests")]
    [InlineData(RunStrategy.Once, "RunStategy Once does not support manual restart requests")]
    [InlineData(RunStrategy.Manual, "VM is not running: Halted")]
    public void A_refusal_says_why(RunStrategy strategy, string message)
    {
        ShouldBeRefused(Restart(Samples.Machine(strategy), null), ActionRefusal.Conflict, message);
    }

    [Fact]
    public void Nothing_restarts_while_its_volumes_change_or_it_is_deleted()
    {
        ShouldBeRefused(
            Restart(With(Samples.Machine(), "VolumesChange"), Samples.Instance()),
            ActionRefusal.Conflict,
            "The VM's volumes are being changed: restart it when that is over"
        );
        ShouldBeRefused(
            Restart(Situations.Deleted(Samples.Machine()), Samples.Instance()),
            ActionRefusal.Conflict,
            "The VirtualMachine is being deleted."
        );
    }

    [Fact]
    public void A_migration_is_refused_for_the_right_reason()
    {
        var machine = Samples.Machine();

        Why(machine, null).ShouldBe(ActionRefusal.NotFound);
        Why(machine, Samples.Instance(owner: "someone-else")).ShouldBe(ActionRefusal.NotFound);
        Why(machine, Samples.Instance(VirtualMachineInstancePhase.Scheduled)).ShouldBe(ActionRefusal.Conflict);
        VirtualMachineActions
            .Migrate(machine, Samples.Instance(), new())
            .ShouldBeOfType<ActionDecision.CreateMigration>()
            .Migration.Spec.VmiName.ShouldBe("web");
        Why(Situations.Deleted(machine), Samples.Instance()).ShouldBe(ActionRefusal.Conflict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(false, "All")]
    [InlineData(true, "Some")]
    [InlineData(true, "All", "")]
    public void A_dry_run_that_is_not_understood_is_never_done_in_earnest(bool isRefused, params string[] words)
    {
        ActionRules.IsDryRun(words).ShouldBe(words.Length > 0);
        ActionRules.IsDryRun(null).ShouldBeFalse();
        ActionRules.CheckDryRun(null).ShouldBeNull();
        if (isRefused)
        {
            ShouldBeRefused(
                ActionRules.CheckDryRun(words),
                ActionRefusal.BadRequest,
                $"dryRun: '{words[^1]}' is not supported; leave it out, or use All."
            );
        }
        else
        {
            ActionRules.CheckDryRun(words).ShouldBeNull();
        }
    }

    private static ActionRefusal Why(VirtualMachine machine, VirtualMachineInstance? instance) =>
        VirtualMachineActions.Migrate(machine, instance, new()).ShouldBeOfType<ActionDecision.Refuse>().Why;

    private static ActionDecision Restart(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        long? gracePeriod = null
    ) => VirtualMachineActions.Restart(machine, instance, new() { GracePeriodSeconds = gracePeriod });
}
