using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>What becomes of the domain when the guest powers off, reboots, crashes or wants to sleep.</summary>
internal static class LifecycleXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        yield return new("on_poweroff", "destroy");
        yield return new("on_reboot", context.EndsOnReboot ? "destroy" : "restart");
        yield return new("on_crash", "destroy");
        if (context.IsX86)
        {
            yield return new(
                "pm",
                new XElement("suspend-to-mem", new XAttribute("enabled", "no")),
                new XElement("suspend-to-disk", new XAttribute("enabled", "no"))
            );
        }
    }

    /// <summary>True when the guest's next reboot ends a live domain.</summary>
    public static bool EndsOnReboot(XElement domain) => domain.Element("on_reboot")?.Value == "destroy";
}
