using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationStatesTests
{
    [Fact]
    public void Each_write_adds_to_what_the_others_wrote()
    {
        var guest = Moves.Guest();
        MigrationStates.IsUnderWay(guest).ShouldBeFalse();

        var assigned = MigrationStates.Assigned(guest, Moves.Uid, "b");
        assigned.Status!.MigrationState.ShouldBe(Moves.Assigned);
        MigrationStates.IsUnderWay(assigned).ShouldBeTrue();
        MigrationStates.IsMoving(assigned).ShouldBeFalse();

        var begun = MigrationStates.Begun(MigrationStates.Prepared(assigned, "unix:///b/agent.sock"), Moves.Now);
        begun.Status!.MigrationState.ShouldBe(Moves.Begun);
        MigrationStates.IsMoving(begun).ShouldBeTrue();

        var progress = new MigrationProgress { MemoryRemaining = 1 };
        var seen = MigrationStates.Progressed(begun, progress).Status!.MigrationState!;
        (seen.Progress, seen.StartTimestamp, seen.TargetNodeAddress).ShouldBe(
            (progress, Moves.Now, "unix:///b/agent.sock")
        );
    }

    [Fact]
    public void A_guest_that_arrived_belongs_to_its_new_host()
    {
        var guest = Moves.Guest(Moves.Begun).With(status => status with { EvacuationNodeName = "a" });

        var moved = MigrationStates.Succeeded(guest, Moves.Now);

        moved.Status!.NodeName.ShouldBe("b");
        moved.Status.EvacuationNodeName.ShouldBeNull();
        moved.Metadata.Labels![KubeVirtNames.NodeNameLabel].ShouldBe("b");
        var state = moved.Status.MigrationState!;
        (state.Completed, state.Failed, state.EndTimestamp, state.TargetNodeDomainReadyTimestamp).ShouldBe(
            (true, null, Moves.Now, Moves.Now)
        );
        MigrationStates.IsUnderWay(moved).ShouldBeFalse();
    }

    [Fact]
    public void A_guest_that_did_not_arrive_stays_and_says_why()
    {
        var stayed = MigrationStates.Failed(Moves.Guest(Moves.Begun), "The line was cut.", Moves.Now);

        stayed.Status!.NodeName.ShouldBe("a");
        stayed.Status.MigrationState.ShouldBe(Moves.Failed);
    }

    [Fact]
    public void What_came_of_a_cancel_is_told_either_way()
    {
        var asked = MigrationStates.Aborting(MigrationStates.AbortAsked(Moves.Guest(Moves.Begun)));
        asked.Status!.MigrationState!.AbortStatus.ShouldBe("Aborting");

        MigrationStates
            .Failed(asked, MigrationStates.Cancelled, Moves.Now)
            .Status!.MigrationState!.AbortStatus.ShouldBe("Succeeded");
        MigrationStates.Succeeded(asked, Moves.Now).Status!.MigrationState!.AbortStatus.ShouldBe("Failed");
    }
}
