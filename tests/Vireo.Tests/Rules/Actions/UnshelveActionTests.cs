using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class UnshelveActionTests
{
    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        foreach (var row in DocTable.Read("src/Vireo.Rules/Actions/UnshelveAction.cs"))
        {
            foreach (var (column, cell) in row.Skip(1))
            {
                var state = column == "none" ? null : new ShelvedState { State = column, Ran = true };
                var machine = Shelves.In(Samples.Machine(Enum.Parse<RunStrategy>(row["strategy"])), state);

                var decision = VirtualMachineActions.Unshelve(machine, null);

                var word =
                    decision is ActionDecision.Refuse { Why: ActionRefusal.Conflict } ? "refuse"
                    : Queue(Changed(decision)) == "Start" ? "start"
                    : "back";
                word.ShouldBe(cell, $"{row["strategy"]}, {column}");
            }
        }
    }

    [Theory]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.RerunOnFailure)]
    [InlineData(RunStrategy.Once)]
    public void A_machine_that_did_not_run_does_not_start(RunStrategy strategy)
    {
        var machine = Shelves.In(Samples.Machine(strategy), new() { State = "Shelved" });
        var ended = Ended(VirtualMachineInstancePhase.Succeeded);

        Queue(Changed(VirtualMachineActions.Unshelve(machine, ended))).ShouldBe("");
    }

    [Theory]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.RerunOnFailure)]
    [InlineData(RunStrategy.Once)]
    public void The_run_that_was_shelved_and_is_not_gone_yet_is_replaced(RunStrategy strategy)
    {
        var machine = Shelves.In(Samples.Machine(strategy), new() { State = "Shelved", Ran = true });
        var ended = Ended(VirtualMachineInstancePhase.Succeeded);

        Queue(Changed(VirtualMachineActions.Unshelve(machine, ended))).ShouldBe($"Stop({Samples.InstanceUid}), Start");
    }

    [Fact]
    public void What_was_saved_stays()
    {
        var machine = Shelves.In(Samples.Machine(), new() { State = "Shelved" }, Shelves.Saved);

        var back = Changed(VirtualMachineActions.Unshelve(machine, null));

        back.Status!.Shelved.ShouldBeNull();
        back.Status.SavedDisks.ShouldBe(Shelves.Saved);
    }

    [Fact]
    public void What_is_not_shelved_cannot_come_back()
    {
        ShouldBeRefused(
            VirtualMachineActions.Unshelve(Samples.Machine(), null),
            ActionRefusal.Conflict,
            "VM is not shelved"
        );
    }
}
