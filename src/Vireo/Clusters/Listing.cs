using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Reads many objects, page by page.</summary>
internal static class Listing
{
    private const int PageSize = 500;

    /// <summary>All objects of a query.</summary>
    public static async Task<IReadOnlyList<T>> ListAllAsync<T>(
        this KubernetesClient client,
        ListQuery query,
        CancellationToken ct
    )
        where T : class, IResource
    {
        var all = new List<T>();
        var page = await client.ListAsync<T>(query with { Limit = PageSize }, ct);
        all.AddRange(page.Items);
        while (page.Continue is { } next)
        {
            page = await client.ListAsync<T>(query with { Limit = PageSize, Continue = next }, ct);
            all.AddRange(page.Items);
        }

        return all;
    }
}
