using System.Globalization;
using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>What is counted of the machines of a transition, and which of them a status shows.</summary>
public sealed class TransitionTallyTests
{
    private readonly TransitionTally _tally = new();

    [Fact]
    public void Each_machine_counts_by_what_came_of_it()
    {
        foreach (var (outcome, count) in All().Select((outcome, index) => (outcome, index + 1)))
        {
            Add(outcome, count);
        }

        _tally.Counts.ShouldBe(
            new()
            {
                Failed = 1,
                Refused = 2,
                RestartRequired = 3,
                Restarting = 4,
                Waiting = 5,
                Updated = 6,
                Unchanged = 7,
                Selected = 28,
            }
        );
    }

    [Fact]
    public void Machines_in_hand_wait_until_they_are_finished_and_count_once()
    {
        _tally.Take(3);
        (_tally.Counts.Selected, _tally.Counts.Waiting).ShouldBe((3, 3));

        _tally.Finish(Outcome("Updated", 1));
        _tally.Finish(null);
        (_tally.Counts.Selected, _tally.Counts.Waiting, _tally.Counts.Updated).ShouldBe((2, 1, 1));

        _tally.Forget();
        (_tally.Counts.Selected, _tally.Counts.Waiting, _tally.Counts.Updated).ShouldBe((1, 0, 1));
    }

    [Fact]
    public void Those_that_need_somebody_are_shown_first_and_by_name()
    {
        foreach (var outcome in All().Reverse())
        {
            _tally.Add(Outcome(outcome, 2));
            _tally.Add(Outcome(outcome, 1));
        }

        var (shown, omitted) = _tally.Bounded;

        shown.Select(one => one.Outcome).Distinct(StringComparer.Ordinal).ShouldBe(All());
        shown.Take(2).Select(one => one.Name).ShouldBe(["vm001", "vm002"]);
        omitted.ShouldBe(0);
    }

    [Fact]
    public void However_many_there_are_only_so_many_are_kept_and_the_rest_is_counted()
    {
        Add("Updated", 5000);
        Add("Failed", 3);

        var (shown, omitted) = _tally.Bounded;

        shown.Count.ShouldBe(TransitionDefaults.OutcomesListed);
        shown.Take(3).ShouldAllBe(one => one.Outcome == "Failed");
        omitted.ShouldBe(5003 - TransitionDefaults.OutcomesListed);
    }

    [Theory]
    // Labelled, still left, updated before; what counts then.
    [InlineData(3, 3, 1, 3, 1)]
    [InlineData(3, 1, 1, 1, 3)]
    [InlineData(3, 0, 0, 0, 3)]
    public void Machines_that_their_owners_restarted_count_as_updated(
        int labelled,
        int left,
        int updated,
        int stillLabelled,
        int updatedNow
    )
    {
        Add("RestartRequired", labelled);
        Add("Updated", updated);

        _tally.Restarted(left);

        (_tally.Counts.RestartRequired, _tally.Counts.Updated).ShouldBe((stillLabelled, updatedNow));
        _tally.Counts.Selected.ShouldBe(labelled + updated);
    }

    private static string[] All() =>
        ["Failed", "Refused", "RestartRequired", "Restarting", "Waiting", "Updated", "Unchanged"];

    private void Add(string outcome, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _tally.Add(Outcome(outcome, i));
        }
    }

    private static MachineTypeOutcome Outcome(string outcome, int number) =>
        new()
        {
            Namespace = "default",
            Name = string.Create(CultureInfo.InvariantCulture, $"vm{number:000}"),
            Outcome = outcome,
        };
}
