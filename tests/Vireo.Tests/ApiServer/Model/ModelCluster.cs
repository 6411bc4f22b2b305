using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>One change of one object.</summary>
/// <param name="Revision">The revision by which it is known.</param>
/// <param name="Key">Which object.</param>
/// <param name="Before">What was there; null for a new object.</param>
/// <param name="After">What is there; null once it is gone.</param>
/// <param name="Told">What watchers are told.</param>
internal sealed record ModelChange(long Revision, string Key, JsonObject? Before, JsonObject? After, JsonObject Told);

/// <summary>An API server as one would write it without disk, network or haste: a dictionary and a list.</summary>
/// <param name="revision">The revision of the last write before the model begins.</param>
/// <param name="now">The time of every write.</param>
/// <param name="namespaces">The namespaces that there are.</param>
internal sealed class ModelCluster(long revision, string now, IReadOnlyList<string> namespaces)
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<ModelChange> _changes = [];

    public long Revision { get; private set; } = revision;

    public JsonObject? Find(ModelKind kind, string ns, string name) => _objects.GetValueOrDefault(Key(kind, ns, name));

    public IReadOnlyList<JsonObject> List(ModelKind kind, string? ns, ModelSelector selector) =>
        [
            .. _objects
                .Where(item => item.Key.StartsWith(Prefix(kind, ns), StringComparison.Ordinal))
                .Select(item => item.Value)
                .Where(selector.Matches),
        ];

    public IEnumerable<ModelChange> ChangesAfter(ModelKind kind, string? ns, long revision) =>
        _changes.Where(change =>
            change.Revision > revision && change.Key.StartsWith(Prefix(kind, ns), StringComparison.Ordinal)
        );

    public ModelAnswer Create(ModelKind kind, string ns, JsonObject asked, bool isTrial)
    {
        var name = asked["metadata"]!["name"]!.ToString();
        if (!namespaces.Contains(ns))
        {
            return ModelAnswer.NotFound;
        }

        if (Find(kind, ns, name) is not null)
        {
            return ModelAnswer.Exists;
        }

        var made = Copy(asked);
        var meta = Meta(made);
        (meta["namespace"], meta["creationTimestamp"]) = (ns, now);
        made.Remove("status");
        if (kind.IsCustom)
        {
            meta["generation"] = 1;
            var held = meta["finalizers"] as JsonArray ?? [];
            held.Add(ModelKind.Finalizer);
            meta["finalizers"] = held.DeepClone();
        }

        return ModelAnswer.Of(isTrial ? made : Write(Key(kind, ns, name), made), 201);
    }

    /// <summary>Changes an object whole, or its status.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">Makes the new object of a copy of the old; null when the change does not fit.</param>
    /// <param name="door">Through which door, and how.</param>
    public ModelAnswer Change(ModelKind kind, string ns, string name, Func<JsonObject, JsonObject?> change, Door door)
    {
        if (Find(kind, ns, name) is not { } old)
        {
            return ModelAnswer.NotFound;
        }

        if (change(Copy(old)) is not { } wanted)
        {
            return ModelAnswer.Invalid;
        }

        var version = Meta(wanted)["resourceVersion"]?.ToString();
        if (version is not null && version != Meta(old)["resourceVersion"]!.ToString())
        {
            return ModelAnswer.Conflict;
        }

        if ((version is null && door.IsReplacement && kind.IsCustom) || (!door.IsStatus && AddsFinalizers(wanted, old)))
        {
            return ModelAnswer.Invalid;
        }

        var result = Confine(wanted, old, door.IsStatus);
        Count(result, old);
        var isOver = Meta(result)["deletionTimestamp"] is not null && Meta(result)["finalizers"] is null;
        if (door.IsTrial || (!isOver && JsonNode.DeepEquals(result, old)))
        {
            return ModelAnswer.Of(result);
        }

        return ModelAnswer.Of(Write(Key(kind, ns, name), result, isOver));
    }

    public ModelAnswer Delete(ModelKind kind, string ns, string name, Removal how)
    {
        if (Find(kind, ns, name) is not { } old)
        {
            return ModelAnswer.NotFound;
        }

        var wrongUid = how.Uid is not null && how.Uid != Meta(old)["uid"]!.ToString();
        var wrongVersion = how.Version is not null && how.Version != Meta(old)["resourceVersion"]!.ToString();
        if (wrongUid || wrongVersion)
        {
            return ModelAnswer.Conflict;
        }

        var marked = Mark(old, how.Policy);
        var stays = Meta(marked)["finalizers"] is not null;
        var isSame = stays && JsonNode.DeepEquals(marked, old);
        var last = how.IsTrial || isSame ? marked : Write(Key(kind, ns, name), marked, !stays);
        return ModelAnswer.Of(stays ? last : Gone(kind, last));
    }

    public ModelAnswer DeleteAll(ModelKind kind, string ns, ModelSelector selector)
    {
        var gone = List(kind, ns, selector)
            .Select(item => (Name: Meta(item)["name"]!.ToString(), Last: Mark(item, null)))
            .Select(item =>
                Meta(item.Last)["finalizers"] is null ? Write(Key(kind, ns, item.Name), item.Last, isOver: true)
                : JsonNode.DeepEquals(item.Last, Find(kind, ns, item.Name)) ? item.Last
                : Write(Key(kind, ns, item.Name), item.Last)
            )
            .ToArray();
        return ListAnswer(kind, gone, Revision);
    }

    /// <summary>A list as the server writes it, without what pages add.</summary>
    public static ModelAnswer ListAnswer(ModelKind kind, IEnumerable<JsonObject> items, long revision) =>
        ModelAnswer.Of(
            new JsonObject
            {
                ["apiVersion"] = kind.ApiVersion,
                ["kind"] = kind.Kind + "List",
                ["metadata"] = new JsonObject { ["resourceVersion"] = $"{revision}" },
                ["items"] = new JsonArray([.. items.Select(Copy)]),
            }
        );

    public static JsonObject Copy(JsonObject from) => from.DeepClone().AsObject();

    private static JsonObject Gone(ModelKind kind, JsonObject last)
    {
        var details = new JsonObject { ["name"] = Meta(last)["name"]!.ToString(), ["kind"] = kind.Plural };
        if (kind.IsCustom)
        {
            details["group"] = kind.ApiVersion.Split('/')[0];
        }

        details["uid"] = Meta(last)["uid"]!.ToString();
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Status",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 200,
            ["details"] = details,
        };
    }

    private JsonObject Mark(JsonObject old, string? policy)
    {
        var marked = Copy(old);
        var meta = Meta(marked);
        var held = (meta["finalizers"]?.AsArray() ?? []).Select(item => item!.ToString()).ToList();
        if (policy is not null)
        {
            held.RemoveAll(item => item is "orphan" or "foregroundDeletion");
            held.AddRange(
                policy switch
                {
                    "Orphan" => ["orphan"],
                    "Foreground" => ["foregroundDeletion"],
                    _ => [],
                }
            );
        }

        meta.Remove("finalizers");
        if (held.Count > 0)
        {
            meta["finalizers"] = new JsonArray([.. held.Select(item => (JsonNode)item)]);
        }

        if (meta["deletionTimestamp"] is null)
        {
            (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) = (now, 0);
            if (meta["generation"] is { } generation)
            {
                meta["generation"] = (int)generation + 1;
            }
        }

        return marked;
    }

    private static JsonObject Confine(JsonObject wanted, JsonObject old, bool isStatus)
    {
        var (result, from, parts) = isStatus ? (Copy(old), wanted, (string[])["status"]) : (wanted, old, ["status"]);
        foreach (var part in parts)
        {
            result.Remove(part);
            if (from[part] is { } kept)
            {
                result[part] = kept.DeepClone();
            }
        }

        foreach (
            var field in (string[])
                ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"]
        )
        {
            Meta(result).Remove(field);
            if (Meta(old)[field] is { } kept)
            {
                Meta(result)[field] = kept.DeepClone();
            }
        }

        Meta(result)["name"] = Meta(old)["name"]!.ToString();
        Meta(result)["namespace"] = Meta(old)["namespace"]!.ToString();
        Meta(result)["resourceVersion"] = Meta(old)["resourceVersion"]!.ToString();
        return result;
    }

    private static void Count(JsonObject result, JsonObject old)
    {
        if (Meta(old)["generation"] is { } generation && !JsonNode.DeepEquals(result["spec"], old["spec"]))
        {
            Meta(result)["generation"] = (int)generation + 1;
        }
    }

    private static bool AddsFinalizers(JsonObject wanted, JsonObject old) =>
        Meta(old)["deletionTimestamp"] is not null
        && (Meta(wanted)["finalizers"]?.AsArray() ?? [])
            .Select(item => item!.ToString())
            .Except((Meta(old)["finalizers"]?.AsArray() ?? []).Select(item => item!.ToString()))
            .Any();

    private JsonObject Write(string key, JsonObject state, bool isOver = false)
    {
        var before = _objects.GetValueOrDefault(key);
        Meta(state)["resourceVersion"] = $"{++Revision}";
        _objects.Remove(key);
        if (!isOver)
        {
            _objects[key] = state;
        }

        _changes.Add(new(Revision, key, before, isOver ? null : state, state));
        return state;
    }

    private static JsonObject Meta(JsonObject item) => item["metadata"]!.AsObject();

    private static string Prefix(ModelKind kind, string? ns) => ns is null ? $"{kind.Plural}/" : $"{kind.Plural}/{ns}/";

    private static string Key(ModelKind kind, string ns, string name) => Prefix(kind, ns) + name;
}

/// <summary>How a change comes in.</summary>
internal sealed record Door(bool IsStatus = false, bool IsReplacement = false, bool IsTrial = false);

/// <summary>How an object is asked to go.</summary>
internal sealed record Removal(string? Uid, string? Version, string? Policy, bool IsTrial);
