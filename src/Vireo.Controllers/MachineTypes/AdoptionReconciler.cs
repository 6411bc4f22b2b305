using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Controllers.InstanceTypes;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypes;

/// <summary>
/// Records the machine type of every virtual machine that was there before this term and has no record: those of an
/// older Vireo.
/// </summary>
/// <remarks>
/// What an alias means is asked of the hosts, so it waits until they are known: Ready, or not heard of for as long as a
/// lease lasts. A machine whose guest is there is left to its own controller, which records what the guest has; one
/// that came later, or was rebuilt, is recorded at its next boot.
/// </remarks>
/// <param name="client">The API.</param>
/// <param name="cluster">What is seen.</param>
/// <param name="types">Knows what preferences name.</param>
/// <param name="since">When the term began.</param>
/// <param name="time">The time.</param>
/// <param name="logger">Told what was recorded.</param>
internal sealed class AdoptionReconciler(
    KubernetesClient client,
    ClusterView cluster,
    InstanceTypeRecords types,
    DateTimeOffset since,
    TimeProvider time,
    ILogger logger
) : IReconciler
{
    /// <summary>How long hosts have to say that they are Ready once the controllers began.</summary>
    private static readonly TimeSpan HostsWithin = TimeSpan.FromSeconds(40);

    /// <summary>Times of creation are whole seconds: a machine of the same second may be new.</summary>
    private static readonly TimeSpan TimePrecision = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(5);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Machines.Find(key) is not { } machine || !IsConcerned(machine))
        {
            return Outcome.Settled;
        }

        if (!AreHostsKnown())
        {
            return new Outcome.Waiting("the hosts to say what they offer", RecheckAfter);
        }

        var found = await client.FindAsync<VirtualMachineInstance>(key, ct);
        var instance = Ownership.IsOwned(found, machine) ? found : null;
        if (LiveChanges.CanReach(instance))
        {
            return Outcome.Settled;
        }

        var hosts = cluster.Hosts.All.ToList();
        var preferred = await types.PreferredMachineTypeAsync(machine, ct);
        if (
            MachineTypeRecords.Adopt(machine, instance, hosts, cluster.Configuration, time.GetUtcNow(), preferred)
            is not { } record
        )
        {
            // The hosts that offer an alias differ in what it means: told by the check, until they agree.
            return Outcome.Settled;
        }

        var status = (machine.Status ?? new()) with { MachineType = record };
        await client.ReplaceStatusAsync(machine with { Status = status }, ct);
        logger.MachineTypeAdopted(key, record.Resolved, record.Source);
        return Outcome.Settled;
    }

    /// <summary>True for a machine that may be without a record because it is older than records are.</summary>
    public bool IsConcerned(VirtualMachine machine) =>
        machine
            is {
                Metadata.DeletionTimestamp: null,
                Status: null or { MachineType: null or { Resolved: null or "" }, Rebuilt: not true },
            }
        && machine.Metadata.CreationTimestamp + TimePrecision <= since;

    private bool AreHostsKnown()
    {
        var now = time.GetUtcNow();
        var hosts = cluster.Hosts.All.ToList();
        return hosts.Exists(IsKnown) && (hosts.TrueForAll(IsKnown) || now - since > HostsWithin);

        bool IsKnown(Host host) =>
            Conditions.IsTrue(host.Status?.Conditions, "Ready")
            && HostCandidate.IsFresh(
                cluster.Leases.Find(new ResourceKey(ClusterView.LeaseNamespace, host.Metadata.Name!)),
                now
            );
    }
}
