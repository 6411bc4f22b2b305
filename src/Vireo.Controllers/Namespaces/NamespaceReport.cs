using Vireo.Api;

namespace Vireo.Controllers.Namespaces;

/// <summary>What of one kind is still in a namespace that is being emptied.</summary>
internal sealed record Remnant(ResourceKind Kind, IReadOnlyList<ObjectMeta> Objects);

/// <summary>What a namespace says of its end: Kubernetes' conditions, in the words that its tools know. Pure.</summary>
internal static class NamespaceReport
{
    public const string DeletionFailed = "ContentDeletionFailed";

    /// <summary>The conditions of a namespace that is being emptied.</summary>
    /// <param name="before">Its conditions so far.</param>
    /// <param name="left">What was found in it after all was asked to go.</param>
    /// <param name="failures">What could not be asked to go, and why.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Condition> Conditions(
        IReadOnlyList<Condition> before,
        IReadOnlyList<Remnant> left,
        IReadOnlyList<string> failures,
        DateTimeOffset now
    )
    {
        Condition[] found =
        [
            // What is served is known here without asking, so that these two cannot fail.
            False("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
            False(
                "NamespaceDeletionGroupVersionParsingFailure",
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed"
            ),
            failures.Count > 0
                ? True(
                    "NamespaceDeletionContentFailure",
                    DeletionFailed,
                    $"Failed to delete all resource types, {failures.Count} remaining: {string.Join(", ", failures)}"
                )
                : False(
                    "NamespaceDeletionContentFailure",
                    "ContentDeleted",
                    "All content successfully deleted, may be waiting on finalization"
                ),
            Resources(left) is { Length: > 0 } resources
                ? True("NamespaceContentRemaining", "SomeResourcesRemain", $"Some resources are remaining: {resources}")
                : False("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
            Finalizers(left) is { Length: > 0 } finalizers
                ? True(
                    "NamespaceFinalizersRemaining",
                    "SomeFinalizersRemain",
                    $"Some content in the namespace has finalizers remaining: {finalizers}"
                )
                : False(
                    "NamespaceFinalizersRemaining",
                    "ContentHasNoFinalizers",
                    "All content-preserving finalizers finished"
                ),
        ];
        return found.Aggregate(before, (all, one) => Rules.Conditions.Set(all, one, now));
    }

    /// <remarks>Kubernetes ends the names of core kinds with a dot, and tools that look for them know it so.</remarks>
    private static string Resources(IReadOnlyList<Remnant> left) =>
        Listed(
            left.Where(remnant => remnant.Objects.Count > 0)
                .Select(remnant =>
                    ($"{remnant.Kind.Plural}.{remnant.Kind.Group}", $"has {remnant.Objects.Count} resource instances")
                )
        );

    private static string Finalizers(IReadOnlyList<Remnant> left) =>
        Listed(
            left.SelectMany(remnant => remnant.Objects)
                .SelectMany(item => (item.Finalizers ?? []).Distinct())
                .GroupBy(name => name)
                .Select(group => (group.Key, $"in {group.Count()} resource instances"))
        );

    private static string Listed(IEnumerable<(string Name, string Count)> parts) =>
        string.Join(
            ", ",
            parts.OrderBy(part => part.Name, StringComparer.Ordinal).Select(part => $"{part.Name} {part.Count}")
        );

    private static Condition True(string type, string reason, string message) =>
        new()
        {
            Type = type,
            Status = "True",
            Reason = reason,
            Message = message,
        };

    private static Condition False(string type, string reason, string message) =>
        True(type, reason, message) with
        {
            Status = "False",
        };
}
