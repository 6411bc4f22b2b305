using System.Numerics;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt.Events;

/// <summary>What one connection has asked libvirt to call it for: each event once, however many listen.</summary>
/// <remarks>
/// libvirt refuses the same callback function for the same event a second time on one connection, whatever it carries.
/// What was asked for once stays until the connection closes: an event nobody listens to costs next to nothing. The
/// caller
/// locks.
/// </remarks>
internal sealed class EventRegistrations(ConnectionHandle connection, nint token)
{
    private readonly Dictionary<DomainEventKinds, int> _kinds = [];
    private readonly Dictionary<string, int> _monitorEvents = new(StringComparer.Ordinal);

    public void AddLocked(DomainEventKinds kinds)
    {
        for (var rest = (uint)kinds; rest != 0; rest &= rest - 1)
        {
            var id = BitOperations.TrailingZeroCount(rest);
            var kind = (DomainEventKinds)(1 << id);
            if (!_kinds.ContainsKey(kind))
            {
                var callback = Callbacks.For(kind);
                _kinds[kind] = Check.Succeeded(virConnectDomainEventRegisterAny(connection, 0, id, callback, token, 0));
            }
        }
    }

    public void AddLocked(string monitorEvent)
    {
        if (!_monitorEvents.ContainsKey(monitorEvent))
        {
            var callback = Callbacks.Monitor;
            _monitorEvents[monitorEvent] = Check.Succeeded(
                virConnectDomainQemuMonitorEventRegister(connection, 0, monitorEvent, callback, token, 0, 0)
            );
        }
    }

    /// <remarks>
    /// Where the link is broken the daemon is not there to be told; the library forgets its part all the same.
    /// </remarks>
    public void RemoveAllLocked()
    {
        foreach (var callback in _kinds.Values)
        {
            _ = virConnectDomainEventDeregisterAny(connection, callback);
        }

        foreach (var callback in _monitorEvents.Values)
        {
            _ = virConnectDomainQemuMonitorEventDeregister(connection, callback);
        }
    }
}
