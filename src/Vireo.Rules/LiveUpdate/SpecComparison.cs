using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Compares two specs of instances as trees, down to the fields of the table.</summary>
internal static class SpecComparison
{
    public static IEnumerable<FieldChange> Differences(JsonNode? running, JsonNode? wanted) =>
        Compare(new("", ""), running, wanted);

    private static IEnumerable<FieldChange> Compare(Place place, JsonNode? left, JsonNode? right)
    {
        if (JsonNode.DeepEquals(left, right))
        {
            return [];
        }

        if (UpdatableFields.Effects.TryGetValue(place.Pattern, out var effect))
        {
            var meant = UpdatableFields.Defaults.GetValueOrDefault(place.Pattern);
            return
                JsonNode.DeepEquals(left ?? meant, right ?? meant)
                || (UpdatableFields.IsQuantity(place.Pattern) && AreSameAmounts(left, right))
                ? []
                : [new(place.Path, effect) { From = TextOf(left, effect), To = TextOf(right, effect) }];
        }

        return left is JsonArray || right is JsonArray
            ? Elements(place, left as JsonArray ?? [], right as JsonArray ?? [])
            : Members(place, left as JsonObject, right as JsonObject);
    }

    private static string? TextOf(JsonNode? value, FieldEffect effect) =>
        effect is FieldEffect.Live ? value?.ToString() : null;

    private static IEnumerable<FieldChange> Members(Place place, JsonObject? left, JsonObject? right)
    {
        var names = (left ?? []).Concat(right ?? []).Select(member => member.Key).Distinct(StringComparer.Ordinal);
        var inside = names.SelectMany(name => Compare(place.Member(name), left?[name], right?[name])).ToList();
        // Not given and given without anything in it: that it is there is the difference.
        return inside is [] && left is null != right is null && !UpdatableFields.IsHollow(place.Pattern)
            ? [new(place.Path, FieldEffect.Restart)]
            : inside;
    }

    private static IEnumerable<FieldChange> Elements(Place place, JsonArray left, JsonArray right)
    {
        var isNamed = IsNamed(left) && IsNamed(right);
        var (before, after) = (ByKey(left, isNamed), ByKey(right, isNamed));
        foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var element = place.Element(key);
            if (!before.TryGetValue(key, out var old) || !after.TryGetValue(key, out var next))
            {
                yield return new(element.Path, EffectOfElements(place));
                continue;
            }

            foreach (var change in Compare(element, old, next))
            {
                yield return change;
            }
        }

        if (
            UpdatableFields.IsOrdered(place.Pattern)
            && !before.Keys.Where(after.ContainsKey).SequenceEqual(after.Keys.Where(before.ContainsKey))
        )
        {
            yield return new(place.Path, EffectOfElements(place));
        }
    }

    /// <summary>That an element comes or goes takes effect as its name does: it is what it is known by.</summary>
    private static FieldEffect EffectOfElements(Place list) =>
        UpdatableFields.Effects.GetValueOrDefault($"{list.Pattern}[].name", FieldEffect.Restart);

    private static bool IsNamed(JsonArray list) =>
        list.Select(NameOf).OfType<string>().Distinct(StringComparer.Ordinal).Count() == list.Count;

    private static OrderedDictionary<string, JsonNode?> ByKey(JsonArray list, bool isNamed) =>
        new(
            list.Select((element, index) => KeyValuePair.Create(isNamed ? NameOf(element)! : $"{index}", element)),
            StringComparer.Ordinal
        );

    private static string? NameOf(JsonNode? element) => (string?)(element as JsonObject)?["name"];

    /// <summary>One amount, or several by name.</summary>
    private static bool AreSameAmounts(JsonNode? left, JsonNode? right) =>
        (left, right) switch
        {
            (JsonObject before, JsonObject after) => before.Count == after.Count
                && before.All(member => AreSameAmounts(member.Value, after[member.Key])),
            (JsonValue before, JsonValue after) => Quantity.TryParse(before.ToString(), out var old)
                && Quantity.TryParse(after.ToString(), out var next)
                && old == next,
            _ => false,
        };

    /// <param name="Path">Where it is, for people: with the names of elements.</param>
    /// <param name="Pattern">The same as the table has it: without them.</param>
    private sealed record Place(string Path, string Pattern)
    {
        public Place Member(string name) => new($"{Path}.{name}".TrimStart('.'), $"{Pattern}.{name}".TrimStart('.'));

        public Place Element(string key) => new($"{Path}[{key}]", $"{Pattern}[]");
    }
}
