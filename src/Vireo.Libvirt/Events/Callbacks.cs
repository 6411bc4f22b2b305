using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vireo.Libvirt.Native;

namespace Vireo.Libvirt.Events;

/// <summary>The functions that libvirt calls, one for each C signature. All run on the event loop's thread.</summary>
/// <remarks>
/// Each reads its arguments, which are libvirt's again when it returns, makes an event of them and hands it to its
/// connection, which never waits. None may throw: there is nobody above to catch.
/// </remarks>
internal static unsafe class Callbacks
{
    public static nint SilentError => (nint)(delegate* unmanaged[Cdecl]<nint, VirError*, void>)&OnError;

    public static nint ConnectionClosed => (nint)(delegate* unmanaged[Cdecl]<nint, int, nint, void>)&OnConnectionClosed;

    public static nint Monitor =>
        (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, long, uint, nint, nint, void>)&OnMonitorEvent;

    /// <summary>The function for one of libvirt's domain events.</summary>
    public static nint For(DomainEventKinds kind) =>
        kind switch
        {
            DomainEventKinds.Lifecycle => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, int>)&OnLifecycle,
            DomainEventKinds.Reboot => (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, void>)&OnReboot,
            DomainEventKinds.AgentLifecycle => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, void>)&OnAgentLifecycle,
            DomainEventKinds.DeviceAdded => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, void>)&OnDeviceAdded,
            DomainEventKinds.DeviceRemoved => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, void>)&OnDeviceRemoved,
            DomainEventKinds.DeviceRemovalFailed => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, void>)&OnDeviceRemovalFailed,
            DomainEventKinds.MemoryDeviceSize => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, nint, ulong, nint, void>)&OnMemoryDeviceSize,
            DomainEventKinds.MigrationIteration => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, int, nint, void>)&OnMigrationIteration,
            DomainEventKinds.JobCompleted => (nint)
                (delegate* unmanaged[Cdecl]<nint, nint, VirTypedParameter*, int, nint, void>)&OnJobCompleted,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no callback for this event."),
        };

    private static LibvirtConnection? Connection(nint token) => CallbackTargets.Find<LibvirtConnection>(token);

    /// <summary>Keeps libvirt from printing each error on standard error.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint userData, VirError* error) { }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnConnectionClosed(nint connection, int reason, nint token) =>
        Connection(token)?.OnClosed((CloseReason)reason);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnLifecycle(nint connection, nint domain, int type, int detail, nint token)
    {
        Connection(token)?.OnEvent(LifecycleChanged.Of(DomainIdentity.Read(domain), type, detail));
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReboot(nint connection, nint domain, nint token) =>
        Connection(token)?.OnEvent(new Rebooted(DomainIdentity.Read(domain)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnAgentLifecycle(nint connection, nint domain, int state, int reason, nint token) =>
        Connection(token)
            ?.OnEvent(new AgentChanged(DomainIdentity.Read(domain), (AgentState)state, (AgentReason)reason));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDeviceAdded(nint connection, nint domain, nint alias, nint token) =>
        Connection(token)?.OnEvent(new DeviceAdded(DomainIdentity.Read(domain), Text(alias)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDeviceRemoved(nint connection, nint domain, nint alias, nint token) =>
        Connection(token)?.OnEvent(new DeviceRemoved(DomainIdentity.Read(domain), Text(alias)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDeviceRemovalFailed(nint connection, nint domain, nint alias, nint token) =>
        Connection(token)?.OnEvent(new DeviceRemovalFailed(DomainIdentity.Read(domain), Text(alias)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMemoryDeviceSize(nint connection, nint domain, nint alias, ulong size, nint token) =>
        Connection(token)?.OnEvent(new MemoryDeviceResized(DomainIdentity.Read(domain), Text(alias), (long)size));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMigrationIteration(nint connection, nint domain, int iteration, nint token) =>
        Connection(token)?.OnEvent(new MigrationIterated(DomainIdentity.Read(domain), iteration));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnJobCompleted(
        nint connection,
        nint domain,
        VirTypedParameter* parameters,
        int count,
        nint token
    ) => Connection(token)?.OnEvent(JobEnded.Of(DomainIdentity.Read(domain), TypedParameters.Read(parameters, count)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMonitorEvent(
        nint connection,
        nint domain,
        nint name,
        long seconds,
        uint microseconds,
        nint details,
        nint token
    ) =>
        Connection(token)
            ?.OnEvent(
                new MonitorEvent(
                    DomainIdentity.Read(domain),
                    Text(name),
                    seconds < 0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddMicroseconds(microseconds),
                    Marshal.PtrToStringUTF8(details)
                )
            );

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
