using System.Xml.Linq;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Gives a running domain processors and memory.</summary>
internal static class LibvirtPlug
{
    /// <summary>Plugs vCPUs one after the other: a failure half way leaves those that came before it.</summary>
    public static void SetVcpus(LibvirtDomain domain, int count) =>
        Do(domain, () => domain.SetVcpus(count, VcpuImpact.Live));

    /// <summary>Asks the guest to have this much of the memory device.</summary>
    /// <exception cref="HypervisorException">It has none.</exception>
    public static void RequestMemory(LibvirtDomain domain, long bytes)
    {
        var device =
            MemoryDeviceXml.Find(XElement.Parse(domain.GetXml()))
            ?? throw new HypervisorException("The guest was started without room for more memory.", isTransient: false);
        var next = MemoryDeviceXml.WithRequested(device, bytes).ToString(SaveOptions.DisableFormatting);
        Do(domain, () => domain.UpdateDevice(next, DeviceImpact.Live));
    }

    /// <summary>That it cannot be done in this state of the domain is an answer here, as long as it runs.</summary>
    private static void Do(LibvirtDomain domain, Action act)
    {
        try
        {
            act();
        }
        catch (LibvirtException e)
            when (e.Code == ErrorCode.OperationInvalid && LibvirtGuest.Observe(domain) is not null)
        {
            throw LibvirtErrors.Translate(e);
        }
    }
}
