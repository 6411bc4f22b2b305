using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;

namespace Vireo.ApiServer.Discovery;

/// <summary>Answers what the server offers. Every document is made once, from the table of kinds.</summary>
internal sealed class DiscoveryEndpoint
{
    private readonly FrozenDictionary<string, byte[]> _plain = Plain().ToFrozenDictionary();

    private readonly FrozenDictionary<string, byte[]> _aggregated = new Dictionary<string, byte[]>
    {
        ["/api"] = AggregatedDiscovery.Of(ResourceKinds.All.Where(kind => kind.Group.Length == 0)),
        ["/apis"] = AggregatedDiscovery.Of(
            ResourceKinds.All.Concat(ReviewKinds.All).Where(kind => kind.Group.Length > 0),
            AggregatedDiscovery.WriteSubresources
        ),
    }.ToFrozenDictionary();

    /// <summary>True when the path is answered here.</summary>
    public bool Knows(string path) => _plain.ContainsKey(path);

    /// <summary>Answers one of the known paths.</summary>
    public Task HandleAsync(HttpContext context, string path) =>
        _aggregated.TryGetValue(path, out var aggregated) && Negotiation.WantsAggregatedDiscovery(context.Request)
            ? Answer.BytesAsync(context, 200, aggregated, AggregatedDiscovery.ContentType)
            : Answer.BytesAsync(context, 200, _plain[path]);

    private static Dictionary<string, byte[]> Plain()
    {
        var documents = new Dictionary<string, byte[]>
        {
            ["/api"] = PlainDiscovery.CoreVersions(),
            ["/apis"] = PlainDiscovery.Groups(),
            ["/version"] = ServerVersion.Document(),
        };
        foreach (var group in PlainDiscovery.KindsByGroup())
        {
            documents[$"/apis/{group.Key}"] = PlainDiscovery.Group(group);
        }

        foreach (var group in ResourceKinds.All.Concat(ReviewKinds.All).GroupBy(kind => kind.GroupPath))
        {
            documents[group.Key] = PlainDiscovery.Resources(group.First().ApiVersion, group);
        }

        documents[$"/apis/{Subresources.Group}"] = PlainDiscovery.SubresourceGroup();
        foreach (var version in Subresources.Versions)
        {
            documents[$"/apis/{Subresources.Group}/{version}"] = PlainDiscovery.SubresourceList(version);
        }

        return documents;
    }
}
