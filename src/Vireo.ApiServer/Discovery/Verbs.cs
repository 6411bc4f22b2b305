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

    private static readonly string[] ByFinalize = ["update"];

    public static IEnumerable<string> Of(ResourceKind kind) =>
        kind.IsReadOnly ? ByReading
        : ReferenceEquals(kind, ResourceKinds.Namespaces) ? All.Where(verb => verb != "deletecollection")
        : All;

    /// <summary>What can be done with an action or stream.</summary>
    public static IEnumerable<string> Of(Subresource subresource) =>
        subresource.Methods.Split(' ').Select(method => method == "GET" ? "get" : "update");

    /// <summary>The subresources of a kind and what can be done to each.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Verbs)> Subresources(ResourceKind kind)
    {
        if (ReferenceEquals(kind, ResourceKinds.Namespaces))
        {
            yield return ("finalize", ByFinalize);
        }

        if (kind.HasStatusSubresource)
        {
            yield return ("status", ByStatus);
        }
    }
}
