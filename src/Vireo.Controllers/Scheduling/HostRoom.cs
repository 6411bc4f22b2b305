using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.Scheduling;

/// <summary>The hosts with what is free on them, for all who choose among them.</summary>
/// <remarks>
/// Remembers what was chosen until the informer shows it, so that two instances never get the same room, whether they
/// start or move.
/// </remarks>
internal sealed class HostRoom(ClusterView cluster, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, VirtualMachineInstance> _assumed = new(StringComparer.Ordinal);

    /// <summary>True for an instance whose choice the informer does not show yet.</summary>
    public bool IsChosen(VirtualMachineInstance instance)
    {
        lock (_gate)
        {
            return _assumed.ContainsKey(instance.Metadata.Uid!);
        }
    }

    /// <summary>The instance with the host that was chosen for it, where the informer does not show that yet.</summary>
    public VirtualMachineInstance AsChosen(VirtualMachineInstance instance)
    {
        lock (_gate)
        {
            return _assumed.TryGetValue(instance.Metadata.Uid!, out var assumed) && !Shows(instance, assumed)
                ? assumed
                : instance;
        }
    }

    /// <summary>Chooses a host, and takes the room there until the informer shows it or it is forgotten.</summary>
    /// <param name="choose">Chooses among the hosts.</param>
    /// <param name="bound">The instance once it has this host.</param>
    /// <returns>The choice, and the instance to write; null when there is no host.</returns>
    public (PlacementDecision Decision, VirtualMachineInstance? Bound) Choose(
        Func<IReadOnlyList<HostCandidate>, PlacementDecision> choose,
        Func<string, VirtualMachineInstance> bound
    )
    {
        lock (_gate)
        {
            var decision = choose(Candidates());
            if (decision is not PlacementDecision.Placed placed)
            {
                return (decision, null);
            }

            var instance = bound(placed.Host);
            _assumed[instance.Metadata.Uid!] = instance;
            return (decision, instance);
        }
    }

    /// <summary>The choice was not written.</summary>
    public void Forget(VirtualMachineInstance instance)
    {
        lock (_gate)
        {
            _assumed.Remove(instance.Metadata.Uid!);
        }
    }

    private IReadOnlyList<HostCandidate> Candidates()
    {
        var seen = cluster.Instances.All.ToDictionary(instance => instance.Metadata.Uid!, StringComparer.Ordinal);
        foreach (var (uid, assumed) in _assumed.ToList())
        {
            if (!seen.TryGetValue(uid, out var present) || Shows(present, assumed))
            {
                _assumed.Remove(uid);
            }
            else
            {
                seen[uid] = assumed;
            }
        }

        return cluster.Candidates(time.GetUtcNow(), seen.Values);
    }

    private static bool Shows(VirtualMachineInstance present, VirtualMachineInstance assumed) =>
        present.Status?.NodeName is not null
        && present.Status.MigrationState?.MigrationUid == assumed.Status?.MigrationState?.MigrationUid;
}
