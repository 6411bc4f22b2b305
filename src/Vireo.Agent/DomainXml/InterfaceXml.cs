using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Network interfaces. Both bindings attach to the host's guest network, which translates addresses.</summary>
internal static partial class InterfaceXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        foreach (var (nic, index) in (context.Devices.Interfaces ?? []).Select((nic, index) => (nic, index)))
        {
            var field = $"spec.domain.devices.interfaces[{index}]";
            if (nic.State == "absent")
            {
                continue;
            }

            Check(context, field, nic);
            yield return Interface(context, field, nic);
        }
    }

    private static void Check(DomainContext context, string field, Interface nic)
    {
        if ((context.Spec.Networks ?? []).All(network => network.Name != nic.Name))
        {
            context.Refuse(
                $"{field}.name",
                FieldErrorReason.FieldValueNotFound,
                $"{field}.name '{nic.Name}' not found."
            );
        }

        if (context.Host.NetworkFault is { } fault)
        {
            context.Unsupported(field, $"{field}: {fault}");
        }
    }

    private static XElement Interface(DomainContext context, string field, Interface nic)
    {
        var model = nic.Model ?? "virtio";
        var isVirtio = model == "virtio";
        return new(
            "interface",
            new XAttribute("type", "network"),
            new XElement("mac", new XAttribute("address", Mac(context, field, nic))),
            new XElement("source", new XAttribute("network", context.Paths.Network)),
            new XElement("model", new XAttribute("type", model)),
            Queues(context, isVirtio),
            nic.State == "down" ? new XElement("link", new XAttribute("state", "down")) : null,
            XmlParts.BootOrder(nic.BootOrder),
            // Without a boot ROM the firmware does not spend a second on a card that nobody boots from.
            nic.BootOrder
                is null
                ? new XElement("rom", new XAttribute("enabled", "no"))
                : null,
            nic.AcpiIndex is { } acpi ? new XElement("acpi", XmlParts.Attribute("index", acpi)) : null,
            XmlParts.Alias(nic.Name),
            PciAddressXml.Render(context, $"{field}.pciAddress", nic.PciAddress)
        );
    }

    private static XElement? Queues(DomainContext context, bool isVirtio)
    {
        var vcpus = VcpuTopology.Of(context.Domain.Cpu).Count;
        return context.Devices.NetworkInterfaceMultiqueue == true && isVirtio && vcpus > 1
            ? new XElement("driver", XmlParts.Attribute("queues", Math.Min(vcpus, 256)))
            : null;
    }

    /// <summary>
    /// The address the user gave, or one made from the guest's uuid and the interface's name, so that it is the same
    /// at every boot of the virtual machine.
    /// </summary>
    private static string Mac(DomainContext context, string field, Interface nic)
    {
        if (nic.MacAddress is { Length: > 0 } given)
        {
            if (!Pattern().IsMatch(given))
            {
                context.Refuse(
                    $"{field}.macAddress",
                    FieldErrorReason.FieldValueInvalid,
                    $"{field}.macAddress: '{given}' is no hardware address; write it as 02:00:00:12:34:56."
                );
            }

            return given.Replace('-', ':').ToLowerInvariant();
        }

        var seed = Encoding.UTF8.GetBytes($"{context.Domain.Firmware?.Uuid}/{nic.Name}");
        var hash = SHA256.HashData(seed);
        hash[0] = 0x02; // locally administered, one station
        return string.Join(':', hash.Take(6).Select(part => part.ToString("x2", null)));
    }

    [GeneratedRegex(
        "^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        Timeout.Infinite
    )]
    private static partial Regex Pattern();
}
