using System.Xml.Linq;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>The guest's clock and its timers.</summary>
internal static class ClockXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        var clock = context.Domain.Clock;
        if (clock is { Timezone: not null, Utc: not null })
        {
            context.Refuse(
                "spec.domain.clock.timezone",
                FieldErrorReason.FieldValueInvalid,
                "spec.domain.clock.timezone and spec.domain.clock.utc exclude each other; keep one."
            );
        }

        yield return new("clock", Offset(context, clock), Timers(clock?.Timer));
    }

    private static IEnumerable<XAttribute> Offset(DomainContext context, Clock? clock) =>
        (context.Text("spec.domain.clock.timezone", clock?.Timezone), clock?.Utc?.OffsetSeconds) switch
        {
            ({ } zone, _) => [new("offset", "timezone"), new("timezone", zone)],
            (_, { } seconds) =>
            [
                new("offset", "variable"),
                XmlParts.Attribute("adjustment", seconds)!,
                new("basis", "utc"),
            ],
            _ => [new("offset", "utc")],
        };

    private static IEnumerable<XElement?> Timers(Api.Timer? timers) =>
        timers is null
            ? []
            :
            [
                Timer("rtc", timers.Rtc?.Present, timers.Rtc?.TickPolicy, timers.Rtc is not null, timers.Rtc?.Track),
                Timer("pit", timers.Pit?.Present, timers.Pit?.TickPolicy, timers.Pit is not null),
                Timer("hpet", timers.Hpet?.Present, timers.Hpet?.TickPolicy, timers.Hpet is not null),
                Timer("kvmclock", timers.Kvm?.Present, null, timers.Kvm is not null),
                Timer("hypervclock", timers.Hyperv?.Present, null, timers.Hyperv is not null),
            ];

    private static XElement? Timer(string name, bool? present, string? policy, bool isGiven, string? track = null) =>
        isGiven
            ? new XElement(
                "timer",
                new XAttribute("name", name),
                new XAttribute("present", present == false ? "no" : "yes"),
                XmlParts.Attribute("tickpolicy", policy),
                XmlParts.Attribute("track", track)
            )
            : null;
}
