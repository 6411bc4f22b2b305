using Microsoft.Extensions.Logging;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>
/// Keeps one connection to libvirt, opens it anew when it is lost, and passes on what happens to domains.
/// </summary>
/// <param name="find">Finds the daemon, at each try.</param>
/// <param name="time">Times pauses between tries.</param>
/// <param name="logger">Told when the connection comes and goes.</param>
internal sealed class LibvirtLink(FindLibvirt find, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private volatile Open? _open;

    public event Action<DomainEvent>? Happened;

    public event Action? Connected;

    /// <summary>Why there is no connection; null while there is one.</summary>
    public string? Fault { get; private set; } = "libvirt has not been looked for yet.";

    /// <summary>Where the daemon is that is connected to.</summary>
    public LibvirtEndpoint Endpoint => Current.Endpoint;

    private Open Current => _open ?? throw LibvirtErrors.Unreachable(Fault ?? "libvirt does not answer.");

    /// <summary>Makes blocking calls on a thread of their own, so that the few of the pool go on.</summary>
    public Task<T> CallAsync<T>(Func<LibvirtConnection, T> call, CancellationToken ct)
    {
        var connection = Current.Connection;
        return OnThreadAsync(() => call(connection), ct);
    }

    /// <summary>Keeps the connection until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var pause = FirstPause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(() => pause = FirstPause, ct);
            }
            catch (HypervisorException e)
            {
                Lose(e.Message);
            }
            catch (LibvirtException e)
            {
                Lose(LibvirtErrors.Translate(e).Message);
            }

            await Task.Delay(pause, time, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task FollowAsync(Action connected, CancellationToken ct)
    {
        var endpoint = await find(ct);
        var connection = await OnThreadAsync(() => LibvirtConnection.Open(endpoint.Uri), ct);
        try
        {
            using var subscription = connection.Subscribe(
                DomainEventKinds.Lifecycle | DomainEventKinds.AgentLifecycle | DomainEventKinds.MemoryDeviceSize,
                GuestHistory.MonitorEvents
            );
            _open = new(connection, endpoint);
            Fault = null;
            connected();
            logger.LibvirtConnected(endpoint.Uri);
            Connected?.Invoke();
            await foreach (var happened in subscription.Events.ReadAllAsync(ct))
            {
                Happened?.Invoke(happened);
            }

            Lose($"the connection to libvirt at {endpoint.Uri} was lost.");
        }
        finally
        {
            _open = null;
            await OnThreadAsync(
                () =>
                {
                    connection.Dispose();
                    return true;
                },
                CancellationToken.None
            );
        }
    }

    private void Lose(string why)
    {
        if (Fault != why)
        {
            Fault = why;
            logger.LibvirtLost(why);
        }
    }

    private static Task<T> OnThreadAsync<T>(Func<T> call, CancellationToken ct) =>
        Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return call();
                }
                catch (LibvirtException e)
                {
                    throw LibvirtErrors.Translate(e);
                }
                catch (ObjectDisposedException e)
                {
                    throw LibvirtErrors.Unreachable("the connection to libvirt was lost.", e);
                }
            },
            ct,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );

    private sealed record Open(LibvirtConnection Connection, LibvirtEndpoint Endpoint);
}
