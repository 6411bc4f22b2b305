using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>Who owns what of one object, place by place.</summary>
/// <remarks>
/// A place is a value, an entry of the finalizers, or a map or list that holds some. The template of a machine, which
/// never changes, is one.
/// </remarks>
internal sealed class ModelOwners(IReadOnlyDictionary<string, IReadOnlySet<string>> owned)
{
    /// <summary>Who writes without naming itself.</summary>
    private const string Updater = "unknown";

    /// <summary>Owns what was there before anybody applied, where nobody owned anything.</summary>
    private const string Before = "before-first-apply";

    private static readonly string[] Holders = [".metadata.labels", ".metadata.finalizers", ".data"];

    public static ModelOwners None { get; } = new(new Dictionary<string, IReadOnlySet<string>>());

    /// <summary>Who owns what of an object that was made by an apply.</summary>
    public static ModelOwners Of(string manager, JsonObject applied) => None.With(manager, Claimed(applied));

    /// <summary>Who owns what after a write that is no apply.</summary>
    public ModelOwners Updated(JsonObject? old, JsonObject now)
    {
        var (changed, removed) = Compare(old, now);
        var rest = Without(changed.Union(removed), but: null);
        return owned.Count == 0 && old is not null ? this : rest.With(Updater, rest.Of(Updater).Union(changed));
    }

    /// <summary>What an object becomes by an apply, and who owns what then; or the conflicts.</summary>
    public (JsonObject Result, ModelOwners Owners, IReadOnlyList<string> Conflicts) Apply(
        string manager,
        JsonObject old,
        JsonObject applied,
        bool force
    )
    {
        var known = owned.Count == 0 ? None.With(Before, Places(old).Keys) : this;
        var next = known.With(manager, Claimed(applied));
        var result = Merged(old, applied);
        foreach (var place in known.Of(manager).Where(place => !next.IsOwned(place)))
        {
            next.TakeOut(result, place);
        }

        var (changed, removed) = Compare(old, result);
        var conflicts = force ? [] : known.Conflicts(manager, changed);
        return (result, next.Without(changed.Union(removed), manager), [.. conflicts.Order(StringComparer.Ordinal)]);
    }

    public bool IsSame(ModelOwners other) =>
        Pairs().OrderBy(pair => pair).SequenceEqual(other.Pairs().OrderBy(pair => pair));

    private IEnumerable<(string, string)> Pairs() => owned.SelectMany(one => one.Value.Select(at => (one.Key, at)));

    private IEnumerable<string> Conflicts(string manager, IReadOnlySet<string> changed) =>
        Pairs()
            .Where(pair => pair.Item1 != manager && changed.Contains(pair.Item2))
            .Select(pair => $"{pair.Item1} {pair.Item2}");

    private IReadOnlySet<string> Of(string manager) => owned.GetValueOrDefault(manager) ?? new HashSet<string>();

    private bool IsOwned(string place) => owned.Values.Any(places => places.Contains(place));

    private ModelOwners With(string manager, IEnumerable<string> places) =>
        Where(owned.Where(one => one.Key != manager).Append(new(manager, places.ToHashSet())));

    private ModelOwners Without(IEnumerable<string> places, string? but) =>
        Where(owned.Select(one => one.Key == but ? one : new(one.Key, one.Value.Except(places).ToHashSet())));

    private static ModelOwners Where(IEnumerable<KeyValuePair<string, IReadOnlySet<string>>> all) =>
        new(all.Where(one => one.Value.Count > 0).ToDictionary());

    /// <summary>Takes a value out, and what held it when that is empty and nobody's.</summary>
    private void TakeOut(JsonObject from, string place)
    {
        var holder = place[..place.LastIndexOf('.')];
        var (metadata, name) = (from["metadata"]!.AsObject(), place[(holder.Length + 1)..]);
        switch (holder)
        {
            case ".metadata.labels":
                metadata["labels"]?.AsObject().Remove(name);
                break;
            case ".metadata.finalizers":
                var left = (metadata["finalizers"]?.AsArray() ?? []).Where(held => $"{held}" != Finalizer(name));
                metadata["finalizers"] = new JsonArray([.. left.Select(held => held!.DeepClone())]);
                break;
            default:
                from[holder[1..]]?.AsObject().Remove(name);
                break;
        }

        if (!owned.Values.SelectMany(places => places).Any(at => at.StartsWith(holder, StringComparison.Ordinal)))
        {
            RemoveEmpty(holder.StartsWith(".metadata", StringComparison.Ordinal) ? metadata : from, holder);
        }
    }

    private static void RemoveEmpty(JsonObject from, string holder)
    {
        var name = holder[(holder.LastIndexOf('.') + 1)..];
        if (from[name] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
        {
            from.Remove(name);
        }
    }

    private static JsonObject Merged(JsonObject old, JsonObject applied)
    {
        var result = ModelCluster.Copy(old);
        foreach (var (place, value) in Places(applied).Where(place => !Holders.Contains(place.Key)))
        {
            var steps = place.Split('.')[1..];
            if (steps[1] == "finalizers")
            {
                var held = result["metadata"]!["finalizers"] as JsonArray ?? [];
                var names = held.Select(name => $"{name}").Union([Finalizer(steps[2])]);
                result["metadata"]!["finalizers"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
                continue;
            }

            var at = result;
            foreach (var step in steps[..^1])
            {
                at[step] ??= new JsonObject();
                at = at[step]!.AsObject();
            }

            at[steps[^1]] = value!.DeepClone();
        }

        return result;
    }

    private static HashSet<string> Claimed(JsonObject applied) => [.. Places(applied).Keys.Except(Holders)];

    private static (HashSet<string> Changed, HashSet<string> Removed) Compare(JsonObject? old, JsonObject now)
    {
        var (before, after) = (old is null ? [] : Places(old), Places(now));
        return (
            [.. after.Where(at => !IsIn(before, at.Key, at.Value)).Select(at => at.Key)],
            [.. before.Keys.Except(after.Keys)]
        );
    }

    private static bool IsIn(Dictionary<string, JsonNode?> places, string place, JsonNode? value) =>
        places.TryGetValue(place, out var found) && JsonNode.DeepEquals(found, value);

    /// <summary>Every place that an object fills, with its value where it has one.</summary>
    private static Dictionary<string, JsonNode?> Places(JsonObject item)
    {
        var places = new Dictionary<string, JsonNode?>();
        foreach (var field in (string[])["runStrategy", "template"])
        {
            if (item["spec"]?[field] is { } value)
            {
                places[$".spec.{field}"] = value;
            }
        }

        foreach (
            var (holder, held) in Holders.Zip([
                item["metadata"]?["labels"],
                item["metadata"]?["finalizers"],
                item["data"],
            ])
        )
        {
            if (held is null)
            {
                continue;
            }

            places[holder] = null;
            foreach (var (name, value) in held as JsonObject ?? [])
            {
                places[$"{holder}.{name}"] = value;
            }

            foreach (var name in held as JsonArray ?? [])
            {
                places[$"{holder}.{Step(name!.ToString())}"] = null;
            }
        }

        return places;
    }

    /// <summary>A finalizer's name has dots, which part the steps of a place.</summary>
    private static string Step(string finalizer) => finalizer.Replace('.', '!');

    private static string Finalizer(string step) => step.Replace('!', '.');
}
