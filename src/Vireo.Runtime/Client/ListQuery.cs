namespace Vireo.Runtime;

/// <summary>Which objects of a kind to list or watch. The empty query is all of them.</summary>
/// <param name="Namespace">Only this namespace; null for all.</param>
/// <param name="LabelSelector">Kubernetes' text form, for example <c>app=web,tier!=test</c>.</param>
/// <param name="FieldSelector">Kubernetes' text form, for example <c>status.nodeName=host1</c>.</param>
/// <param name="Limit">The most objects in one answer; the rest follows by <paramref name="Continue"/>.</param>
/// <param name="Continue">The token of the page before.</param>
/// <param name="ResourceVersion">List: at least as new as this. Watch: what changed after this.</param>
public sealed record ListQuery(
    string? Namespace = null,
    string? LabelSelector = null,
    string? FieldSelector = null,
    int? Limit = null,
    string? Continue = null,
    string? ResourceVersion = null
)
{
    /// <summary>
    /// After this the server ends a watch in good order, in whole seconds; null leaves it to the server.
    /// </summary>
    public TimeSpan? WatchTimeout { get; init; }
}
