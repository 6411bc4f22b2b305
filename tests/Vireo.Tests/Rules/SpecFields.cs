using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vireo.Api;

namespace Vireo.Tests.Rules;

/// <summary>Every field of an instance's spec, found by walking its types.</summary>
internal static class SpecFields
{
    /// <summary>A field: its path, and values of it that differ.</summary>
    internal sealed record Field(string Pattern, JsonNode One, JsonNode? Other);

    public static IReadOnlyList<Field> All { get; } = [.. Walk(typeof(VirtualMachineInstanceSpec), "")];

    /// <summary>Every field of another type.</summary>
    public static IReadOnlyList<Field> In(Type type) => [.. Walk(type, "")];

    /// <summary>A spec in which every field is given, each list with one element.</summary>
    public static JsonObject Whole()
    {
        var whole = new JsonObject();
        foreach (var field in All)
        {
            Set(whole, field.Pattern, field.One);
        }

        return whole;
    }

    public static VirtualMachineInstanceSpec Read(JsonNode spec) =>
        spec.Deserialize(ApiJson.Default.VirtualMachineInstanceSpec)!;

    /// <summary>Sets a field, or removes it; what leads to it is made.</summary>
    public static void Set(JsonObject spec, string pattern, JsonNode? value)
    {
        var steps = pattern.Split('.');
        var at = steps[..^1].Aggregate(spec, (inside, step) => Enter(inside, step));
        if (value is null)
        {
            at.Remove(steps[^1]);
            return;
        }

        at[steps[^1]] = value.DeepClone();
    }

    private static JsonObject Enter(JsonObject inside, string step)
    {
        if (!step.EndsWith("[]", StringComparison.Ordinal))
        {
            inside[step] ??= new JsonObject();
            return inside[step]!.AsObject();
        }

        inside[step[..^2]] ??= new JsonArray(new JsonObject());
        return inside[step[..^2]]![0]!.AsObject();
    }

    private static IEnumerable<Field> Walk(Type type, string path) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetMethod!.GetBaseDefinition().DeclaringType == type)
            .SelectMany(property => Of(property.PropertyType, $"{path}.{NameOf(property)}".TrimStart('.')));

    private static IEnumerable<Field> Of(Type declared, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (Values(type) is var (one, other))
        {
            return [new(path, one, other)];
        }

        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            return Walk(type.GetGenericArguments()[0], path + "[]");
        }

        var inside = Walk(type, path).ToList();
        return inside is [] ? [new(path, new JsonObject(), null)] : inside;
    }

    private static (JsonNode One, JsonNode Other)? Values(Type type)
    {
        if (type == typeof(string))
        {
            return ("one", "other");
        }

        if (type == typeof(bool))
        {
            return (false, true);
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return (1, 2);
        }

        if (type == typeof(Quantity))
        {
            return ("1Gi", "2Gi");
        }

        if (type == typeof(IReadOnlyDictionary<string, string>))
        {
            return (new JsonObject { ["one"] = "1" }, new JsonObject { ["one"] = "2" });
        }

        return type == typeof(IReadOnlyDictionary<string, Quantity>)
            ? (new JsonObject { ["memory"] = "1Gi" }, new JsonObject { ["memory"] = "2Gi" })
            : null;
    }

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
        ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
}
