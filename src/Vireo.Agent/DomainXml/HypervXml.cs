using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What a Windows guest expects of Hyper-V.</summary>
internal static class HypervXml
{
    /// <summary>The first libvirt that can ask for the parts of the paravirtual flush one by one.</summary>
    private static readonly Version FlushParts = new(11, 0);

    public static XElement Render(DomainContext context, FeatureHyperv hyperv)
    {
        if (context.IsEmulated)
        {
            context.Unsupported(
                "spec.domain.features.hyperv",
                "spec.domain.features.hyperv needs KVM, without which this host runs guests; remove it."
            );
        }

        return new(
            "hyperv",
            new XAttribute("mode", "custom"),
            OnOff("relaxed", hyperv.Relaxed),
            OnOff("vapic", hyperv.Vapic),
            Spinlocks(hyperv.Spinlocks),
            OnOff("vpindex", hyperv.Vpindex),
            OnOff("runtime", hyperv.Runtime),
            OnOff("synic", hyperv.Synic),
            Timers(hyperv.Synictimer),
            OnOff("reset", hyperv.Reset),
            Vendor(context, hyperv.Vendorid),
            OnOff("frequencies", hyperv.Frequencies),
            OnOff("reenlightenment", hyperv.Reenlightenment),
            Flush(context, hyperv.Tlbflush),
            OnOff("ipi", hyperv.Ipi),
            OnOff("evmcs", hyperv.Evmcs)
        );
    }

    private static XElement? OnOff(string name, FeatureState? feature) =>
        feature is null ? null : new XElement(name, XmlParts.State(feature.Enabled != false));

    private static XElement? Spinlocks(FeatureSpinlocks? feature) =>
        feature is null
            ? null
            : new XElement(
                "spinlocks",
                XmlParts.State(feature.Enabled != false),
                feature.Enabled == false ? null : XmlParts.Attribute("retries", feature.Spinlocks ?? 4096)
            );

    private static XElement? Timers(SyNICTimer? feature) =>
        feature is null
            ? null
            : new XElement("stimer", XmlParts.State(feature.Enabled != false), OnOff("direct", feature.Direct));

    private static XElement? Vendor(DomainContext context, FeatureVendorID? feature) =>
        feature is null
            ? null
            : new XElement(
                "vendor_id",
                XmlParts.State(feature.Enabled != false),
                feature.Enabled == false
                    ? null
                    : XmlParts.Attribute(
                        "value",
                        context.Text("spec.domain.features.hyperv.vendorid.vendorid", feature.Vendorid)
                    )
            );

    private static XElement? Flush(DomainContext context, TLBFlush? feature)
    {
        if (feature is null)
        {
            return null;
        }

        if ((feature.Direct ?? feature.Extended) is not null && context.Host.LibvirtVersion < FlushParts)
        {
            var field = $"spec.domain.features.hyperv.tlbflush.{(feature.Direct is not null ? "direct" : "extended")}";
            context.Unsupported(
                field,
                $"{field} needs libvirt {FlushParts} or later; this host has {context.Host.LibvirtVersion}."
            );
        }

        return new(
            "tlbflush",
            XmlParts.State(feature.Enabled != false),
            OnOff("direct", feature.Direct),
            OnOff("extended", feature.Extended)
        );
    }
}
