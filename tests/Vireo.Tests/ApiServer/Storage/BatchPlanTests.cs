using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

public sealed class BatchPlanTests
{
    private static readonly StoreState Empty = new(10, [.. ResourceKinds.All.Select(_ => ObjectTable.Empty)]);

    [Fact]
    public void A_write_sees_those_before_it_in_the_batch()
    {
        var plan = BatchPlan.Of(
            Empty,
            [
                Write.Create("a", "1"),
                Write.Create("a", "2"),
                Write.Update("a", "3", expected: 11),
                Write.Update("a", "4", expected: 11),
                Write.Delete("a", expected: 12),
                Write.Update("a", "5"),
                Write.Create("a", "6"),
            ]
        );

        plan.Outcomes.Select(outcome => outcome.Conflict?.Reason)
            .ShouldBe([
                null,
                StoreConflictReason.AlreadyExists,
                null,
                StoreConflictReason.RevisionMismatch,
                null,
                StoreConflictReason.NotFound,
                null,
            ]);
        plan.Changes.Select(change => change.Brief())
            .ShouldBe(["Added default/a@11", "Modified default/a@12", "Deleted default/a@13", "Added default/a@14"]);
        plan.Changes.Select(change => change.Previous?.Revision).ShouldBe([null, 11, 12, null]);
        plan.Next.Revision.ShouldBe(14);
        plan.Next[ResourceKinds.ConfigMaps].Find("default", "a").ShouldBeSameAs(plan.Outcomes[6].Stored);
    }

    /// <summary>Whoever is first, no object is left in a namespace that is gone.</summary>
    [Fact]
    public void A_namespace_goes_when_it_is_empty_and_nothing_comes_into_it_after_that()
    {
        var space = Write.Create("room", kind: ResourceKinds.Namespaces, ns: null);
        var gone = Write.Delete("room", kind: ResourceKinds.Namespaces, ns: null);
        var inside = Write.Create("a", ns: "room") with { NeedsNamespace = true };

        Reasons(space, inside, gone).ShouldBe([null, null, StoreConflictReason.NotEmpty]);
        Reasons(space, gone, inside).ShouldBe([null, null, StoreConflictReason.NoNamespace]);
        Reasons(space, inside, Write.Delete("a", ns: "room"), gone).ShouldBe([null, null, null, null]);
        Reasons(space, Write.Create("a", ns: "roomy"), gone).ShouldBe([null, null, null]);

        static IEnumerable<StoreConflictReason?> Reasons(params StoreWrite[] writes) =>
            BatchPlan.Of(Empty, writes).Outcomes.Select(outcome => outcome.Conflict?.Reason);
    }

    [Fact]
    public void A_plan_leaves_what_it_starts_from_as_it_is()
    {
        BatchPlan.Of(Empty, [Write.Create("a")]).Next.Revision.ShouldBe(11);
        Empty.Revision.ShouldBe(10);
        Empty[ResourceKinds.ConfigMaps].Count.ShouldBe(0);
    }

    [Fact]
    public void A_batch_in_which_nothing_changes_takes_no_revision()
    {
        var plan = BatchPlan.Of(Empty, [Write.Update("a"), Write.Delete("b")]);
        plan.Changes.ShouldBeEmpty();
        plan.Next.Revision.ShouldBe(10);
    }
}
