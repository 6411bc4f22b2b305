using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>A running guest as the host is told that it moves to. Pure.</summary>
/// <remarks>
/// All that the guest sees stays as it is: only the paths of its files and sockets become those of the other host.
/// </remarks>
internal static class TargetXml
{
    /// <summary>The domain with its paths changed.</summary>
    /// <param name="domain">libvirt's description of the running domain, in the form that it migrates by.</param>
    /// <param name="from">The state folder that its paths begin with.</param>
    /// <param name="to">The state folder that they are to begin with.</param>
    public static XElement Of(XElement domain, string from, string to)
    {
        var moved = new XElement(domain);
        // What is below a disk lies elsewhere on the other host: libvirt finds it by the disk itself.
        foreach (var below in moved.Descendants("backingStore").ToList())
        {
            below.Remove();
        }

        foreach (var element in moved.DescendantsAndSelf())
        {
            foreach (var attribute in element.Attributes().Where(each => !each.IsNamespaceDeclaration))
            {
                attribute.Value = Moved(attribute.Value, from, to);
            }

            foreach (var text in element.Nodes().OfType<XText>())
            {
                text.Value = Moved(text.Value, from, to);
            }
        }

        return moved;
    }

    private static string Moved(string value, string from, string to) =>
        value.StartsWith(from + "/", StringComparison.Ordinal) ? to + value[from.Length..] : value;
}
