using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationStepsTests
{
    public enum Sort
    {
        Assigned,
        Prepared,
        Begun,
        ToAbort,
        Succeeded,
        Failed,
    }

    [Theory]
    // What is prepared, and what is not, is left alone until it is ready.
    [InlineData(Sort.Assigned, MovingGuest.Here, false, "Wait")]
    [InlineData(Sort.Assigned, MovingGuest.Here, true, "Abort")]
    [InlineData(Sort.Assigned, MovingGuest.Ended, false, "Fail")]
    [InlineData(Sort.Assigned, MovingGuest.Absent, false, "Fail")]
    [InlineData(Sort.Prepared, MovingGuest.Here, false, "Begin")]
    [InlineData(Sort.Prepared, MovingGuest.Here, true, "Abort")]
    [InlineData(Sort.Prepared, MovingGuest.Ended, false, "Fail")]
    [InlineData(Sort.Begun, MovingGuest.Here, false, "Fail")]
    [InlineData(Sort.Begun, MovingGuest.Here, true, "Follow")]
    [InlineData(Sort.Begun, MovingGuest.Ended, true, "Fail")]
    [InlineData(Sort.Begun, MovingGuest.Absent, false, "LeaveToTarget")]
    [InlineData(Sort.Begun, MovingGuest.Absent, true, "LeaveToTarget")]
    [InlineData(Sort.ToAbort, MovingGuest.Here, false, "Fail")]
    [InlineData(Sort.ToAbort, MovingGuest.Here, true, "Abort")]
    [InlineData(Sort.ToAbort, MovingGuest.Absent, false, "LeaveToTarget")]
    [InlineData(Sort.Succeeded, MovingGuest.Here, false, "CleanUp")]
    [InlineData(Sort.Succeeded, MovingGuest.Absent, false, "CleanUp")]
    [InlineData(Sort.Failed, MovingGuest.Here, true, "Abort")]
    [InlineData(Sort.Failed, MovingGuest.Here, false, "None")]
    [InlineData(Sort.Failed, MovingGuest.Absent, false, "None")]
    public void The_source(Sort sort, MovingGuest guest, bool drives, string step)
    {
        Of(sort, "a", guest, drives).GetType().Name.ShouldBe(step);
    }

    [Theory]
    [InlineData(Sort.Assigned, MovingGuest.Absent, false, "Prepare")]
    [InlineData(Sort.Assigned, MovingGuest.Absent, true, "Prepare")]
    [InlineData(Sort.Assigned, MovingGuest.Incoming, false, "CleanUp")]
    [InlineData(Sort.Assigned, MovingGuest.Here, false, "Wait")]
    [InlineData(Sort.Prepared, MovingGuest.Absent, false, "Prepare")]
    [InlineData(Sort.Prepared, MovingGuest.Absent, true, "Wait")]
    [InlineData(Sort.Prepared, MovingGuest.Incoming, true, "Wait")]
    [InlineData(Sort.Prepared, MovingGuest.Here, true, "Wait")]
    [InlineData(Sort.Begun, MovingGuest.Absent, false, "GiveUp")]
    [InlineData(Sort.Begun, MovingGuest.Absent, true, "Wait")]
    [InlineData(Sort.Begun, MovingGuest.Incoming, true, "Wait")]
    [InlineData(Sort.Begun, MovingGuest.Incoming, false, "Wait")]
    [InlineData(Sort.Begun, MovingGuest.Here, true, "Wait")]
    [InlineData(Sort.ToAbort, MovingGuest.Incoming, true, "Wait")]
    [InlineData(Sort.Succeeded, MovingGuest.Here, false, "None")]
    [InlineData(Sort.Failed, MovingGuest.Incoming, true, "CleanUp")]
    [InlineData(Sort.Failed, MovingGuest.Here, false, "CleanUp")]
    [InlineData(Sort.Failed, MovingGuest.Absent, false, "CleanUp")]
    public void The_target(Sort sort, MovingGuest guest, bool drives, string step)
    {
        Of(sort, "b", guest, drives).GetType().Name.ShouldBe(step);
    }

    [Theory]
    [InlineData(MovingGuest.Absent, "GiveUp")]
    [InlineData(MovingGuest.Incoming, "GiveUp")]
    [InlineData(MovingGuest.Here, "Claim")]
    public void A_target_whose_source_is_silent_says_where_the_guest_is(MovingGuest guest, string step)
    {
        Next(new(Moves.Guest(Moves.Begun), "b", guest, IsDriving: true, Moves.Now) { IsSourceHeard = false })
            .ShouldBe(step);
    }

    [Fact]
    public void A_target_leaves_it_to_the_source_for_a_while_to_say_that_the_guest_arrived()
    {
        var sight = new MigrationSight(Moves.Guest(Moves.Begun), "b", MovingGuest.Here, true, Moves.Now);

        Next(sight with { HereSince = Moves.Now - MigrationSteps.ClaimAfter / 2 }).ShouldBe("Wait");
        Next(sight with { HereSince = Moves.Now - MigrationSteps.ClaimAfter }).ShouldBe("Claim");
    }

    [Fact]
    public void Others_and_guests_that_do_not_move_are_not_concerned()
    {
        Next(new(Moves.Guest(Moves.Begun), "c", MovingGuest.Absent, false, Moves.Now)).ShouldBe("None");
        Next(new(Moves.Guest(), "a", MovingGuest.Here, false, Moves.Now)).ShouldBe("None");
    }

    [Fact]
    public void A_guest_that_is_being_deleted_or_did_not_start_does_not_begin_to_move()
    {
        var guest = Moves.Guest(Moves.Prepared);
        var young = guest.With(status => status with { Phase = VirtualMachineInstancePhase.Scheduled });

        Next(new(guest.Deleted(), "a", MovingGuest.Here, false, Moves.Now)).ShouldBe("Wait");
        Next(new(young, "a", MovingGuest.Here, false, Moves.Now)).ShouldBe("Wait");
    }

    [Fact]
    public void A_source_that_was_asked_to_end_it_says_that_it_was_cancelled()
    {
        Of(Sort.ToAbort, "a", MovingGuest.Here, false)
            .ShouldBeOfType<MigrationStep.Fail>()
            .Why.ShouldBe(MigrationStates.Cancelled);
    }

    private static string Next(MigrationSight sight) => MigrationSteps.Next(sight).GetType().Name;

    private static MigrationStep Of(Sort sort, string host, MovingGuest guest, bool drives)
    {
        var instance = sort switch
        {
            Sort.Assigned => Moves.Guest(Moves.Assigned),
            Sort.Prepared => Moves.Guest(Moves.Prepared),
            Sort.Begun => Moves.Guest(Moves.Begun),
            Sort.ToAbort => Moves.Guest(Moves.Begun with { AbortRequested = true }),
            Sort.Succeeded => Moves.Moved,
            _ => Moves.Guest(Moves.Failed),
        };
        return MigrationSteps.Next(new(instance, host, guest, drives, Moves.Now));
    }
}
