using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>Verbs on things: every verb of a rule may be done with everything that it names.</summary>
public sealed record PolicyRule
{
    /// <summary>What may be done: get, list, watch, create, update, patch, delete and others; * is all.</summary>
    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>Groups of the resources; "" is the core group, * is every group.</summary>
    public IReadOnlyList<string>? ApiGroups { get; init; }

    /// <summary>
    /// Resources by their plural, and subresources after a slash; * is every resource, */scale one subresource of all.
    /// </summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>The only objects it is about; none means all of them.</summary>
    public IReadOnlyList<string>? ResourceNames { get; init; }

    /// <summary>
    /// Paths that are no resources, with * as their last step for all below; only in roles bound to the whole cluster.
    /// </summary>
    [JsonPropertyName("nonResourceURLs")]
    public IReadOnlyList<string>? NonResourceUrls { get; init; }
}
