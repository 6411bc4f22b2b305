using System.Net;
using Vireo.Api;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Asks libvirt about a domain, and through it the guest, in the agent's words.</summary>
internal static class LibvirtGuest
{
    /// <summary>Why a guest is paused that stands still because it moves.</summary>
    public const string PausedForMove = "PausedByMigrationMonitor";

    /// <summary>The domain as it is; null when it is gone by now.</summary>
    public static ObservedDomain? Observe(LibvirtDomain domain)
    {
        try
        {
            var status = domain.GetState();
            return status.State is DomainState.ShutOff
                ? null
                : ObservedDomain.Read(System.Xml.Linq.XElement.Parse(domain.GetXml()), PausedReason(status));
        }
        catch (LibvirtException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>What the guest says, or the network knows of it; null when the domain is gone by now.</summary>
    public static ObservedGuest? Ask(LibvirtDomain domain, bool isAgentConnected)
    {
        try
        {
            return (isAgentConnected ? AskAgent(domain) : null) ?? new(null, Interfaces(domain, AddressSource.Lease));
        }
        catch (LibvirtException e) when (e.IsNotFound || e.Code == ErrorCode.OperationInvalid)
        {
            return null;
        }
    }

    private static ObservedGuest? AskAgent(LibvirtDomain domain)
    {
        try
        {
            var os = domain.GetGuestFacts(GuestFactKinds.Os).Os;
            return new(os is null ? null : OsOf(os), Interfaces(domain, AddressSource.Agent));
        }
        catch (LibvirtException e) when (!e.IsNotFound && !e.IsConnectionLost)
        {
            // The agent is old, busy or broken: the network still knows something.
            return null;
        }
    }

    private static string? PausedReason(DomainStatus status) =>
        (status.State, status.Reason) switch
        {
            (DomainState.Paused, DomainReason.PausedIoError) => "PausedIOError",
            (DomainState.Paused, DomainReason.PausedStartingUp or DomainReason.PausedShuttingDown) => null,
            (DomainState.Paused, DomainReason.PausedMigration or DomainReason.PausedPostcopy) => PausedForMove,
            (DomainState.Paused, _) => "PausedByUser",
            _ => null,
        };

    /// <summary>
    /// Without addresses that reach nobody beyond the cable: a guest that has only those has none yet.
    /// </summary>
    private static IReadOnlyList<ObservedGuestInterface> Interfaces(LibvirtDomain domain, AddressSource source) =>
        [
            .. domain
                .GetInterfaceAddresses(source)
                .Select(nic => new ObservedGuestInterface(
                    nic.Mac,
                    source == AddressSource.Agent ? nic.Name : null,
                    [.. nic.Addresses.Select(address => address.Address).Where(IsOfUse)]
                )),
        ];

    private static bool IsOfUse(string address) =>
        IPAddress.TryParse(address, out var parsed) && !parsed.IsIPv6LinkLocal;

    /// <summary>The operating system in the API's words.</summary>
    public static VirtualMachineInstanceGuestOSInfo OsOf(GuestOs os) =>
        new()
        {
            Name = os.Name,
            Id = os.Id,
            Version = os.Version,
            VersionId = os.VersionId,
            PrettyName = os.PrettyName,
            KernelRelease = os.KernelRelease,
            KernelVersion = os.KernelVersion,
            Machine = os.Machine,
        };
}
