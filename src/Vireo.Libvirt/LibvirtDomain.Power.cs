using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <content>Start, stop and what lies between.</content>
public sealed partial class LibvirtDomain
{
    /// <summary>Starts a defined domain.</summary>
    public void Start(DomainStart flags = DomainStart.Running) =>
        Check.Succeeded(virDomainCreateWithFlags(_domain, (uint)flags));

    /// <summary>Asks the guest to power off; returns when it was asked, not when it did.</summary>
    public void Shutdown(PowerRequest by = PowerRequest.Default) =>
        Check.Succeeded(virDomainShutdownFlags(_domain, (uint)by));

    /// <summary>Asks the guest to reboot; returns when it was asked, not when it did.</summary>
    public void Reboot(PowerRequest by = PowerRequest.Default) => Check.Succeeded(virDomainReboot(_domain, (uint)by));

    /// <summary>Presses the reset button: the guest is not asked.</summary>
    public void Reset() => Check.Succeeded(virDomainReset(_domain, 0));

    /// <summary>Pulls the plug, and waits until QEMU is gone. A transient domain is gone then.</summary>
    public void Destroy(DomainDestroy flags = DomainDestroy.Default) =>
        Check.Succeeded(virDomainDestroyFlags(_domain, (uint)flags));

    /// <summary>Stops the guest's CPUs.</summary>
    public void Suspend() => Check.Succeeded(virDomainSuspend(_domain));

    /// <summary>Lets the guest's CPUs run again.</summary>
    public void Resume() => Check.Succeeded(virDomainResume(_domain));

    /// <summary>Removes the stored definition; a running domain becomes transient.</summary>
    public void Undefine(DomainUndefine flags = DomainUndefine.Default) =>
        Check.Succeeded(virDomainUndefineFlags(_domain, (uint)flags));

    /// <summary>Chooses what libvirt does when the guest powers off, reboots or crashes; holds at once.</summary>
    public void SetLifecycleAction(
        GuestTransition on,
        LifecycleAction action,
        DomainImpact impact = DomainImpact.Current
    ) => Check.Succeeded(virDomainSetLifecycleAction(_domain, (uint)on, (uint)action, (uint)impact));
}
