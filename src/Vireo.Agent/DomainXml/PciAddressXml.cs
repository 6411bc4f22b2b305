using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>A device's place on the PCI bus, when the user wants a certain one.</summary>
internal static partial class PciAddressXml
{
    public static XElement? Render(DomainContext context, string field, string? address)
    {
        if (address is null)
        {
            return null;
        }

        if (Pattern().Match(address) is not { Success: true } match)
        {
            context.Refuse(
                field,
                FieldErrorReason.FieldValueInvalid,
                $"{field}: '{address}' is no PCI address; write it as 0000:81:01.0."
            );
            return null;
        }

        return new(
            "address",
            new XAttribute("type", "pci"),
            new XAttribute("domain", $"0x{match.Groups[1].Value}"),
            new XAttribute("bus", $"0x{match.Groups[2].Value}"),
            new XAttribute("slot", $"0x{match.Groups[3].Value}"),
            new XAttribute("function", string.Create(CultureInfo.InvariantCulture, $"0x{match.Groups[4].Value}"))
        );
    }

    [GeneratedRegex(
        "^([0-9a-fA-F]{4}):([0-9a-fA-F]{2}):([01][0-9a-fA-F])\\.([0-7])$",
        RegexOptions.CultureInvariant,
        100
    )]
    private static partial Regex Pattern();
}
