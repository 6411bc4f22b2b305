using System.Globalization;
using System.Xml.Linq;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>A domain as it is now, read from its live XML.</summary>
internal sealed record ObservedDomain
{
    /// <summary>The namespace and name of its instance.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>The uid of its instance; null for a domain that no agent made.</summary>
    public required string? Uid { get; init; }

    /// <summary>Why the guest is paused, in KubeVirt's word; null when it runs.</summary>
    public string? PausedReason { get; init; }

    /// <summary>The machine type it really has.</summary>
    public required string MachineType { get; init; }

    /// <summary>True when its processors are emulated in software.</summary>
    public bool IsEmulated { get; init; }

    /// <summary>
    /// True when the guest's next reboot ends it. What the domain was started with counts, not what is wanted now.
    /// </summary>
    public bool EndsOnReboot { get; init; }

    /// <summary>When the guest was last seen to start over in the same process; null when it was not.</summary>
    public GuestReset? LastReset { get; init; }

    /// <summary>True when the agent in the guest talks.</summary>
    public bool IsAgentConnected { get; init; }

    /// <summary>Its vCPUs; null when it does not say.</summary>
    public ObservedVcpus? Vcpus { get; init; }

    /// <summary>Its memory; null when it does not say.</summary>
    public ObservedMemory? Memory { get; init; }

    /// <summary>The disks, in order.</summary>
    public IReadOnlyList<ObservedDisk> Disks { get; init; } = [];

    /// <summary>The network interfaces, in order.</summary>
    public IReadOnlyList<ObservedInterface> Interfaces { get; init; } = [];

    /// <summary>The domain as one run of its instance. Only for a domain that an agent made.</summary>
    public DomainId Id => new(Key, Uid ?? throw new InvalidOperationException($"The domain of {Key} is not ours."));

    /// <summary>Reads a live domain.</summary>
    /// <param name="domain">libvirt's XML.</param>
    /// <param name="pausedReason">Why it is paused; null when it runs.</param>
    public static ObservedDomain Read(XElement domain, string? pausedReason)
    {
        var mark = domain.Element("metadata")?.Element(IdentityXml.Metadata + "instance");
        var devices = domain.Element("devices");
        return new()
        {
            Key = KeyOf(mark, domain.Element("name")?.Value ?? ""),
            Uid = mark?.Attribute("uid")?.Value,
            PausedReason = pausedReason,
            MachineType = domain.Element("os")?.Element("type")?.Attribute("machine")?.Value ?? "",
            IsEmulated = DomainXml.IsEmulated(domain),
            EndsOnReboot = LifecycleXml.EndsOnReboot(domain),
            IsAgentConnected = (devices?.Elements("channel") ?? [])
                .Select(channel => channel.Element("target"))
                .Any(target =>
                    target?.Attribute("name")?.Value == AgentChannelXml.Name
                    && target.Attribute("state")?.Value == "connected"
                ),
            Vcpus = ObservedVcpus.Read(domain),
            Memory = ObservedMemory.Read(domain),
            Disks = [.. (devices?.Elements("disk") ?? []).Select(ObservedDisk.Read)],
            Interfaces = [.. (devices?.Elements("interface") ?? []).Select(ObservedInterface.Read)],
        };
    }

    /// <summary>The name of a device in the specification, from the alias it was given.</summary>
    internal static string? NameOf(XElement device) =>
        device.Element("alias")?.Attribute("name")?.Value is { } alias
        && alias.StartsWith("ua-", StringComparison.Ordinal)
            ? alias[3..]
            : null;

    private static ResourceKey KeyOf(XElement? mark, string domainName) =>
        (mark?.Attribute("namespace")?.Value, mark?.Attribute("name")?.Value) switch
        {
            ({ } space, { } name) => new(space, name),
            _ => IdentityXml.KeyOf(domainName) ?? new(null, domainName),
        };
}

/// <summary>A disk of a live domain.</summary>
/// <param name="Name">Its volume; null when it is not of the specification.</param>
/// <param name="Target">The name of the device, for example vda.</param>
internal sealed record ObservedDisk(string? Name, string Target)
{
    internal static ObservedDisk Read(XElement disk) =>
        new(ObservedDomain.NameOf(disk), disk.Element("target")?.Attribute("dev")?.Value ?? "");
}

/// <summary>A network interface of a live domain.</summary>
/// <param name="Name">Its network; null when it is not of the specification.</param>
/// <param name="Mac">Its hardware address, in lower case.</param>
/// <param name="IsUp">False when the cable is pulled.</param>
/// <param name="Queues">How many queues it has.</param>
internal sealed record ObservedInterface(string? Name, string Mac, bool IsUp, int Queues)
{
    internal static ObservedInterface Read(XElement nic) =>
        new(
            ObservedDomain.NameOf(nic),
            nic.Element("mac")?.Attribute("address")?.Value.ToLowerInvariant() ?? "",
            nic.Element("link")?.Attribute("state")?.Value != "down",
            int.TryParse(
                nic.Element("driver")?.Attribute("queues")?.Value,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var queues
            )
                ? queues
                : 1
        );
}
