using System.Collections.Concurrent;
using Vireo.Libvirt.Events;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    Error = 0,

    /// <summary>The daemon hung up: it was stopped or has crashed. Its guests run on.</summary>
    EndOfFile = 1,

    /// <summary>The daemon has not answered for some time.</summary>
    KeepAlive = 2,

    /// <summary>We closed it.</summary>
    Client = 3,
}

/// <summary>An open connection to one host's libvirt.</summary>
/// <remarks>
/// Calls block and may be made from several threads. A connection that was lost stays lost: open a new one. Disposing
/// it
/// ends its subscriptions and does nothing to guests.
/// </remarks>
public sealed partial class LibvirtConnection : IDisposable
{
    // A daemon that is silent for 5 s is asked; after 4 questions without an answer, some 25 s in all, it counts as
    // lost.
    private const int KeepAliveSeconds = 5;
    private const uint KeepAliveCount = 4;

    private readonly ConnectionHandle _connection;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<LibvirtSubscription, bool> _subscriptions = new();
    private readonly TaskCompletionSource<CloseReason> _closed = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly EventRegistrations _registrations;
    private readonly nint _token;
    private bool _disposed;

    private LibvirtConnection(ConnectionHandle connection)
    {
        _connection = connection;
        _token = CallbackTargets.Add(this);
        _registrations = new(connection, _token);
    }

    /// <summary>Completes, with the reason, when the connection ends; then it is of no more use.</summary>
    public Task<CloseReason> Closed => _closed.Task;

    public bool IsAlive => !_closed.Task.IsCompleted && virConnectIsAlive(_connection) == 1;

    public string HostName => Check.OwnedText(virConnectGetHostname(_connection));

    /// <summary>Connects, starting the event loop of this process if it does not run yet.</summary>
    /// <param name="uri"><c>qemu:///system</c>, for one.</param>
    public static LibvirtConnection Open(string uri)
    {
        LibvirtEventLoop.EnsureRunning();
        var connection = new LibvirtConnection(Check.Valid(virConnectOpen(uri)));
        try
        {
            connection.WatchLink();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The hypervisor's version: QEMU's.</summary>
    public Version GetVersion()
    {
        Check.Succeeded(virConnectGetVersion(_connection, out var version));
        return ToVersion(version);
    }

    /// <summary>The daemon's version.</summary>
    public Version GetLibVersion()
    {
        Check.Succeeded(virConnectGetLibVersion(_connection, out var version));
        return ToVersion(version);
    }

    /// <summary>
    /// What the host and its emulators offer, as XML; the daemon may take seconds for the first answer.
    /// </summary>
    public string GetCapabilities() => Check.OwnedText(virConnectGetCapabilities(_connection));

    /// <summary>What one emulator offers for one machine type, as XML; null leaves the choice to libvirt.</summary>
    public string GetDomainCapabilities(
        string? emulator = null,
        string? arch = null,
        string? machine = null,
        string? virtType = null
    ) => Check.OwnedText(virConnectGetDomainCapabilities(_connection, emulator, arch, machine, virtType, 0));

    public NodeFacts GetNodeFacts()
    {
        Check.Succeeded(virNodeGetInfo(_connection, out var node));
        return new(
            Check.FixedText(node.Model),
            Kibibytes.ToBytes(node.Memory),
            (int)node.Cpus,
            (int)node.Nodes,
            (int)node.Sockets,
            (int)node.Cores,
            (int)node.Threads
        );
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            CallbackTargets.Remove(_token);
            End(CloseReason.Client);

            // libvirt counts a registered callback as a user of the connection: with one left it would stay open for
            // ever.
            _registrations.RemoveAllLocked();
            _ = virConnectUnregisterCloseCallback(_connection, Callbacks.ConnectionClosed);
            _connection.Dispose();
        }
    }

    /// <summary>
    /// Called by the event loop, which must not wait: so it takes no lock and runs no code of others.
    /// </summary>
    internal void OnClosed(CloseReason reason) => End(reason);

    /// <summary>Called by the event loop, which must not wait.</summary>
    internal void OnEvent(DomainEvent happened)
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Publish(happened);
        }
    }

    private void End(CloseReason reason)
    {
        _closed.TrySetResult(reason);
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Complete();
        }
    }

    private static Version ToVersion(nuint number)
    {
        var value = (int)number;
        return new(value / 1_000_000, value / 1000 % 1000, value % 1000);
    }

    private void WatchLink()
    {
        Check.Succeeded(virConnectRegisterCloseCallback(_connection, Callbacks.ConnectionClosed, _token, 0));
        if (virConnectSetKeepAlive(_connection, KeepAliveSeconds, KeepAliveCount) < 0)
        {
            // Drivers inside the process, as test:///, have no link that could break.
            var error = Check.LastError(nameof(virConnectSetKeepAlive));
            if (error.Code != ErrorCode.NoSupport)
            {
                throw error;
            }
        }
    }
}
