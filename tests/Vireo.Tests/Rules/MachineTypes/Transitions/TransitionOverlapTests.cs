using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

public sealed class TransitionOverlapTests
{
    [Theory]
    // Namespaces and labels of the earlier one, and of the later one.
    [InlineData("", "", "", "", true)]
    [InlineData("a,b", "", "b,c", "", true)]
    [InlineData("a", "", "", "", true)]
    [InlineData("a", "", "b", "", false)]
    [InlineData("", "app=web", "", "app=web", true)]
    [InlineData("", "app=web", "", "tier=front", true)]
    [InlineData("", "app=web", "", "app=db", false)]
    [InlineData("a", "app=web", "b", "app=web", false)]
    public void The_later_one_waits_where_both_may_choose_a_machine(
        string namespaces,
        string labels,
        string otherNamespaces,
        string otherLabels,
        bool waits
    )
    {
        var earlier = Transition("earlier", 1, namespaces, labels);
        var later = Transition("later", 2, otherNamespaces, otherLabels);

        TransitionOverlap.Blocking(later, [earlier, later]).ShouldBe(waits ? earlier : null);
        TransitionOverlap.Blocking(earlier, [earlier, later]).ShouldBeNull();
    }

    [Fact]
    public void Of_several_the_earliest_is_waited_for()
    {
        var (first, second, third) = (Transition("x", 1), Transition("b", 2), Transition("a", 3));

        TransitionOverlap.Blocking(third, [third, second, first]).ShouldBe(first);
    }

    [Fact]
    public void Of_two_made_in_the_same_second_the_name_decides()
    {
        var (a, b) = (Transition("a", 1), Transition("b", 1));

        TransitionOverlap.Blocking(b, [a, b]).ShouldBe(a);
        TransitionOverlap.Blocking(a, [a, b]).ShouldBeNull();
    }

    [Fact]
    public void One_that_has_begun_is_not_overtaken()
    {
        var begun = Transition("t9", 1) with
        {
            Status = new() { Phase = "Running", StartedAt = Samples.Now },
        };
        var other = Transition("t10", 1);

        TransitionOverlap.Blocking(other, [begun, other]).ShouldBe(begun);
        TransitionOverlap.Blocking(begun, [begun, other]).ShouldBeNull();
    }

    [Theory]
    [InlineData("Completed", false)]
    [InlineData("Failed", false)]
    [InlineData("Cancelled", false)]
    [InlineData("Running", true)]
    [InlineData("Paused", true)]
    [InlineData("AwaitingRestarts", true)]
    [InlineData("Pending", true)]
    [InlineData(null, true)]
    public void One_that_has_ended_is_not_waited_for(string? phase, bool waits)
    {
        var earlier = Transition("earlier", 1) with { Status = new() { Phase = phase } };

        (TransitionOverlap.Blocking(Transition("later", 2), [earlier]) is not null).ShouldBe(waits);
    }

    [Fact]
    public void A_rollback_reaches_no_further_than_what_it_rolls_back()
    {
        var done = Transition("done", 1, "a") with { Status = new() { Phase = "Completed" } };
        var elsewhere = Transition("elsewhere", 2, "b");
        var rollback = Transition("rollback", 3);
        rollback = rollback with { Spec = rollback.Spec with { RollbackOf = "done" } };
        var later = Transition("later", 4, "b");

        TransitionOverlap.Blocking(rollback, [done, elsewhere, rollback]).ShouldBeNull();
        TransitionOverlap.Blocking(later, [done, rollback, later]).ShouldBeNull();
        TransitionOverlap.Blocking(rollback, [elsewhere, rollback]).ShouldBe(elsewhere);
        TransitionOverlap.Blocking(Transition("later", 4, "a"), [done, rollback]).ShouldBe(rollback);
    }

    [Fact]
    public void A_dry_run_neither_waits_nor_is_waited_for()
    {
        var (earlier, later) = (Transition("earlier", 1), Transition("later", 2));
        var dry = new MachineTypeTransitionSpec { DryRun = true };

        TransitionOverlap.Blocking(later, [earlier with { Spec = dry }]).ShouldBeNull();
        TransitionOverlap.Blocking(later with { Spec = dry }, [earlier]).ShouldBeNull();
    }

    private static MachineTypeTransition Transition(
        string name,
        int second,
        string namespaces = "",
        string labels = ""
    ) =>
        new()
        {
            Metadata = new()
            {
                Name = name,
                Uid = name,
                CreationTimestamp = Samples.Now.AddSeconds(second),
            },
            Spec = new()
            {
                Namespaces = namespaces.Split(',', StringSplitOptions.RemoveEmptyEntries),
                Selector = new()
                {
                    MatchLabels = labels
                        .Split(',', StringSplitOptions.RemoveEmptyEntries)
                        .Select(label => label.Split('='))
                        .ToDictionary(label => label[0], label => label[1]),
                },
            },
        };
}
