using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Where an instance is to run. The list is closed.</summary>
public abstract record PlacementDecision
{
    private PlacementDecision() { }

    /// <summary>On this host.</summary>
    /// <param name="Host">The name of the host.</param>
    public sealed record Placed(string Host) : PlacementDecision;

    /// <summary>Nowhere, as things are.</summary>
    /// <param name="Hosts">Why not on each host.</param>
    /// <param name="Message">All of it in one sentence that says what is missing; for the PodScheduled condition.</param>
    public sealed record Unplaceable(IReadOnlyList<HostRefusal> Hosts, string Message) : PlacementDecision;
}

/// <summary>Why an instance cannot run on one host.</summary>
/// <param name="Host">The name of the host.</param>
/// <param name="Why">What is missing, as the rest of a sentence that starts with the host's name.</param>
public sealed record HostRefusal(string Host, string Why);

/// <summary>Chooses the host for an instance. The same inputs always give the same host.</summary>
public static class Placement
{
    /// <summary>Chooses among the hosts that were seen.</summary>
    public static PlacementDecision Choose(
        VirtualMachineInstance instance,
        IReadOnlyList<HostCandidate> candidates,
        KubeVirtConfiguration configuration
    ) => throw new NotSupportedException();
}
