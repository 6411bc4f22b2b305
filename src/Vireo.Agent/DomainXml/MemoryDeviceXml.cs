using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>The memory that a guest may be given while it runs: a virtio-mem device, empty at boot.</summary>
/// <remarks>
/// It costs the host nothing before the guest takes it, and guests without a driver for it do not notice. It is left
/// out where host or board cannot have it: a guest that cannot grow is better than none.
/// </remarks>
internal static class MemoryDeviceXml
{
    private const string Model = "virtio-mem";
    private const long MiB = 1L << 20;
    private const long GiB = 1L << 30;

    /// <summary>What the guest takes at once; requests are multiples of it. A huge page of x86.</summary>
    private const long BlockBytes = 2 * MiB;

    /// <summary>Linux takes memory only where a whole block of this size is behind it, wherever it begins.</summary>
    private const long LinuxBlockBytes = 128 * MiB;

    /// <summary>The same for big guests.</summary>
    private const long LargeLinuxBlockBytes = 2 * GiB;

    private const long LargeGuestBytes = 60 * GiB;

    /// <summary>What an emulated processor model, or one of a host that is not known, can address, less what lies
    /// below.</summary>
    private const long AddressableBytes = 960 * GiB;

    private static readonly Version FirstLibvirt = new(7, 9);
    private static readonly Version FirstQemu = new(5, 1);
    private static readonly Version FirstOldBoard = new(2, 1);

    /// <summary>How much the device can give: at least what is missing to the most; 0 when there is no device.</summary>
    public static long SizeBytes(DomainContext context)
    {
        if (
            MemoryXml.GuestBytes(context.Domain) is not { } boot
            || MemoryXml.MaxBytes(context.Domain) is not { } most
            || !IsPossible(context)
        )
        {
            return 0;
        }

        var unit = boot < LargeGuestBytes ? LinuxBlockBytes : LargeLinuxBlockBytes;
        var missing = Math.Min(most, AddressableBytes - unit) - boot;
        return missing > 0 ? (missing + unit - 1) / unit * unit : 0;
    }

    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (SizeBytes(context) is > 0 and var size)
        {
            yield return new(
                "memory",
                new XAttribute("model", Model),
                new XElement(
                    "target",
                    XmlParts.Size("size", size),
                    new XElement("node", 0),
                    XmlParts.Size("block", BlockBytes),
                    XmlParts.Size("requested", 0)
                )
            );
        }
    }

    /// <summary>The device of a live domain; null when it has none.</summary>
    public static XElement? Find(XElement domain) =>
        domain
            .Element("devices")
            ?.Elements("memory")
            .FirstOrDefault(device => device.Attribute("model")?.Value == Model);

    /// <summary>A live device of which the guest is asked to have this much.</summary>
    public static XElement WithRequested(XElement device, long bytes) => With(device, "requested", bytes);

    /// <summary>A live device of which the guest has this much.</summary>
    public static XElement WithCurrent(XElement device, long bytes) => With(device, "current", bytes);

    private static XElement With(XElement device, string amount, long bytes)
    {
        var next = new XElement(device);
        var target = next.Element("target")!;
        target.Elements(amount).Remove();
        target.Add(XmlParts.Size(amount, bytes));
        return next;
    }

    private static bool IsPossible(DomainContext context) =>
        context.IsX86
        && context.Host.LibvirtVersion >= FirstLibvirt
        && context.Host.QemuVersion >= FirstQemu
        && MachineType.Parse(context.CanonicalMachineType) is { } board
        && (board.Family == "q35" || (board.Family == "pc" && !IsTooOld(board)));

    /// <summary>QEMU refuses to start such a board with room for memory to come.</summary>
    private static bool IsTooOld(MachineType board) =>
        board is { Vendor: "", Version: [var major, ..] }
        && new Version(major, board.Version.Count > 1 ? board.Version[1] : 0) < FirstOldBoard;
}
