using System.Numerics;
using System.Threading.Channels;
using Vireo.Libvirt.Events;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <summary>A stream of what happens to the domains of one host, in the order in which it happened.</summary>
/// <remarks>
/// The stream ends when the connection is lost or this is disposed: what was told before can still be read, nothing comes
/// after. A reader that falls <see cref="Capacity"/> events behind gets a <see cref="LibvirtException"/> with
/// <see cref="ErrorCode.Overflow"/>: it has missed some, so it subscribes anew and lists what there is. The event loop
/// never waits for a reader.
/// </remarks>
public sealed class LibvirtSubscription : IDisposable
{
    public const int Capacity = 65_536;

    private readonly Channel<DomainEvent> _events = Channel.CreateBounded<DomainEvent>(
        new BoundedChannelOptions(Capacity) { SingleWriter = true }
    );
    private readonly ConnectionHandle _connection;
    private readonly Action<LibvirtSubscription> _disposed;
    private readonly Lock _gate = new();
    private readonly List<int> _domainCallbacks = [];
    private readonly List<int> _monitorCallbacks = [];
    private nint _token;

    internal LibvirtSubscription(ConnectionHandle connection, Action<LibvirtSubscription> disposed)
    {
        _connection = connection;
        _disposed = disposed;
        _token = CallbackTargets.Add(this);
    }

    public ChannelReader<DomainEvent> Events => _events.Reader;

    /// <summary>Stops it. Takes a round trip to the daemon, so not from a place that must not block.</summary>
    public void Dispose()
    {
        // The second caller waits for the first: when either returns, libvirt knows no callback of this any more.
        lock (_gate)
        {
            if (_token == 0)
            {
                return;
            }

            CallbackTargets.Remove(_token);
            _token = 0;
            Complete();
            DeregisterLocked();
            _disposed(this);
        }
    }

    internal void Register(DomainEventKinds kinds, IReadOnlyList<string> monitorEvents)
    {
        lock (_gate)
        {
            for (var rest = (uint)kinds; rest != 0; rest &= rest - 1)
            {
                var id = BitOperations.TrailingZeroCount(rest);
                var callback = Callbacks.For((DomainEventKinds)(1 << id));
                _domainCallbacks.Add(
                    Check.Succeeded(virConnectDomainEventRegisterAny(_connection, 0, id, callback, _token, 0))
                );
            }

            foreach (var name in monitorEvents)
            {
                _monitorCallbacks.Add(
                    Check.Succeeded(
                        virConnectDomainQemuMonitorEventRegister(_connection, 0, name, Callbacks.Monitor, _token, 0, 0)
                    )
                );
            }
        }
    }

    /// <summary>Called by the event loop, which must not wait.</summary>
    internal void Publish(DomainEvent happened)
    {
        if (!_events.Writer.TryWrite(happened))
        {
            // Full, or ended already; ending an ended stream does nothing.
            _events.Writer.TryComplete(
                new LibvirtException(
                    nameof(LibvirtConnection.Subscribe),
                    ErrorCode.Overflow,
                    ErrorDomain.Event,
                    $"the reader is {Capacity} events behind and has missed some; subscribe anew and list what there is"
                )
            );
        }
    }

    internal void Complete() => _events.Writer.TryComplete();

    /// <remarks>Where the link is broken the daemon is not there to be told; the library forgets its part all the same.</remarks>
    private void DeregisterLocked()
    {
        foreach (var callback in _domainCallbacks)
        {
            _ = virConnectDomainEventDeregisterAny(_connection, callback);
        }

        foreach (var callback in _monitorCallbacks)
        {
            _ = virConnectDomainQemuMonitorEventDeregister(_connection, callback);
        }
    }
}
