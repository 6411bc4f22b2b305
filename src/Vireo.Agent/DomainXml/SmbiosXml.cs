using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What the guest reads of its maker and case. Only what the user gave: the rest stays QEMU's own.</summary>
internal static class SmbiosXml
{
    public static bool HasValues(DomainSpec domain) =>
        domain.Firmware?.Serial is not null || domain.Chassis is not null;

    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (!HasValues(context.Domain))
        {
            yield break;
        }

        var chassis = context.Domain.Chassis;
        var serial = Entry(context, "serial", "spec.domain.firmware.serial", context.Domain.Firmware?.Serial);
        var parts = new[]
        {
            Entry(context, "manufacturer", "spec.domain.chassis.manufacturer", chassis?.Manufacturer),
            Entry(context, "version", "spec.domain.chassis.version", chassis?.Version),
            Entry(context, "serial", "spec.domain.chassis.serial", chassis?.Serial),
            Entry(context, "asset", "spec.domain.chassis.asset", chassis?.Asset),
            Entry(context, "sku", "spec.domain.chassis.sku", chassis?.Sku),
        };
        yield return new(
            "sysinfo",
            new XAttribute("type", "smbios"),
            serial is null ? null : new XElement("system", serial),
            parts.All(part => part is null) ? null : new XElement("chassis", parts)
        );
    }

    private static XElement? Entry(DomainContext context, string name, string field, string? value) =>
        context.Text(field, value) is { } text ? new XElement("entry", new XAttribute("name", name), text) : null;
}
