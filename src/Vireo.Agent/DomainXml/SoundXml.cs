using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>A sound device. Nobody listens: it is there for guests that want one.</summary>
internal static class SoundXml
{
    public static IEnumerable<XElement> Render(DomainContext context) =>
        context.Devices.Sound is { } sound
            ? [new("sound", new XAttribute("model", sound.Model ?? "ich9"), XmlParts.Alias(sound.Name))]
            : [];
}
