using System.Security.Cryptography;
using System.Text;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The network of an instance that names none, and the addresses of its interfaces.</summary>
internal static class NetworkDefaults
{
    /// <summary>An interface where neither interfaces nor networks are given, a binding where there is none.</summary>
    /// <remarks>
    /// KubeVirt's default is a bridge, which hands the guest the address of its pod. There are no pods here: both
    /// bindings join the host's guest network, and behind address translation is the one that needs nothing from the
    /// network around.
    /// </remarks>
    public static VirtualMachineInstanceSpec Fill(VirtualMachineInstanceSpec spec, KubeVirtConfiguration configuration)
    {
        spec = WithNetwork(spec);
        var devices = spec.Domain.Devices;
        var isBridge = configuration.Network?.DefaultNetworkInterface == "bridge";
        return spec with
        {
            Domain = spec.Domain with
            {
                Devices = devices with
                {
                    Interfaces = devices.Interfaces?.Select(one => Bind(one, isBridge)).ToArray(),
                },
            },
        };
    }

    /// <summary>An interface where neither interfaces nor networks are given, with nothing else said of it.</summary>
    public static VirtualMachineInstanceSpec WithNetwork(VirtualMachineInstanceSpec spec) =>
        spec.Domain.Devices.Interfaces is { Count: > 0 }
        || spec.Networks is { Count: > 0 }
        || spec.Domain.Devices.AutoattachPodInterface == false
            ? spec
            : spec with
            {
                Networks = [new() { Name = "default", Pod = new() }],
                Domain = spec.Domain with
                {
                    Devices = spec.Domain.Devices with { Interfaces = [new() { Name = "default" }] },
                },
            };

    /// <summary>Addresses made from the guest's identity, so that each of its runs shows it the same.</summary>
    public static IReadOnlyList<Interface>? Addresses(IReadOnlyList<Interface>? interfaces, string? identity) =>
        identity is null
            ? interfaces
            : interfaces
                ?.Select(one =>
                    string.IsNullOrEmpty(one.MacAddress)
                        ? one with
                        {
                            MacAddress = MacAddress(identity, one.Name),
                        }
                        : one
                )
                .ToArray();

    // 02 marks an address as made locally; the other 40 bits differ with all but certainty.
    private static string MacAddress(string identity, string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.ToLowerInvariant()}/{name}"));
        return $"02:{string.Join(':', hash.Take(5).Select(part => Convert.ToHexStringLower([part])))}";
    }

    private static Interface Bind(Interface one, bool isBridge) =>
        one is not { Bridge: null, Masquerade: null } ? one
        : isBridge ? one with { Bridge = new() }
        : one with { Masquerade = new() };
}
