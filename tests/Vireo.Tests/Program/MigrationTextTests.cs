using Vireo.Api;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Tests.Rules.Migrations;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Program;

public sealed class MigrationTextTests
{
    [Fact]
    public void What_it_waits_for_is_told()
    {
        var waiting = Moves.Migration(Phase.Pending);
        MigrationText.Line(waiting, Moves.Guest()).ShouldBe("Pending");
        waiting = waiting with
        {
            Status = waiting.Status! with
            {
                Conditions =
                [
                    new()
                    {
                        Type = MigrationNames.WaitingCondition,
                        Status = "True",
                        Message = "Its turn.",
                    },
                ],
            },
        };
        MigrationText.Line(waiting, null).ShouldBe("Pending: Its turn.");
    }

    [Fact]
    public void How_far_the_guest_is_is_told()
    {
        var running = Moves.Migration(Phase.Running);
        MigrationText.Line(running, Moves.Guest(Moves.Begun)).ShouldBe("Running: from a to b");
        var progress = new MigrationProgress { MemoryTotal = 512 << 20, MemoryRemaining = (100 << 20) + 1 };
        MigrationText
            .Line(running, Moves.Guest(Moves.Begun with { Progress = progress }))
            .ShouldBe("Running: from a to b, 101Mi of 512Mi left");
        MigrationText
            .Line(running, Moves.Guest(Moves.Begun with { Progress = progress with { MemoryRate = 32 << 20 } }))
            .ShouldBe("Running: from a to b, 101Mi of 512Mi left, 32Mi a second");
        MigrationText
            .Line(running, Moves.Guest(Moves.Begun with { AbortRequested = true }))
            .ShouldBe("Running: from a to b, is being cancelled");
        MigrationText.Line(running, Moves.Moved).ShouldBe("Running: is on b, and is given its processors and memory");
        MigrationText
            .Line(running, Moves.Guest(Moves.Failed with { MigrationUid = "another" }))
            .ShouldBe("Running: from a to b");
    }

    [Fact]
    public void What_came_of_it_is_told()
    {
        var done = Moves.Begun with { EndTimestamp = Moves.Now.AddSeconds(63) };
        MigrationText.Success(done).ShouldBe("moved from a to b in 1m3s");
        MigrationText
            .Success(done with { Progress = new() { DowntimeMilliseconds = 40 } })
            .ShouldBe("moved from a to b in 1m3s; it stood still for 40 ms");
        MigrationText.Success(done with { EndTimestamp = Moves.Now }).ShouldBe("moved from a to b");
    }
}
