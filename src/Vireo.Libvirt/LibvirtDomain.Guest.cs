using System.Runtime.InteropServices;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <content>What is known from inside the guest, mostly through its agent.</content>
public sealed unsafe partial class LibvirtDomain
{
    private const int AgentDefaultTimeout = -1;
    private const int Online = 1;

    /// <summary>The guest's interfaces and addresses, as the source knows them.</summary>
    public IReadOnlyList<GuestInterface> GetInterfaceAddresses(AddressSource source)
    {
        var count = Check.Succeeded(virDomainInterfaceAddresses(_domain, out var interfaces, (uint)source, 0));
        var result = new GuestInterface[count];
        for (var index = 0; index < count; index++)
        {
            result[index] = GuestInterface.Read(interfaces[index]);
            virDomainInterfaceFree(interfaces[index]);
        }

        NativeMemory.Free(interfaces);
        return result;
    }

    /// <summary>Bounds every later agent call on this run of the domain, in whole seconds.</summary>
    /// <remarks>
    /// Without it libvirt waits for ever once an agent has said hello and then hangs, and the domain can be changed by
    /// nobody meanwhile.
    /// </remarks>
    public void SetAgentTimeout(TimeSpan timeout) =>
        Check.Succeeded(virDomainAgentSetResponseTimeout(_domain, Seconds(timeout), 0));

    /// <summary>Sends a command to the guest agent and returns its answer, both JSON.</summary>
    /// <param name="json">The command, <c>{"execute":"guest-ping"}</c>.</param>
    /// <param name="timeout">How long to wait, in whole seconds; null for libvirt's five seconds.</param>
    public string AgentCommand(string json, TimeSpan? timeout = null) =>
        Check.OwnedText(
            virDomainQemuAgentCommand(_domain, json, timeout is { } wait ? Seconds(wait) : AgentDefaultTimeout, 0)
        );

    /// <summary>
    /// Asks the guest agent about the guest; of <see cref="GuestFactKinds"/> named, each must be answered.
    /// </summary>
    public GuestFacts GetGuestFacts(GuestFactKinds kinds = GuestFactKinds.Any)
    {
        Check.Succeeded(virDomainGetGuestInfo(_domain, (uint)kinds, out var parameters, out var count, 0));
        return GuestFacts.Of(TypedParameters.Take(parameters, count));
    }

    /// <summary>Asks the guest agent for the guest's own vCPUs.</summary>
    public GuestVcpus GetGuestVcpus()
    {
        Check.Succeeded(virDomainGetGuestVcpus(_domain, out var parameters, out var count, 0));
        return GuestVcpus.Of(TypedParameters.Take(parameters, (int)count));
    }

    /// <summary>Has the guest agent bring vCPUs online; those that are so stay so.</summary>
    /// <param name="vcpus">Which, of those that the guest knows of.</param>
    public void BringGuestVcpusOnline(IEnumerable<int> vcpus) =>
        Check.Succeeded(virDomainSetGuestVcpus(_domain, string.Join(',', vcpus), Online, 0));

    /// <summary>
    /// Makes the guest's file systems still and whole, for a snapshot; returns how many. All, or those mounted there.
    /// </summary>
    public int FreezeFileSystems(params string[] mountPoints) =>
        Check.Succeeded(virDomainFSFreeze(_domain, OrAll(mountPoints), (uint)mountPoints.Length, 0));

    /// <summary>Lets frozen file systems go on; returns how many.</summary>
    public int ThawFileSystems(params string[] mountPoints) =>
        Check.Succeeded(virDomainFSThaw(_domain, OrAll(mountPoints), (uint)mountPoints.Length, 0));

    private static string[]? OrAll(string[] mountPoints) => mountPoints.Length == 0 ? null : mountPoints;

    private static int Seconds(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 0, int.MaxValue);
}
