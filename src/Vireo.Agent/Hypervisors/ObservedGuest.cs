using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What is known from inside a guest, or from the network it is on. As true as the guest is.</summary>
/// <param name="Os">The operating system; null when no agent told.</param>
/// <param name="Interfaces">Its network interfaces with their addresses.</param>
internal sealed record ObservedGuest(
    VirtualMachineInstanceGuestOSInfo? Os,
    IReadOnlyList<ObservedGuestInterface> Interfaces
);

/// <summary>A network interface as the guest or the network knows it.</summary>
/// <param name="Mac">Its hardware address, in lower case; null where it has none.</param>
/// <param name="InterfaceName">The name inside the guest; null when only the network knows it.</param>
/// <param name="Addresses">Its IP addresses.</param>
internal sealed record ObservedGuestInterface(string? Mac, string? InterfaceName, IReadOnlyList<string> Addresses);
