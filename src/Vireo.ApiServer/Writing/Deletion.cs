using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Writing;

/// <summary>How an object goes: at once, or only after those who hold it have let it go. Pure.</summary>
internal static class Deletion
{
    /// <summary>Holds an owner until the objects that belong to it and block it are gone.</summary>
    public const string Foreground = "foregroundDeletion";

    /// <summary>Holds an owner until the objects that belong to it no longer name it.</summary>
    public const string Orphan = "orphan";

    /// <summary>Marks an object for deletion, in place.</summary>
    /// <returns>False when nothing holds the object: it can go at once.</returns>
    public static bool Mark(Draft draft, DeleteOptions options, DateTimeOffset now)
    {
        var finalizers = Finalizers(draft.Meta.Finalizers ?? [], options);
        draft.SetMeta(
            "finalizers",
            finalizers.Count == 0
                ? null
                : new JsonArray([.. finalizers.Select(name => (JsonNode?)JsonValue.Create(name))])
        );
        if (draft.Meta.DeletionTimestamp is null)
        {
            draft.SetMeta("deletionTimestamp", Times.Text(now));
            draft.SetMeta("deletionGracePeriodSeconds", options.GracePeriodSeconds ?? 0);
            draft.SetMeta("generation", draft.Meta.Generation + 1);
        }

        if (ReferenceEquals(draft.Kind, ResourceKinds.Namespaces))
        {
            NamespaceRules.End(draft);
        }

        return !IsOver(draft);
    }

    /// <summary>True when deletion was asked for and nothing holds the object any more.</summary>
    public static bool IsOver(Draft draft) =>
        draft.Metadata["deletionTimestamp"] is not null
        && draft.Metadata["finalizers"] is not JsonArray { Count: > 0 }
        && !(ReferenceEquals(draft.Kind, ResourceKinds.Namespaces) && NamespaceRules.IsHeldOpen(draft));

    /// <summary>Refuses a deletion that was meant for another object or another state of it.</summary>
    public static void CheckPreconditions(Draft draft, string name, Preconditions? expected)
    {
        Check("UID", expected?.Uid, draft.Meta.Uid);
        Check("ResourceVersion", expected?.ResourceVersion, draft.Meta.ResourceVersion);

        void Check(string what, string? wanted, string? found)
        {
            if (wanted is not null && wanted != found)
            {
                throw Refusals.Conflict(
                    draft.Kind,
                    name,
                    $"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}"
                );
            }
        }
    }

    private static IReadOnlyList<string> Finalizers(IReadOnlyList<string> now, DeleteOptions options)
    {
        var policy = options switch
        {
            { PropagationPolicy: { } named } => named,
            { OrphanDependents: { } orphan } => orphan ? "Orphan" : "Background",
            _ => null,
        };
        var others = now.Where(name => name is not (Foreground or Orphan));
        return policy switch
        {
            null => now,
            "Background" => [.. others],
            "Foreground" => [.. others, Foreground],
            "Orphan" => [.. others, Orphan],
            _ => throw new ArgumentException($"\"{policy}\" is no way to delete.", nameof(options)),
        };
    }
}
