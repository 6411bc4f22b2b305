using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Chooses the host that a guest moves to.</summary>
/// <remarks>
/// As for a start, but never the host it is on, with the labels that the migration adds, and with the machine type that
/// the guest has, not what an alias would mean there. A guest that runs on its host's processors needs a host with KVM,
/// whose processors can do all that the guest has seen.
/// </remarks>
public static class MigrationTargets
{
    /// <summary>The host, or what is missing.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="migration">Why it moves: may add labels. Null to ask whether it could move at all.</param>
    /// <param name="candidates">All hosts.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static PlacementDecision Choose(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigration? migration,
        IReadOnlyList<HostCandidate> candidates,
        KubeVirtConfiguration configuration
    )
    {
        var source = instance.Status?.NodeName;
        var needsKvm = !Conditions.IsTrue(instance.Status?.Conditions, "SoftwareEmulation");
        var from = candidates.FirstOrDefault(one => one.Name == source)?.Host;
        var kvmThere = from?.Status?.Hypervisor?.Type == "kvm";
        var others = candidates
            .Where(one => one.Name != source)
            .Where(one => !needsKvm || !kvmThere || one.Host.Status?.Hypervisor?.Type == "kvm")
            .ToList();
        if (others is [])
        {
            return new PlacementDecision.Unplaceable(
                [],
                $"No host can take the guest: there is none beside {source}"
                    + (kvmThere && needsKvm && candidates.Count > 1 ? " that has KVM." : ".")
            );
        }

        return Placement.Choose(
            instance with
            {
                Spec = Wanted(instance, migration),
            },
            others,
            configuration,
            needsKvm ? from : null
        ) switch
        {
            PlacementDecision.Unplaceable nowhere => nowhere with
            {
                Message = nowhere.Message.Replace(
                    "No host can run this instance",
                    "No host can take the guest",
                    StringComparison.Ordinal
                ),
            },
            var placed => placed,
        };
    }

    private static VirtualMachineInstanceSpec Wanted(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigration? migration
    )
    {
        var spec = instance.Spec;
        var selector = new Dictionary<string, string>(
            spec.NodeSelector ?? new Dictionary<string, string>(),
            StringComparer.Ordinal
        );
        foreach (var (name, value) in migration?.Spec.AddedNodeSelector ?? new Dictionary<string, string>())
        {
            selector[name] = value;
        }

        return spec with
        {
            NodeSelector = selector,
            Domain = instance.Status?.Machine?.Type is { Length: > 0 } type
                ? spec.Domain with
                {
                    Machine = (spec.Domain.Machine ?? new()) with { Type = type },
                }
                : spec.Domain,
        };
    }
}
