using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>The serial console: a socket to talk to it, and a log of what the guest wrote.</summary>
internal static class ConsoleXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (!context.HasSerialConsole)
        {
            yield break;
        }

        yield return new(
            "serial",
            new XAttribute("type", "unix"),
            new XElement("source", new XAttribute("mode", "bind"), new XAttribute("path", context.Paths.ConsoleSocket)),
            context.Devices.LogSerialConsole == false
                ? null
                : new XElement("log", new XAttribute("file", context.Paths.ConsoleLog), new XAttribute("append", "on")),
            new XElement("target", new XAttribute("port", "0"))
        );
    }
}
