using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What the hosts of any cluster offer, and how it is configured, as far as it tells.</summary>
internal static class ClusterOffers
{
    /// <summary>Before a machine type, in the label of a KubeVirt node that offers it.</summary>
    private const string NodeLabel = "machine-type.node.kubevirt.io/";

    private const string ArchitectureLabel = "kubernetes.io/arch";

    /// <summary>What hosts offer: Vireo's say it themselves, KubeVirt's nodes by labels. Empty where nobody does.
    /// </summary>
    public static async Task<MachineTypeOffers> ReadAsync(KubernetesClient client, CancellationToken ct)
    {
        var hosts = await AllAsync<Host>(client, ct);
        if (hosts is [])
        {
            hosts = [.. (await AllAsync<Node>(client, ct)).Select(HostOf).OfType<Host>()];
        }

        return MachineTypeOffers.Of(hosts);
    }

    /// <summary>The cluster's configuration.</summary>
    public static async Task<KubeVirtConfiguration> ConfigurationAsync(KubernetesClient client, CancellationToken ct) =>
        (await AllAsync<KubeVirt>(client, ct)) is [var only, ..] ? only.Spec?.Configuration ?? new() : new();

    /// <remarks>A cluster without the kind, or an account that may not read it, tells nothing.</remarks>
    private static async Task<IReadOnlyList<T>> AllAsync<T>(KubernetesClient client, CancellationToken ct)
        where T : class, IResource
    {
        try
        {
            return (await client.ListAsync<T>(new ListQuery(), ct)).Items;
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound or Reason.Forbidden or Reason.InternalError)
        {
            return [];
        }
    }

    private static Host? HostOf(Node node)
    {
        var labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        var architecture = labels.GetValueOrDefault(ArchitectureLabel) ?? "amd64";
        var types = labels
            .Where(label => label.Key.StartsWith(NodeLabel, StringComparison.Ordinal))
            .Select(label => new HostMachineType
            {
                Name = label.Key[NodeLabel.Length..],
                Architecture = architecture,
                Deprecated = label.Value == "deprecated" ? true : null,
            })
            .ToList();
        return types is []
            ? null
            : new()
            {
                Metadata = new() { Name = node.Metadata.Name },
                Status = new()
                {
                    Conditions =
                    [
                        .. (node.Status?.Conditions ?? []).Select(condition => new Condition
                        {
                            Type = condition.Type,
                            Status = condition.Status,
                        }),
                    ],
                    Architecture = architecture,
                    MachineTypes = types,
                },
            };
    }
}
