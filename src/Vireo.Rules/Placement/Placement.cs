using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Chooses the host for an instance. The same inputs always give the same host.</summary>
/// <remarks>Of the hosts that can run it, that with the most memory free, so that load spreads; then by name.</remarks>
public static class Placement
{
    private const int HostsToName = 5;
    private const int MachineTypesToName = 5;

    /// <summary>Chooses among the hosts that were seen.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="candidates">The hosts.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="from">The host that its guest comes from while it runs; null for one that is to be started.</param>
    public static PlacementDecision Choose(
        VirtualMachineInstance instance,
        IReadOnlyList<HostCandidate> candidates,
        KubeVirtConfiguration configuration,
        Host? from = null
    )
    {
        var claim = ResourceClaim.Of(instance.Spec, configuration);
        var refusals = new List<HostRefusal>();
        var best = candidates
            .OrderByDescending(candidate => candidate.FreeMemoryBytes)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault(candidate =>
            {
                var reasons = HostFit.WhyNot(instance.Spec, claim, candidate, from).ToList();
                if (reasons.Count > 0)
                {
                    refusals.Add(new(candidate.Name, string.Join(", ", reasons)));
                }

                return reasons.Count == 0;
            });

        return best is null
            ? new PlacementDecision.Unplaceable(refusals, Explain(instance.Spec, claim, candidates, refusals))
            : new PlacementDecision.Placed(best.Name);
    }

    private static string Explain(
        VirtualMachineInstanceSpec spec,
        ResourceClaim claim,
        IReadOnlyList<HostCandidate> candidates,
        List<HostRefusal> refusals
    )
    {
        if (candidates.Count == 0)
        {
            return "No host can run this instance: there is no host. Start a Vireo agent.";
        }

        var largest = candidates.MaxBy(candidate => candidate.Allocatable("memory").Value)!;
        if (largest.Allocatable("memory").Value is var most && claim.MemoryBytes > most)
        {
            return $"No host can run this instance: it needs {Amounts.Memory(claim.MemoryBytes)} of memory (the "
                + $"guest's and what QEMU needs beside it), and the largest host, {largest.Name}, has "
                + $"{Amounts.Memory(most)}. "
                + "Lower spec.domain.memory.guest or add a host.";
        }

        var named = refusals.Take(HostsToName).Select(refusal => $"{refusal.Host} {refusal.Why}");
        var more = refusals.Count - HostsToName;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"No host can run this instance: {string.Join("; ", named)}{(more > 0 ? $"; and {more} more" : "")}.{NearestTypes(spec, candidates)}"
        );
    }

    /// <summary>What hosts offer instead of a machine type that none does; nothing when one does.</summary>
    private static string NearestTypes(VirtualMachineInstanceSpec spec, IReadOnlyList<HostCandidate> candidates)
    {
        if (spec.Domain.Machine?.Type is not { Length: > 0 } type)
        {
            return "";
        }

        var offers = MachineTypeOffers.Of(candidates.Select(candidate => candidate.Host), spec.Architecture);
        return offers.IsEmpty || offers.Offers(type)
            ? ""
            : $" The nearest that are offered: {string.Join(", ", offers.Nearest(type, MachineTypesToName))}.";
    }
}
