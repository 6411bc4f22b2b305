using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Writing;

/// <summary>The life of namespaces: they hold objects, and go only when all of these are gone.</summary>
internal static class NamespaceRules
{
    /// <summary>The finalizer by which a namespace waits until its contents are removed.</summary>
    private const string Finalizer = "kubernetes";

    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>Namespaces that the cluster cannot be without.</summary>
    private static readonly string[] Lasting = ["default", "kube-system", "kube-public"];

    /// <summary>Completes a new namespace.</summary>
    public static void Begin(Draft draft, string name)
    {
        draft.Part("spec")["finalizers"] = new JsonArray(Finalizer);
        draft.Json["status"] = new JsonObject { ["phase"] = "Active" };
        Label(draft, name);
    }

    /// <summary>Every namespace bears its own name as a label, so that selectors can name it.</summary>
    public static void Label(Draft draft, string name)
    {
        if (draft.Metadata["labels"] is not JsonObject labels)
        {
            draft.Metadata["labels"] = labels = [];
        }

        labels[NameLabel] = name;
    }

    /// <summary>Marks a namespace as going.</summary>
    public static void End(Draft draft) => draft.Part("status")["phase"] = "Terminating";

    public static void RefuseLasting(string name)
    {
        if (Lasting.Contains(name))
        {
            throw Refusals.Forbidden(ResourceKinds.Namespaces, name, "this namespace may not be deleted");
        }
    }

    /// <summary>True while something in the namespace's spec still holds it open.</summary>
    public static bool IsHeldOpen(Draft draft) =>
        draft.Json["spec"] is JsonObject spec && spec["finalizers"] is JsonArray { Count: > 0 };

    public static void KeepFinalizers(Draft draft, Draft from)
    {
        var finalizers = from.Json["spec"] is JsonObject spec ? spec["finalizers"] : null;
        if (finalizers is not null)
        {
            draft.Part("spec")["finalizers"] = finalizers.DeepClone();
        }
        else if (draft.Json["spec"] is JsonObject own)
        {
            own.Remove("finalizers");
        }
    }

    /// <summary>A namespace goes when nothing is in it any more, also if somebody wrote into it a moment ago.</summary>
    public static void RefuseIfNotEmpty(ResourceKind kind, string name, StoreConflictReason reason)
    {
        if (reason == StoreConflictReason.NotEmpty)
        {
            throw Refusals.Conflict(kind, name, "there are objects in it: delete them first");
        }
    }

    /// <summary>A new object needs a namespace that exists and stays.</summary>
    public static void RequireOpen(ResourceStore store, ResourceKind kind, string ns, string name)
    {
        var stored =
            store.Find(ResourceKinds.Namespaces, null, ns) ?? throw Refusals.NotFound(ResourceKinds.Namespaces, ns);
        if (StoredFields.Text(stored.Json.Span, "status", "phase") == "Terminating")
        {
            throw Refusals.Forbidden(
                kind,
                name,
                $"unable to create new content in namespace {ns} because it is being terminated",
                new StatusCause
                {
                    Reason = "NamespaceTerminating",
                    Message = $"namespace {ns} is being terminated",
                    Field = "metadata.namespace",
                }
            );
        }
    }
}
