using System.Globalization;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>An API server as one would write it without disk, network or haste: a dictionary and a list.</summary>
/// <param name="revision">The revision of the last write before the model begins.</param>
/// <param name="time">The time.</param>
/// <param name="namespaces">The namespaces that there are.</param>
internal sealed class ModelCluster(long revision, TimeProvider time, IReadOnlyList<string> namespaces)
{
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelOwners> _owners = [];

    public long FirstRevision { get; } = revision;

    public long Revision { get; private set; } = revision;

    public ModelHistory History { get; } = new();

    public DateTimeOffset Now => time.GetUtcNow();

    private string NowText => Now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public JsonObject? Find(ModelKind kind, string ns, string name) => _objects.GetValueOrDefault(Key(kind, ns, name));

    public IReadOnlyList<JsonObject> List(ModelKind kind, string? ns, ModelSelector selector) =>
        [
            .. _objects
                .Where(item => item.Key.StartsWith(Prefix(kind, ns), StringComparison.Ordinal))
                .Select(item => item.Value)
                .Where(selector.Matches),
        ];

    /// <summary>Makes an object.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="asked">The object as it is asked for.</param>
    /// <param name="isTrial">True to check only.</param>
    /// <param name="owners">Who owns what of it; null when all is the one's who made it.</param>
    public ModelAnswer Create(ModelKind kind, string ns, JsonObject asked, bool isTrial, ModelOwners? owners = null)
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

        if (!kind.IsWhole(asked))
        {
            return ModelAnswer.Invalid;
        }

        var made = Copy(asked);
        var meta = Meta(made);
        (meta["namespace"], meta["creationTimestamp"]) = (ns, NowText);
        made.Remove("status");
        if (kind.IsCustom)
        {
            meta["generation"] = 1;
            var held = meta["finalizers"] as JsonArray ?? [];
            held.Add(ModelKind.Finalizer);
            meta["finalizers"] = held.DeepClone();
        }

        return ModelAnswer.Of(
            isTrial ? made : Write(Key(kind, ns, name), made, owners ?? ModelOwners.None.Updated(null, asked)),
            201
        );
    }

    /// <summary>Applies an object, which makes it where there is none.</summary>
    public ModelAnswer Apply(ModelKind kind, string ns, JsonObject applied, Applier applier)
    {
        var name = applied["metadata"]!["name"]!.ToString();
        if (Find(kind, ns, name) is not { } old)
        {
            return Create(kind, ns, applied, applier.IsTrial, ModelOwners.Of(applier.Name, applied));
        }

        var known = _owners[Key(kind, ns, name)];
        var (result, owners, conflicts) = known.Apply(applier.Name, old, applied, applier.Force);
        return conflicts.Count > 0
            ? ModelAnswer.Conflict with
            {
                Conflicts = conflicts,
            }
            : Change(kind, ns, name, _ => result, new Door(IsTrial: applier.IsTrial, Owners: owners));
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
        if (!kind.IsWhole(result))
        {
            return ModelAnswer.Invalid;
        }

        Count(result, old);
        var (key, isOver) = (Key(kind, ns, name), IsOver(result));
        var owners = door.Owners ?? _owners[key].Updated(old, result);
        var isSame = JsonNode.DeepEquals(result, old) && owners.IsSame(_owners[key]);
        return ModelAnswer.Of(door.IsTrial || (!isOver && isSame) ? result : Write(key, result, owners));
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
        var isSame = !IsOver(marked) && JsonNode.DeepEquals(marked, old);
        var last = how.IsTrial || isSame ? marked : Write(Key(kind, ns, name), marked);
        return ModelAnswer.Of(IsOver(marked) ? Gone(kind, last) : last);
    }

    public ModelAnswer DeleteAll(ModelKind kind, string ns, ModelSelector selector)
    {
        var gone = List(kind, ns, selector)
            .Select(item => (Name: Meta(item)["name"]!.ToString(), Last: Mark(item, null)))
            .Select(item =>
                !IsOver(item.Last) && JsonNode.DeepEquals(item.Last, Find(kind, ns, item.Name))
                    ? item.Last
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

    public static string Prefix(ModelKind kind, string? ns) => ns is null ? $"{kind.Plural}/" : $"{kind.Plural}/{ns}/";

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
            (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) = (NowText, 0);
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

    private static bool IsOver(JsonObject item) =>
        Meta(item)["deletionTimestamp"] is not null && Meta(item)["finalizers"] is null;

    private JsonObject Write(string key, JsonObject state, ModelOwners? owners = null)
    {
        var (before, isOver) = (_objects.GetValueOrDefault(key), IsOver(state));
        Meta(state)["resourceVersion"] = $"{++Revision}";
        _owners[key] = owners ?? _owners[key];
        _objects.Remove(key);
        if (!isOver)
        {
            _objects[key] = state;
        }

        History.Add(new(Revision, key, before, isOver ? null : state, state));
        return state;
    }

    private static JsonObject Meta(JsonObject item) => item["metadata"]!.AsObject();

    private static string Key(ModelKind kind, string ns, string name) => Prefix(kind, ns) + name;
}

/// <summary>How a change comes in.</summary>
/// <param name="IsStatus">True for the door of the status.</param>
/// <param name="IsReplacement">True for a whole object.</param>
/// <param name="IsTrial">True to check only.</param>
/// <param name="Owners">Who owns what afterwards; null when that follows from what changed.</param>
internal sealed record Door(
    bool IsStatus = false,
    bool IsReplacement = false,
    bool IsTrial = false,
    ModelOwners? Owners = null
);

/// <summary>Who applies, and how.</summary>
internal sealed record Applier(string Name, bool Force, bool IsTrial);

/// <summary>How an object is asked to go.</summary>
internal sealed record Removal(string? Uid, string? Version, string? Policy, bool IsTrial);
