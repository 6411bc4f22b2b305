using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>The shape of every kind, made from the types that hold them when it is first asked for.</summary>
public static class StructuralSchema
{
    private static readonly ConcurrentDictionary<Type, SchemaNode> Nodes = new();

    /// <summary>The shape of a kind's objects.</summary>
    public static SchemaNode For(ResourceKind kind) => For(kind.TypeInfo.Type);

    /// <summary>The shape of any type that objects are made of.</summary>
    /// <exception cref="InvalidOperationException">The type has no JSON form in Vireo.Api: a bug.</exception>
    public static SchemaNode For(Type type) =>
        Nodes.GetOrAdd(type, static type => Make(Nullable.GetUnderlyingType(type) ?? type));

    private static SchemaNode Make(Type type)
    {
        if (Scalar(type) is { } scalar)
        {
            return scalar;
        }

        var info =
            ApiJson.Default.GetTypeInfo(type)
            ?? throw new InvalidOperationException($"{type} has no JSON form in {nameof(ApiJson)}.");
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => new(SchemaType.Object, type, () => Properties(info), () => null)
            {
                IsAtomic = type.IsDefined(typeof(AtomicAttribute), inherit: false),
            },
            JsonTypeInfoKind.Enumerable => Collection(SchemaType.Array, info),
            JsonTypeInfoKind.Dictionary => Collection(SchemaType.Map, info),
            _ when type.IsEnum => new(SchemaType.String, type) { Values = EnumNames(info) },
            _ => throw new InvalidOperationException($"{type} has no place in a schema."),
        };
    }

    private static SchemaNode? Scalar(Type type)
    {
        if (type == typeof(string))
        {
            return new(SchemaType.String, type);
        }

        if (type == typeof(bool))
        {
            return new(SchemaType.Boolean, type);
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return new(SchemaType.Integer, type) { Format = type == typeof(int) ? "int32" : "int64" };
        }

        return type == typeof(Quantity) ? new(SchemaType.Quantity, type)
            : type == typeof(DateTimeOffset) ? new(SchemaType.Time, type)
            : type == typeof(JsonElement) ? new(SchemaType.Any, type)
            : null;
    }

    private static SchemaNode Collection(SchemaType type, JsonTypeInfo info) =>
        new(
            type,
            info.Type,
            () => FrozenDictionary<string, SchemaProperty>.Empty,
            () => For(info.ElementType ?? throw new InvalidOperationException($"{info.Type} has no element type."))
        );

    private static FrozenDictionary<string, SchemaProperty> Properties(JsonTypeInfo info) =>
        info.Properties.Select(Property).ToFrozenDictionary(property => property.Name, StringComparer.Ordinal);

    private static SchemaProperty Property(JsonPropertyInfo info)
    {
        var node = For(info.PropertyType);
        var attributes = info.AttributeProvider?.GetCustomAttributes(inherit: false) ?? [];
        var range = Find<RangeAttribute>(attributes);
        return new(info.Name, node)
        {
            IsRequired = info.IsRequired,
            Values = Find<AllowedValuesAttribute>(attributes) is { } allowed
                ? [.. allowed.Values.OfType<string>()]
                : node.Values,
            Minimum = Bound(range?.Minimum),
            Maximum = Bound(range?.Maximum),
            MaxItems = Find<MaxItemsAttribute>(attributes)?.Count,
            ListKeys = Find<ListMapAttribute>(attributes)?.Keys,
            IsSet = Find<ListSetAttribute>(attributes) is not null,
            MaxBytes = Find<MaxBytesAttribute>(attributes)?.Bytes,
            IsBase64 = Find<Base64Attribute>(attributes) is not null,
            IsMicroTime = Find<JsonConverterAttribute>(attributes)?.ConverterType == typeof(MicroTimeConverter),
            Default = Find<DefaultValueAttribute>(attributes)?.Value,
            MemberName = (info.AttributeProvider as MemberInfo)?.Name ?? info.Name,
        };
    }

    private static T? Find<T>(object[] attributes)
        where T : Attribute => attributes.OfType<T>().FirstOrDefault();

    // [Range] keeps bounds above int as double: long.MaxValue comes back as 2^63.
    private static long? Bound(object? value) =>
        value switch
        {
            null => null,
            double number => number >= long.MaxValue ? long.MaxValue : (long)number,
            _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        };

    private static IReadOnlyList<string> EnumNames(JsonTypeInfo info) =>
        [
            .. Enum.GetValuesAsUnderlyingType(info.Type)
                .Cast<object>()
                .Select(value => JsonSerializer.SerializeToElement(Enum.ToObject(info.Type, value), info).GetString()!),
        ];
}
