using Vireo.Api;
using Vireo.Controllers.GarbageCollection;

namespace Vireo.Tests.Controllers.GarbageCollection;

public sealed class GarbagePlanTests
{
    private static readonly DateTimeOffset Deleted = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_object_without_owners_is_kept() => Next(Object("a")).ShouldBeOfType<GarbageStep.Keep>();

    [Fact]
    public void An_object_whose_owner_is_there_is_kept() =>
        Next(Object("a") with { OwnerReferences = [Owner("o")] }).ShouldBeOfType<GarbageStep.Keep>();

    [Fact]
    public void An_object_whose_last_owner_is_gone_is_removed() =>
        Next(Object("a") with { OwnerReferences = [Owner("o")] }, absent: ["o"])
            .ShouldBe(new GarbageStep.Remove("Background"));

    [Fact]
    public void An_object_that_keeps_one_of_two_owners_forgets_the_other()
    {
        var step = Next(Object("a") with { OwnerReferences = [Owner("gone"), Owner("there")] }, absent: ["gone"]);

        step.ShouldBeOfType<GarbageStep.Disown>().Left.ShouldHaveSingleItem().Uid.ShouldBe("there");
    }

    [Fact]
    public void An_object_whose_owner_waits_for_it_is_removed_in_the_foreground() =>
        Next(Object("a") with { OwnerReferences = [Owner("o")] }, dying: ["o"])
            .ShouldBe(new GarbageStep.Remove("Foreground"));

    [Fact]
    public void An_object_with_another_owner_is_not_removed_because_one_waits() =>
        Next(Object("a") with { OwnerReferences = [Owner("o"), Owner("other")] }, dying: ["o"])
            .ShouldBeOfType<GarbageStep.Keep>();

    [Fact]
    public void Foreground_deletion_removes_the_dependents_that_block_it_first()
    {
        var blocking = Dependent("d", blocks: true);

        var step = Next(Dying(GarbagePlan.ForegroundFinalizer), [blocking, Dependent("e", blocks: false)]);

        step.ShouldBeOfType<GarbageStep.RemoveDependents>().Dependents.ShouldBe([blocking]);
    }

    [Fact]
    public void Foreground_deletion_ends_when_nothing_blocks_it() =>
        Next(Dying(GarbagePlan.ForegroundFinalizer), [Dependent("e", blocks: false)])
            .ShouldBe(new GarbageStep.Release(GarbagePlan.ForegroundFinalizer));

    [Fact]
    public void Orphan_deletion_lets_the_dependents_go_first()
    {
        var dependent = Dependent("d", blocks: true);

        Next(Dying(GarbagePlan.OrphanFinalizer), [dependent])
            .ShouldBeOfType<GarbageStep.OrphanDependents>()
            .Dependents.ShouldBe([dependent]);
        Next(Dying(GarbagePlan.OrphanFinalizer)).ShouldBe(new GarbageStep.Release(GarbagePlan.OrphanFinalizer));
    }

    [Fact]
    public void A_deleted_object_whose_dependents_stay_is_let_go_last() =>
        Next(Dying(GarbagePlan.OrphanFinalizer) with { Finalizers = ["somebody/else", GarbagePlan.OrphanFinalizer] })
            .ShouldBeOfType<GarbageStep.Keep>();

    [Fact]
    public void A_deleted_object_that_waits_for_others_is_left_to_them() =>
        Next(Dying("somebody/else"), [Dependent("d", blocks: true)]).ShouldBeOfType<GarbageStep.Keep>();

    private static GarbageStep Next(
        ObjectMeta metadata,
        IReadOnlyList<GraphNode>? dependents = null,
        string[]? absent = null,
        string[]? dying = null
    ) =>
        GarbagePlan.Next(
            metadata,
            dependents ?? [],
            new HashSet<string>(absent ?? [], StringComparer.Ordinal),
            new HashSet<string>(dying ?? [], StringComparer.Ordinal)
        );

    private static ObjectMeta Object(string uid) =>
        new()
        {
            Name = uid,
            Uid = uid,
            Namespace = "default",
        };

    private static ObjectMeta Dying(string finalizer) =>
        Object("a") with
        {
            DeletionTimestamp = Deleted,
            Finalizers = [finalizer],
        };

    private static OwnerReference Owner(string uid, bool blocks = false) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Name = uid,
            Uid = uid,
            BlockOwnerDeletion = blocks,
        };

    private static GraphNode Dependent(string uid, bool blocks) =>
        new(null!, Object(uid) with { OwnerReferences = [Owner("a", blocks)] });
}
