using System.Xml.Linq;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Gives a running domain processors and memory.</summary>
internal static class LibvirtPlug
{
    /// <summary>Plugs vCPUs one after the other: a failure half way leaves those that came before it.</summary>
    public static void SetVcpus(LibvirtDomain domain, int count) =>
        Do(domain, () => domain.SetVcpus(count, VcpuImpact.Live));

    /// <summary>Brings online what the guest leaves offline, and tells how many it uses; null when it cannot tell.
    /// </summary>
    /// <param name="domain">Whose.</param>
    /// <param name="patience">How long to wait for each answer.</param>
    /// <exception cref="GuestAgentException">The agent is silent.</exception>
    public static int? BringVcpusOnline(LibvirtDomain domain, TimeSpan patience)
    {
        // A domain that came from another host does not know it yet.
        domain.SetAgentTimeout(patience);
        if (Ask(domain.GetGuestVcpus) is not { } has)
        {
            return null;
        }

        var offline = has.Known.Except(has.Online).ToList();
        if (offline.Count > 0)
        {
            has = Ask(() => BringOnline(domain, offline)) ?? has;
        }

        return has.Online.Count;
    }

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

    private static GuestVcpus BringOnline(LibvirtDomain domain, List<int> vcpus)
    {
        domain.BringGuestVcpusOnline(vcpus);
        return domain.GetGuestVcpus();
    }

    /// <summary>What the agent says; null when it refuses.</summary>
    private static GuestVcpus? Ask(Func<GuestVcpus> question)
    {
        try
        {
            return question();
        }
        catch (LibvirtException e) when (GuestAgentTalk.Translate(e) is { Fault: GuestAgentFault.Silent })
        {
            throw GuestAgentTalk.Translate(e)!;
        }
        catch (LibvirtException e) when (GuestAgentTalk.Translate(e) is not null)
        {
            return null;
        }
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
