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
            new XAttribute("domain", $"0x{match.Groups["domain"].Value}"),
            new XAttribute("bus", $"0x{match.Groups["bus"].Value}"),
            new XAttribute("slot", $"0x{match.Groups["slot"].Value}"),
            new XAttribute("function", $"0x{match.Groups["function"].Value}")
        );
    }

    [GeneratedRegex(
        "^(?<domain>[0-9a-fA-F]{4}):(?<bus>[0-9a-fA-F]{2}):(?<slot>[01][0-9a-fA-F])\\.(?<function>[0-7])$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout.Infinite
    )]
    private static partial Regex Pattern();
}
