using System.Text.Json;

namespace Vireo.Api;

/// <summary>What would be done with an object.</summary>
public sealed record ResourceAttributes
{
    /// <summary>The namespace; nothing for objects of the whole cluster and for all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>What would be done, for example get; * is everything.</summary>
    public string? Verb { get; init; }

    /// <summary>The API group; * is all.</summary>
    public string? Group { get; init; }

    /// <summary>The version of the group; it makes no difference.</summary>
    public string? Version { get; init; }

    /// <summary>The resource by its plural; * is all.</summary>
    public string? Resource { get; init; }

    /// <summary>The subresource, for example status.</summary>
    public string? Subresource { get; init; }

    /// <summary>The object; nothing means all.</summary>
    public string? Name { get; init; }

    /// <summary>Fields the objects are chosen by; it makes no difference.</summary>
    public JsonElement? FieldSelector { get; init; }

    /// <summary>Labels the objects are chosen by; it makes no difference.</summary>
    public JsonElement? LabelSelector { get; init; }
}

/// <summary>What would be done with a path that is no resource.</summary>
public sealed record NonResourceAttributes
{
    /// <summary>The path.</summary>
    public string? Path { get; init; }

    /// <summary>What would be done, for example get.</summary>
    public string? Verb { get; init; }
}

/// <summary>The answer to whether something may be done.</summary>
public sealed record SubjectAccessReviewStatus
{
    /// <summary>True when it may be done.</summary>
    public required bool Allowed { get; init; }

    /// <summary>True when it may not, whatever else is asked; never said, as no rule forbids.</summary>
    public bool? Denied { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong while the answer was sought.</summary>
    public string? EvaluationError { get; init; }
}
