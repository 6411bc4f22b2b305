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
    /// <param name="Message">What is missing, for the PodScheduled condition.</param>
    public sealed record Unplaceable(IReadOnlyList<HostRefusal> Hosts, string Message) : PlacementDecision;
}

/// <summary>Why an instance cannot run on one host.</summary>
/// <param name="Host">The name of the host.</param>
/// <param name="Why">What is missing, as the rest of a sentence that starts with the host's name.</param>
public sealed record HostRefusal(string Host, string Why);
