using Vireo.Api;

namespace Vireo.ApiServer.Discovery;

/// <summary>What can be done to each kind, in Kubernetes' words.</summary>
internal static class Verbs
{
    private static readonly string[] All =
    [
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    ];

    private static readonly string[] ByReading = ["get", "list", "watch"];

    private static readonly string[] ByStatus = ["get", "patch", "update"];

    private static readonly string[] ByCreate = ["create"];

    private static readonly string[] ByFinalize = ["update"];

    public static IEnumerable<string> Of(ResourceKind kind) =>
        kind.IsReadOnly ? ByReading
        : ReviewKinds.All.Contains(kind) ? ByCreate
        : ReferenceEquals(kind, ResourceKinds.Namespaces) ? All.Where(verb => verb != "deletecollection")
        : All;

    /// <summary>What can be done with an action or stream.</summary>
    public static IEnumerable<string> Of(Subresource subresource) =>
        subresource.Methods.Split(' ').Select(method => method == "GET" ? "get" : "update");

    /// <summary>The subresources of a kind, what can be done to each, and the kind it is written as.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Verbs, ResourceKind Kind)> Subresources(
        ResourceKind kind
    )
    {
        if (ReferenceEquals(kind, ResourceKinds.Namespaces))
        {
            yield return ("finalize", ByFinalize, kind);
        }

        if (kind.HasStatusSubresource)
        {
            yield return ("status", ByStatus, kind);
        }

        if (ReferenceEquals(kind, ResourceKinds.ServiceAccounts))
        {
            yield return ("token", ByCreate, ReviewKinds.TokenRequests);
        }
    }
}
