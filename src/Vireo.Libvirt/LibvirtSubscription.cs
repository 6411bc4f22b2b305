using System.Collections.Frozen;
using System.Threading.Channels;

namespace Vireo.Libvirt;

/// <summary>A stream of what happens to the domains of one host, in the order in which it happened.</summary>
/// <remarks>
/// The stream ends when the connection is lost or this is disposed: what was told before can still be read, nothing
/// comes
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
    private readonly DomainEventKinds _kinds;
    private readonly FrozenSet<string> _monitorEvents;
    private readonly Action<LibvirtSubscription> _disposed;

    internal LibvirtSubscription(
        DomainEventKinds kinds,
        IReadOnlyList<string> monitorEvents,
        Action<LibvirtSubscription> disposed
    )
    {
        _kinds = kinds;
        _monitorEvents = monitorEvents.ToFrozenSet(StringComparer.Ordinal);
        _disposed = disposed;
    }

    public ChannelReader<DomainEvent> Events => _events.Reader;

    public void Dispose()
    {
        _disposed(this);
        Complete();
    }

    /// <summary>Called by the event loop, which must not wait.</summary>
    internal void Publish(DomainEvent happened)
    {
        if (IsWanted(happened) && !_events.Writer.TryWrite(happened))
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

    private bool IsWanted(DomainEvent happened) =>
        happened is MonitorEvent monitor
            ? _monitorEvents.Contains(monitor.Name)
            : (_kinds & happened.Kind) != DomainEventKinds.None;
}
