using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>The server's answer when it is not an object: an error, or the success of a deletion.</summary>
public sealed record Status
{
    /// <summary>Always v1.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "v1";
    } = "v1";

    /// <summary>Always Status.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "Status";
    } = "Status";

    /// <summary>Empty.</summary>
    public ListMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Success or Failure.</summary>
    [JsonPropertyName("status")]
    public string? Outcome { get; init; }

    /// <summary>What happened, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>What happened, in one word for a program (NotFound, Conflict, Invalid ...).</summary>
    public string? Reason { get; init; }

    /// <summary>Which object, and each cause.</summary>
    public StatusDetails? Details { get; init; }

    /// <summary>The HTTP status code.</summary>
    public int? Code { get; init; }
}

/// <summary>Which object an answer is about, and why.</summary>
public sealed record StatusDetails
{
    /// <summary>The name of the object.</summary>
    public string? Name { get; init; }

    /// <summary>The API group.</summary>
    public string? Group { get; init; }

    /// <summary>The kind or the resource's plural name.</summary>
    public string? Kind { get; init; }

    /// <summary>The object's identity.</summary>
    public string? Uid { get; init; }

    /// <summary>Each single cause.</summary>
    public IReadOnlyList<StatusCause>? Causes { get; init; }

    /// <summary>Seconds to wait before trying again.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>One reason for a refusal.</summary>
public sealed record StatusCause
{
    /// <summary>The sort of cause, for example FieldValueInvalid.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>The path of the field, for example spec.template.spec.domain.memory.guest.</summary>
    public string? Field { get; init; }
}
