using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>A network interface of the guest.</summary>
public sealed record Interface
{
    /// <summary>The network it connects to.</summary>
    public required string Name { get; init; }

    /// <summary>Behind the host's address translation, on the host's guest network.</summary>
    public InterfaceMasquerade? Masquerade { get; init; }

    /// <summary>On the host's guest network itself.</summary>
    public InterfaceBridge? Bridge { get; init; }

    /// <summary>The device the guest sees; virtio when empty.</summary>
    [AllowedValues("virtio", "e1000", "e1000e", "ne2k_pci", "pcnet", "rtl8139", "igb")]
    [DefaultValue("virtio")]
    public string? Model { get; init; }

    /// <summary>Its hardware address; made from the VM's identity when empty.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Tried for booting in this order, the lowest first.</summary>
    [Range(1, int.MaxValue)]
    public int? BootOrder { get; init; }

    /// <summary>Its address on the PCI bus, for example 0000:81:01.0.</summary>
    public string? PciAddress { get; init; }

    /// <summary>The ACPI index, by which Linux guests name it.</summary>
    [Range(1, 16383)]
    public int? AcpiIndex { get; init; }

    /// <summary>Shown to the guest in its metadata.</summary>
    public string? Tag { get; init; }

    /// <summary>Ports of the guest that others may use; all when empty.</summary>
    public IReadOnlyList<Port>? Ports { get; init; }

    /// <summary>The state of the link; up when empty.</summary>
    [AllowedValues("up", "down", "absent")]
    [DefaultValue("up")]
    public string? State { get; init; }
}

/// <summary>Behind the host's address translation.</summary>
public sealed record InterfaceMasquerade { }

/// <summary>On the host's guest network itself.</summary>
public sealed record InterfaceBridge { }

/// <summary>A port of the guest that others may use.</summary>
public sealed record Port
{
    /// <summary>The port's number.</summary>
    [JsonPropertyName("port")]
    [Range(1, 65535)]
    public required int Number { get; init; }

    /// <summary>A name for it.</summary>
    public string? Name { get; init; }

    /// <summary>The protocol; TCP when empty.</summary>
    [AllowedValues("TCP", "UDP")]
    [DefaultValue("TCP")]
    public string? Protocol { get; init; }
}

/// <summary>A network that interfaces connect to.</summary>
public sealed record Network
{
    /// <summary>The network's name, that of its interface.</summary>
    public required string Name { get; init; }

    /// <summary>The host's guest network.</summary>
    public PodNetwork? Pod { get; init; }
}

/// <summary>The host's guest network.</summary>
public sealed record PodNetwork { }
