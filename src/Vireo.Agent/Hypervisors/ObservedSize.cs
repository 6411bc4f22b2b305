using System.Globalization;
using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>The vCPUs of a live domain.</summary>
/// <param name="Count">Those that are plugged.</param>
/// <param name="Most">How many there can be.</param>
/// <param name="Cores">Cores a socket.</param>
/// <param name="Threads">Threads a core.</param>
internal sealed record ObservedVcpus(int Count, int Most, int Cores, int Threads)
{
    /// <summary>vCPUs a socket: what is plugged at once.</summary>
    public int InSocket => Cores * Threads;

    /// <summary>Those of the plugged that the guest is known to use; null when it was not asked.</summary>
    public int? Online { get; init; }

    internal static ObservedVcpus? Read(XElement domain)
    {
        var vcpu = domain.Element("vcpu");
        if (Number(vcpu?.Value) is not { } most)
        {
            return null;
        }

        var topology = domain.Element("cpu")?.Element("topology");
        return new(
            Number(vcpu?.Attribute("current")?.Value) ?? most,
            most,
            Number(topology?.Attribute("cores")?.Value) ?? 1,
            Number(topology?.Attribute("threads")?.Value) ?? 1
        );
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>The memory of a live domain.</summary>
/// <param name="BootBytes">What the guest booted with; the hypervisor rounds up what it was told.</param>
/// <param name="Device">What it may be given beyond; null when it cannot grow.</param>
internal sealed record ObservedMemory(long BootBytes, ObservedMemoryDevice? Device)
{
    internal static ObservedMemory? Read(XElement domain)
    {
        var cells = domain.Element("cpu")?.Element("numa")?.Elements("cell").ToList();
        var boot = cells is { Count: > 0 } ? cells.Sum(CellBytes) : MemoryXml.ReadBytes(domain.Element("memory"));
        return boot is > 0 and { } bytes ? new(bytes, ObservedMemoryDevice.Read(domain)) : null;
    }

    private static long? CellBytes(XElement cell) =>
        MemoryXml.ReadBytes(new("memory", cell.Attribute("unit"), cell.Attribute("memory")?.Value));
}

/// <summary>The memory device of a live domain.</summary>
/// <param name="SizeBytes">The most it can give.</param>
/// <param name="BlockBytes">What it gives at once.</param>
/// <param name="RequestedBytes">What the guest was asked to have of it.</param>
/// <param name="CurrentBytes">What the guest has of it.</param>
internal sealed record ObservedMemoryDevice(long SizeBytes, long BlockBytes, long RequestedBytes, long CurrentBytes)
{
    internal static ObservedMemoryDevice? Read(XElement domain) =>
        MemoryDeviceXml.Find(domain)?.Element("target") is { } target
        && MemoryXml.ReadBytes(target.Element("size")) is { } size
        && MemoryXml.ReadBytes(target.Element("block")) is > 0 and { } block
            ? new(
                size,
                block,
                MemoryXml.ReadBytes(target.Element("requested")) ?? 0,
                MemoryXml.ReadBytes(target.Element("current")) ?? 0
            )
            : null;
}
