using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

public sealed class TransitionOutcomesTests
{
    [Fact]
    public void Machines_are_counted_by_what_came_of_them() =>
        TransitionOutcomes
            .Count([.. Several("Updated", 3), .. Several("Failed", 1), .. Several("Waiting", 2)])
            .ShouldBe(
                new()
                {
                    Selected = 6,
                    Updated = 3,
                    Failed = 1,
                    Waiting = 2,
                }
            );

    [Fact]
    public void Each_outcome_has_its_count()
    {
        string[] words = ["Waiting", "Updated", "RestartRequired", "Restarting", "Unchanged", "Refused", "Failed"];

        TransitionOutcomes
            .Count(words.SelectMany((word, index) => Several(word, index + 1)))
            .ShouldBe(
                new()
                {
                    Selected = 28,
                    Waiting = 1,
                    Updated = 2,
                    RestartRequired = 3,
                    Restarting = 4,
                    Unchanged = 5,
                    Refused = 6,
                    Failed = 7,
                }
            );
    }

    [Fact]
    public void Those_that_need_somebody_are_listed_first_and_the_rest_is_left_out()
    {
        var (listed, omitted) = TransitionOutcomes.Bound([
            .. Several("Unchanged", 200),
            .. Several("Updated", 50),
            .. Several("Refused", 2),
            .. Several("Failed", 1),
        ]);

        listed.Count.ShouldBe(100);
        omitted.ShouldBe(153);
        listed.Select(outcome => outcome.Outcome).Distinct().ShouldBe(["Failed", "Refused", "Updated", "Unchanged"]);
        listed.Skip(1).Take(2).Select(outcome => outcome.Name).ShouldBe(["vm-000", "vm-001"]);
    }

    [Fact]
    public void A_short_list_is_whole() => TransitionOutcomes.Bound(Several("Updated", 3)).Omitted.ShouldBe(0);

    [Theory]
    [InlineData(0, 0, 0, 0, "Completed")]
    [InlineData(1, 0, 0, 0, "Running")]
    [InlineData(0, 1, 0, 0, "Running")]
    [InlineData(0, 0, 1, 0, "AwaitingRestarts")]
    [InlineData(0, 0, 1, 1, "AwaitingRestarts")]
    [InlineData(0, 0, 0, 1, "Failed")]
    [InlineData(5, 0, 0, 3, "Failed")]
    public void The_phase_follows_from_the_counts(
        int waiting,
        int restarting,
        int restartRequired,
        int failed,
        string phase
    ) =>
        TransitionOutcomes
            .PhaseOf(
                new() { Limits = new() { MaxFailures = 3 } },
                new()
                {
                    Waiting = waiting,
                    Restarting = restarting,
                    RestartRequired = restartRequired,
                    Failed = failed,
                }
            )
            .ShouldBe(phase);

    [Fact]
    public void What_its_owner_says_comes_first()
    {
        TransitionOutcomes.PhaseOf(new() { Cancelled = true }, new() { Waiting = 1 }).ShouldBe("Cancelled");
        TransitionOutcomes.PhaseOf(new() { Paused = true }, new() { Waiting = 1 }).ShouldBe("Paused");
        TransitionOutcomes.PhaseOf(new() { Paused = true }, new() { Updated = 1 }).ShouldBe("Completed");
        TransitionOutcomes.PhaseOf(new() { DryRun = true }, new() { Waiting = 1 }).ShouldBe("Completed");
    }

    private static MachineTypeOutcome[] Several(string outcome, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(index => new MachineTypeOutcome
                {
                    Namespace = "default",
                    Name = $"vm-{index:D3}",
                    Outcome = outcome,
                }),
        ];
}
