using System.Xml.Linq;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>A watchdog that acts when the guest hangs.</summary>
internal static class WatchdogXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (context.Devices.Watchdog is not { } watchdog)
        {
            yield break;
        }

        if (watchdog.I6300esb is not { } device)
        {
            context.Refuse(
                "spec.domain.devices.watchdog.i6300esb",
                FieldErrorReason.FieldValueRequired,
                "spec.domain.devices.watchdog.i6300esb: it is the only watchdog there is; add it."
            );
            yield break;
        }

        yield return new(
            "watchdog",
            new XAttribute("model", "i6300esb"),
            new XAttribute("action", device.Action ?? "reset"),
            XmlParts.Alias(watchdog.Name)
        );
    }
}
