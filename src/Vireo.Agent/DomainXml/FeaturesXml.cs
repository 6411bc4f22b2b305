using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Features of the board and the hypervisor.</summary>
internal static class FeaturesXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        var features = context.Domain.Features;
        yield return new(
            "features",
            IsOn(features?.Acpi, whenEmpty: true) ? new XElement("acpi") : null,
            Apic(context, features?.Apic),
            features?.Hyperv is { } hyperv ? HypervXml.Render(context, hyperv) : null,
            features?.Kvm is { } kvm
                ? new XElement("kvm", new XElement("hidden", XmlParts.State(kvm.Hidden == true)))
                : null,
            features?.Pvspinlock is { } locks
                ? new XElement("pvspinlock", XmlParts.State(locks.Enabled != false))
                : null,
            features?.Smm is { } smm ? Smm(context, smm) : null
        );
    }

    private static XElement Smm(DomainContext context, FeatureState smm)
    {
        var isOn = smm.Enabled != false;
        if (isOn && context.Chipset == "pc")
        {
            context.Unsupported(
                "spec.domain.features.smm",
                $"spec.domain.features.smm: machine type {context.MachineType} has none; use a q35 type or turn it off."
            );
        }

        return new("smm", XmlParts.State(isOn));
    }

    /// <summary>True when the guest has a power button.</summary>
    public static bool HasAcpi(DomainSpec domain) => IsOn(domain.Features?.Acpi, whenEmpty: true);

    private static bool IsOn(FeatureState? feature, bool whenEmpty) =>
        feature is null ? whenEmpty : feature.Enabled != false;

    private static XElement? Apic(DomainContext context, FeatureAPIC? apic)
    {
        if (!context.IsX86)
        {
            return null;
        }

        return apic?.Enabled == false
            ? null
            : new XElement("apic", apic?.EndOfInterrupt is { } eoi ? new XAttribute("eoi", eoi ? "on" : "off") : null);
    }
}
