using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Applying;

/// <summary>What an object becomes by server-side apply, and who owns what of it then. Pure.</summary>
internal static class ServerSideApply
{
    /// <summary>The manager whose applies go on from those that kubectl once made by itself.</summary>
    private const string Kubectl = "kubectl";

    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    /// <summary>Owns what was there before anybody applied.</summary>
    private const string Before = "before-first-apply";

    /// <summary>Applies.</summary>
    /// <param name="live">The object as it is, without its managed fields; becomes the result.</param>
    /// <param name="applied">What is applied.</param>
    /// <param name="managed">Who owns what.</param>
    /// <param name="schema">The shape of the object.</param>
    /// <param name="write">Who applies.</param>
    /// <param name="force">True to take what others own.</param>
    /// <exception cref="ApplyConflictException">Others own what would change.</exception>
    public static ManagedFields Apply(
        JsonObject live,
        JsonObject applied,
        ManagedFields managed,
        SchemaNode schema,
        Write write,
        bool force
    )
    {
        var old = live.DeepClone().AsObject();
        var known = managed.IsEmpty ? BeforeFirst(old, schema, write) : managed;
        var last = known.Of(write.Manager);
        var claimed = FieldSets.Claimed(applied, schema);
        Merging.Merge(live, applied, new FieldShape(schema));
        var next = known.With(new Owned(write.Manager, claimed, write.Time));
        Pruning.Prune(live, last?.Fields ?? FieldSet.Empty, next.All, schema);

        var (changed, removed) = FieldSets.Compare(old, live, schema);
        if (!force)
        {
            Require(Conflicts(known, changed, write.Manager), old, schema, write.Manager);
        }

        var result = next.Without(changed.Union(removed), but: write.Manager);
        Sync(live, applied, write.Manager);
        var isSame = changed.IsEmpty && removed.IsEmpty && last is not null && last.Fields.IsSame(claimed);
        return isSame ? result.With(new Owned(write.Manager, claimed, last!.Time)) : result;
    }

    /// <summary>What the applied object makes when there is none yet.</summary>
    public static ManagedFields Create(JsonObject applied, SchemaNode schema, Write write) =>
        ManagedFields.None.With(new Owned(write.Manager, FieldSets.Claimed(applied, schema), write.Time));

    private static ManagedFields BeforeFirst(JsonObject old, SchemaNode schema, Write write)
    {
        var manager = new FieldOwner(Before, IsApply: false, write.Manager.ApiVersion, "");
        return Tracking.Update(ManagedFields.None, null, old, schema, write with { Manager = manager });
    }

    private static IReadOnlyList<Owned> Conflicts(ManagedFields known, FieldSet changed, FieldOwner manager) =>
        [
            .. known
                .Owners.Where(owned => !owned.Manager.Is(manager))
                .Select(owned => owned with { Fields = owned.Fields.Intersection(changed) })
                .Where(owned => !owned.Fields.IsEmpty),
        ];

    /// <summary>
    /// Refuses when others own what would change. What kubectl itself applied before it left applying to the server,
    /// its server-side apply may change.
    /// </summary>
    private static void Require(IReadOnlyList<Owned> conflicts, JsonObject old, SchemaNode schema, FieldOwner manager)
    {
        if (conflicts.Count > 0 && manager.Name == Kubectl && LastAppliedOf(old) is { Length: > 0 } text)
        {
            var own = Parse(text) is { } before ? FieldSets.Claimed(before, schema) : FieldSet.Empty;
            conflicts =
            [
                .. conflicts
                    .Select(owned => owned with { Fields = owned.Fields.Difference(own) })
                    .Where(owned => !owned.Fields.IsEmpty),
            ];
        }

        if (conflicts.Count > 0)
        {
            throw new ApplyConflictException(conflicts);
        }
    }

    /// <summary>Keeps kubectl's own note of what it applied right, so that both ways of applying alternate.</summary>
    private static void Sync(JsonObject live, JsonObject applied, FieldOwner manager)
    {
        if (manager.Name != Kubectl || string.IsNullOrEmpty(LastAppliedOf(live)))
        {
            return;
        }

        var note = applied.DeepClone().AsObject();
        (note["metadata"]?["annotations"] as JsonObject)?.Remove(LastApplied);
        live["metadata"]!["annotations"]![LastApplied] = note.ToJsonString() + "\n";
    }

    private static string? LastAppliedOf(JsonObject json) =>
        json["metadata"] is JsonObject metadata
        && metadata["annotations"] is JsonObject annotations
        && annotations[LastApplied] is JsonValue value
        && value.TryGetValue(out string? text)
            ? text
            : null;

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Once) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Others own what an apply would change.</summary>
internal sealed class ApplyConflictException(IReadOnlyList<Owned> conflicts)
    : Exception("Others own what would change.")
{
    /// <summary>What of theirs would change, by owner.</summary>
    public IReadOnlyList<Owned> Conflicts { get; } = conflicts;
}
