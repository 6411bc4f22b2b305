using System.Globalization;
using System.Xml.Linq;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>The guest's memory, and room for more when it may grow.</summary>
internal static class MemoryXml
{
    private const int HotplugSlots = 16;

    /// <summary>How much the guest sees at boot; null when nothing says.</summary>
    public static long? GuestBytes(DomainSpec domain) =>
        (domain.Memory?.Guest ?? Claim(domain.Resources?.Requests) ?? Claim(domain.Resources?.Limits))?.Value;

    /// <summary>The most the guest may be given while it runs; null when it is not to grow.</summary>
    public static long? MaxBytes(DomainSpec domain) =>
        domain.Memory?.MaxGuest?.Value is { } most && most > (GuestBytes(domain) ?? 0) ? most : null;

    public static IEnumerable<XElement> Render(DomainContext context)
    {
        const string field = "spec.domain.memory.guest";
        if (GuestBytes(context.Domain) is not { } bytes || bytes <= 0)
        {
            context.Refuse(field, FieldErrorReason.FieldValueRequired, $"{field}: say how much memory the guest has.");
            yield break;
        }

        if (bytes > context.Host.MemoryBytes)
        {
            context.Unsupported(
                field,
                $"{field}: {bytes} bytes are more than the {context.Host.MemoryBytes} bytes this host has."
            );
        }

        if (MemoryDeviceXml.SizeBytes(context) is > 0 and var room)
        {
            yield return XmlParts.Size("maxMemory", bytes + room, XmlParts.Attribute("slots", HotplugSlots));
        }

        yield return XmlParts.Size("memory", bytes);
        yield return XmlParts.Size("currentMemory", bytes);
    }

    /// <summary>An amount as libvirt writes it: a number and its unit, KiB where none is given.</summary>
    public static long? ReadBytes(XElement? amount) =>
        long.TryParse(amount?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number * UnitBytes(amount.Attribute("unit")?.Value)
            : null;

    private static long UnitBytes(string? unit) =>
        unit switch
        {
            "b" or "bytes" => 1,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            "TiB" => 1L << 40,
            _ => 1L << 10,
        };

    private static Quantity? Claim(IReadOnlyDictionary<string, Quantity>? claims) =>
        claims is not null && claims.TryGetValue("memory", out var amount) ? amount : null;
}
