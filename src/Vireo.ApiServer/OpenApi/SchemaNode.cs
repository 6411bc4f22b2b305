using System.Collections.Frozen;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>What a value may be.</summary>
public enum SchemaType
{
    /// <summary>An object with known fields.</summary>
    Object,

    /// <summary>A list.</summary>
    Array,

    /// <summary>An object whose field names are free.</summary>
    Map,

    /// <summary>A text.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A text or number that is an amount, for example 512Mi.</summary>
    Quantity,

    /// <summary>A text that is a time (RFC 3339).</summary>
    Time,

    /// <summary>Anything; kept as it is.</summary>
    Any,
}

/// <summary>The shape of a value: what structural validation checks and OpenAPI documents show.</summary>
/// <remarks>Made once for each type from the source-generated JSON metadata, so it cannot differ from it.</remarks>
public sealed class SchemaNode
{
    private readonly Lazy<FrozenDictionary<string, SchemaProperty>> _properties;
    private readonly Lazy<SchemaNode?> _items;

    internal SchemaNode(SchemaType type, Type source)
        : this(type, source, static () => FrozenDictionary<string, SchemaProperty>.Empty, static () => null) { }

    internal SchemaNode(
        SchemaType type,
        Type source,
        Func<FrozenDictionary<string, SchemaProperty>> properties,
        Func<SchemaNode?> items
    )
    {
        Type = type;
        Source = source;
        _properties = new(properties);
        _items = new(items);
    }

    /// <summary>What the value may be.</summary>
    public SchemaType Type { get; }

    /// <summary>The C# type that holds the value.</summary>
    public Type Source { get; }

    /// <summary>The size of a whole number: int32 or int64.</summary>
    public string? Format { get; internal init; }

    /// <summary>The texts allowed, when the type is an enumeration.</summary>
    public IReadOnlyList<string>? Values { get; internal init; }

    /// <summary>True when the object is changed as a whole, whatever its fields are.</summary>
    public bool IsAtomic { get; internal init; }

    /// <summary>The shape of the entries of a list or map.</summary>
    public SchemaNode? Items => _items.Value;

    /// <summary>The fields of an object, by JSON name.</summary>
    public IReadOnlyDictionary<string, SchemaProperty> Properties => _properties.Value;

    /// <summary>Fields of the object that KubeVirt knows and Vireo does not act on.</summary>
    public IReadOnlyDictionary<string, UnsupportedField> Unsupported => UnsupportedFields.Of(Source);

    internal FrozenDictionary<string, SchemaProperty> Fields => _properties.Value;
}

/// <summary>One field of an object.</summary>
public sealed record SchemaProperty(string Name, SchemaNode Value)
{
    /// <summary>True when the field must be there.</summary>
    public bool IsRequired { get; internal init; }

    /// <summary>The texts allowed; null when any is.</summary>
    public IReadOnlyList<string>? Values { get; internal init; }

    /// <summary>The least number allowed.</summary>
    public long? Minimum { get; internal init; }

    /// <summary>The greatest number allowed.</summary>
    public long? Maximum { get; internal init; }

    /// <summary>The most entries of a list.</summary>
    public int? MaxItems { get; internal init; }

    /// <summary>The fields by which entries of a list are told apart; null when they are not.</summary>
    public IReadOnlyList<string>? ListKeys { get; internal init; }

    /// <summary>True when the list is a set of plain values.</summary>
    public bool IsSet { get; internal init; }

    /// <summary>The most bytes (UTF-8) of a text.</summary>
    public int? MaxBytes { get; internal init; }

    /// <summary>True when the text, or each text of the map, is in base64.</summary>
    public bool IsBase64 { get; internal init; }

    /// <summary>True when the time has microseconds.</summary>
    public bool IsMicroTime { get; internal init; }

    /// <summary>What the server takes when the field is not there.</summary>
    public object? Default { get; internal init; }

    /// <summary>The step to the field, as managed fields write it.</summary>
    internal string Step { get; } = "f:" + Name;

    /// <summary>The property's name in C#, by which its doc comment is found.</summary>
    internal string MemberName { get; init; } = Name;
}
