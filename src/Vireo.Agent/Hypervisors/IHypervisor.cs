using System.Xml.Linq;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Runs the guests of this host. Knows domains, not kinds: what is to be done is decided above.</summary>
/// <remarks>
/// A domain's name comes from its instance's namespace and name, so a host has one domain at most for a key. Methods
/// throw <see cref="HypervisorException"/> when the hypervisor refuses or does not answer; what is absent is null.
/// </remarks>
internal interface IHypervisor
{
    /// <summary>Something happened to the domain of this key: look again. Handlers must be quick.</summary>
    event Action<ResourceKey>? Changed;

    /// <summary>The hypervisor came, or came back: anything may have changed. Handlers must be quick.</summary>
    event Action? Connected;

    /// <summary>Why the hypervisor does not answer, for a person; null while it does.</summary>
    string? Fault { get; }

    /// <summary>Keeps the connection, and tells what happens, until cancelled.</summary>
    Task RunAsync(CancellationToken ct);

    /// <summary>What this host offers.</summary>
    Task<HostFacts> DescribeHostAsync(CancellationToken ct);

    /// <summary>The domain of a key, whoever made it; null when there is none.</summary>
    Task<ObservedDomain?> ObserveAsync(ResourceKey key, CancellationToken ct);

    /// <summary>Every domain that an agent made, this one or another that shares the hypervisor.</summary>
    Task<IReadOnlyList<ObservedDomain>> ListAsync(CancellationToken ct);

    /// <summary>How a domain ended that is no longer there; null when there is no sign that it ever ran.</summary>
    /// <param name="id">Which domain.</param>
    /// <param name="since">Nothing before this is about this domain: others may have had its name.</param>
    /// <param name="ct">Ends the try.</param>
    Task<GuestEnd?> FindEndAsync(DomainId id, DateTimeOffset since, CancellationToken ct);

    /// <summary>Starts a domain that leaves nothing behind when it ends.</summary>
    Task StartAsync(DomainId id, XElement domain, bool isPaused, CancellationToken ct);

    /// <summary>Presses the power button; does nothing when the domain is gone.</summary>
    Task ShutDownAsync(DomainId id, CancellationToken ct);

    /// <summary>Pulls the plug; does nothing when the domain is gone.</summary>
    Task DestroyAsync(DomainId id, CancellationToken ct);

    /// <summary>Asks the guest to reboot; false when the domain is gone.</summary>
    /// <remarks>
    /// Where a reboot ends the domain, the guest may be asked to power off instead: it comes to the same end.
    /// </remarks>
    Task<bool> RebootAsync(DomainId id, RebootRequest by, CancellationToken ct);

    /// <summary>Presses the reset button: the guest is not asked. False when the domain is gone.</summary>
    Task<bool> ResetAsync(DomainId id, CancellationToken ct);

    /// <summary>Plugs vCPUs until the guest has that many; false when the domain is gone.</summary>
    /// <remarks>Returns when they are plugged; the guest has to bring them online.</remarks>
    Task<bool> PlugVcpusAsync(DomainId id, int count, CancellationToken ct);

    /// <summary>
    /// Has the agent in the guest bring online the vCPUs that are not, and tells how many are then; null when the agent
    /// cannot tell, or the domain is gone.
    /// </summary>
    /// <exception cref="GuestAgentException">The agent is silent.</exception>
    Task<int?> BringVcpusOnlineAsync(DomainId id, CancellationToken ct);

    /// <summary>
    /// Asks the guest to take memory, or to give it back, until it has this much beyond what it booted with; false when
    /// the domain is gone.
    /// </summary>
    /// <remarks>Returns when the guest was asked; what it has then, the domain tells.</remarks>
    Task<bool> RequestMemoryAsync(DomainId id, long bytes, CancellationToken ct);

    /// <summary>What the guest says of itself, and its addresses; null when the domain is gone.</summary>
    /// <param name="id">Which domain.</param>
    /// <param name="isAgentConnected">True to ask the agent in the guest, false to look at the network's
    /// leases.</param>
    /// <param name="ct">Ends the try.</param>
    Task<ObservedGuest?> AskGuestAsync(DomainId id, bool isAgentConnected, CancellationToken ct);
}

/// <summary>One run of one instance: a domain that bears another uid is not meant, whatever its name.</summary>
/// <param name="Key">The instance's namespace and name.</param>
/// <param name="Uid">The instance's identity.</param>
internal readonly record struct DomainId(ResourceKey Key, string Uid)
{
    /// <summary>The name libvirt knows it by.</summary>
    public string Name => IdentityXml.NameOf(Key);
}
