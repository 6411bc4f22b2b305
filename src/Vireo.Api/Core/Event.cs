using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>Something that was done or went wrong, told about one object.</summary>
public sealed record Event : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "v1";
    } = "v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "Event";
    } = "Event";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>The object it is about.</summary>
    public required ObjectReference InvolvedObject { get; init; }

    /// <summary>What happened, in one CamelCase word.</summary>
    public string? Reason { get; init; }

    /// <summary>What happened, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>Who tells it.</summary>
    public EventSource? Source { get; init; }

    /// <summary>When it happened first.</summary>
    public DateTimeOffset? FirstTimestamp { get; init; }

    /// <summary>When it happened last.</summary>
    public DateTimeOffset? LastTimestamp { get; init; }

    /// <summary>How often it happened.</summary>
    public int? Count { get; init; }

    /// <summary>Normal or Warning.</summary>
    public string? Type { get; init; }

    /// <summary>When it was first seen, to the microsecond.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>How often it happened since, where it goes on.</summary>
    public EventSeries? Series { get; init; }

    /// <summary>What was done or tried.</summary>
    public string? Action { get; init; }

    /// <summary>Another object that has to do with it.</summary>
    public ObjectReference? Related { get; init; }

    /// <summary>The program that tells it.</summary>
    public string? ReportingComponent { get; init; }

    /// <summary>Which instance of the program.</summary>
    public string? ReportingInstance { get; init; }
}

/// <summary>An event that goes on.</summary>
public sealed record EventSeries
{
    /// <summary>How often it happened.</summary>
    public int? Count { get; init; }

    /// <summary>When it happened last, to the microsecond.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; init; }
}

/// <summary>Who tells of an event.</summary>
public sealed record EventSource
{
    /// <summary>The program.</summary>
    public string? Component { get; init; }

    /// <summary>The host it runs on.</summary>
    public string? Host { get; init; }
}

/// <summary>Names an object anywhere.</summary>
[Atomic]
public sealed record ObjectReference
{
    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }

    /// <summary>Namespace of the object.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name of the object.</summary>
    public string? Name { get; init; }

    /// <summary>Identity of the object.</summary>
    public string? Uid { get; init; }

    /// <summary>Version of the object.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The part of the object.</summary>
    public string? FieldPath { get; init; }
}
