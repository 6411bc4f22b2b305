using Vireo.Api;
using Vireo.Controllers.Namespaces;

namespace Vireo.Tests.Controllers.Namespaces;

public sealed class NamespaceReportTests
{
    private const string Content = "NamespaceContentRemaining";
    private const string Finalizers = "NamespaceFinalizersRemaining";
    private const string Failure = "NamespaceDeletionContentFailure";

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_left_is_told_by_kind_and_count_and_who_holds_it_by_finalizer()
    {
        var conditions = Conditions([
            new(ResourceKinds.VirtualMachines, [Held("a.io/x"), Held("a.io/x", "b.io/y")]),
            new(ResourceKinds.Secrets, []),
            new(ResourceKinds.ConfigMaps, [Held()]),
        ]);

        Of(conditions, Content)
            .ShouldBe(
                (
                    "True",
                    "SomeResourcesRemain",
                    "Some resources are remaining: configmaps. has 1 resource instances, "
                        + "virtualmachines.kubevirt.io has 2 resource instances"
                )
            );
        Of(conditions, Finalizers)
            .ShouldBe(
                (
                    "True",
                    "SomeFinalizersRemain",
                    "Some content in the namespace has finalizers remaining: a.io/x in 2 resource instances, "
                        + "b.io/y in 1 resource instances"
                )
            );
    }

    [Fact]
    public void When_nothing_is_left_every_condition_is_false()
    {
        var conditions = Conditions([new(ResourceKinds.Secrets, [])]);

        conditions
            .Select(condition => condition.Type)
            .ShouldBe([
                "NamespaceDeletionDiscoveryFailure",
                "NamespaceDeletionGroupVersionParsingFailure",
                Failure,
                Content,
                Finalizers,
            ]);
        conditions.ShouldAllBe(condition => condition.Status == "False");
        Of(conditions, Content).ShouldBe(("False", "ContentRemoved", "All content successfully removed"));
        Of(conditions, Finalizers)
            .ShouldBe(("False", "ContentHasNoFinalizers", "All content-preserving finalizers finished"));
    }

    [Fact]
    public void What_could_not_be_deleted_is_told_with_its_reason() =>
        Of(Conditions([], "secrets: no"), Failure)
            .ShouldBe(
                ("True", "ContentDeletionFailed", "Failed to delete all resource types, 1 remaining: secrets: no")
            );

    [Fact]
    public void Time_tells_since_when_it_is_so()
    {
        var held = new Remnant(ResourceKinds.ConfigMaps, [Held()]);
        var first = NamespaceReport.Conditions([], [held], [], Now);
        NamespaceReport.Conditions(first, [held], [], Now.AddMinutes(1)).ShouldBe(first);
        var last = NamespaceReport.Conditions(first, [], [], Now.AddMinutes(2));
        last.Single(condition => condition.Type == Content).LastTransitionTime.ShouldBe(Now.AddMinutes(2));
        last.Single(condition => condition.Type == Finalizers).LastTransitionTime.ShouldBe(Now);
    }

    private static IReadOnlyList<Condition> Conditions(IReadOnlyList<Remnant> left, params string[] failures) =>
        NamespaceReport.Conditions([], left, failures, Now);

    private static (string, string?, string?) Of(IReadOnlyList<Condition> conditions, string type)
    {
        var condition = conditions.Single(condition => condition.Type == type);
        return (condition.Status, condition.Reason, condition.Message);
    }

    private static ObjectMeta Held(params string[] finalizers) => new() { Name = "x", Finalizers = finalizers };
}
