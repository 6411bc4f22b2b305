using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What is the same for all instances of a host.</summary>
/// <param name="NodeName">The host's name.</param>
/// <param name="StateFolder">Where the agent keeps its state.</param>
/// <param name="Network">The libvirt network of the guests.</param>
/// <param name="UseEmulation">True when the cluster's configuration wants guests to run without KVM.</param>
internal sealed record InstanceSettings(string NodeName, string StateFolder, string Network, Func<bool> UseEmulation)
{
    /// <summary>The cluster's configuration as it is now.</summary>
    public Func<KubeVirtConfiguration> Configuration { get; init; } = static () => new();

    /// <summary>Where the host's agent is reached, a URL.</summary>
    public string Endpoint { get; init; } = GuestDoor.EndpointOf(StateFolder);

    /// <summary>Where other hosts reach this one; null for the address of the interface that leads out.</summary>
    public string? Address { get; init; }

    /// <summary>True to let guests without KVM run while they move, at the risk of their memory.</summary>
    public bool LiveMovesUnderEmulation { get; init; }

    /// <summary>Which boot of the host this is; null when the host does not say.</summary>
    public string? BootId { get; init; }

    /// <summary>The machine types that images in the host's store name, by the image's name.</summary>
    public Func<IReadOnlyDictionary<string, string>> ImageMachineTypes { get; init; } =
        static () => new Dictionary<string, string>();

    /// <summary>The labels of images in the host's store that name an instance type or a preference.</summary>
    public Func<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> ImageDefaults { get; init; } =
        static () => new Dictionary<string, IReadOnlyDictionary<string, string>>();
}
