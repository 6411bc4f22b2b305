using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>How virtual machines stand with their machine types, put together from what the cluster tells.</summary>
internal static class MachineTypeSurvey
{
    private static readonly ResourceKey Configuration = new("kubevirt", "kubevirt");

    /// <summary>One row for each machine of a query, by namespace and name.</summary>
    public static async Task<IReadOnlyList<MachineTypeAuditRow>> ReadAsync(
        KubernetesClient client,
        ListQuery query,
        CancellationToken ct
    )
    {
        // Instances do not bear the labels of their machines.
        var ofMachines = query with
        {
            LabelSelector = null,
        };
        var hosts = await client.ListAllAsync<Host>(new(), ct);
        var cluster = await client.FindAsync<KubeVirt>(Configuration, ct);
        var configuration = cluster?.Spec?.Configuration ?? new();
        var instances = new Dictionary<ResourceKey, VirtualMachineInstance>();
        foreach (var instance in await client.ListAllAsync<VirtualMachineInstance>(ofMachines, ct))
        {
            instances[ResourceKey.Of(instance)] = instance;
        }

        var offers = new Dictionary<string, MachineTypeOffers>(StringComparer.Ordinal);
        var machines = await client.ListAllAsync<VirtualMachine>(query, ct);
        var preferred = await PreferredTypesAsync(client, machines, ct);
        return
        [
            .. machines
                .Select(machine => Row(machine, Own(machine)))
                .OrderBy(row => row.Namespace, StringComparer.Ordinal)
                .ThenBy(row => row.Name, StringComparer.Ordinal),
        ];

        VirtualMachineInstance? Own(VirtualMachine machine) =>
            instances.GetValueOrDefault(ResourceKey.Of(machine)) is { } instance
            && instance.Metadata.OwnerReferences?.Any(owner => owner.Uid == machine.Metadata.Uid) == true
                ? instance
                : null;

        MachineTypeAuditRow Row(VirtualMachine machine, VirtualMachineInstance? instance)
        {
            var architecture = MachineTypeSources.ArchitectureOf(machine, configuration);
            if (!offers.TryGetValue(architecture, out var offered))
            {
                offers[architecture] = offered = MachineTypeOffers.Of(hosts, architecture);
            }

            return MachineTypeAudit.Of(
                machine,
                instance,
                offered,
                configuration,
                preferred.GetValueOrDefault(ResourceKey.Of(machine))
            );
        }
    }

    /// <summary>What preferences name for machines that have nothing recorded: only there does it count.</summary>
    private static async Task<Dictionary<ResourceKey, string>> PreferredTypesAsync(
        KubernetesClient client,
        IReadOnlyList<VirtualMachine> machines,
        CancellationToken ct
    )
    {
        var preferred = new Dictionary<ResourceKey, string>();
        foreach (var machine in machines.Where(one => one is { Spec.Preference: not null, Status.MachineType: null }))
        {
            var preference = await Preferences.FindAsync(client, machine, ct);
            if (preference?.Machine?.PreferredMachineType is { Length: > 0 } type)
            {
                preferred[ResourceKey.Of(machine)] = type;
            }
        }

        return preferred;
    }
}
