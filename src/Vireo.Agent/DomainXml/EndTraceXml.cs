using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>Has QEMU write into libvirt's log of the guest how the guest came to its end.</summary>
/// <remarks>
/// libvirt tells, and logs, the same for a reboot that ends the guest and for a shutdown. QEMU's events tell them
/// apart, but only to those who listen at that moment; what QEMU traces is read by <see cref="QemuLog"/> at any time
/// later. It costs a few lines of log, and libvirt marks the domain as tainted (custom-argv), which changes nothing but
/// a line in its log: so only guests whose reboot ends them bear it. A QEMU that was built without trace points, or
/// that traces elsewhere, goes on without: then it is not known which it was if no agent listened.
/// </remarks>
internal static class EndTraceXml
{
    private static readonly XNamespace Qemu = "http://libvirt.org/schemas/domain/qemu/1.0";

    /// <summary>QEMU's trace points: that the guest wants to power off, and each change of what QEMU does.</summary>
    private static readonly IReadOnlyList<string> TracePoints = [QemuLog.ShutdownRequest, QemuLog.StateChange];

    public static IEnumerable<XElement> Render(DomainContext context)
    {
        if (context.EndsOnReboot)
        {
            yield return new(
                Qemu + "commandline",
                new XAttribute(XNamespace.Xmlns + "qemu", Qemu.NamespaceName),
                TracePoints.SelectMany(point => new[] { Argument("-trace"), Argument(point) })
            );
        }
    }

    private static XElement Argument(string value) => new(Qemu + "arg", new XAttribute("value", value));
}
