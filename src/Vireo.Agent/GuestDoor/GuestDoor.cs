using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Where the API server reaches this host's guests: HTTP on a unix socket that only the agent's own user may open, or
/// HTTPS on the network.
/// </summary>
/// <param name="stateFolder">The agent's state folder, where the socket is.</param>
/// <param name="network">Where a host that joined listens instead; null for the socket.</param>
/// <param name="handle">Answers a request; the token is cancelled when the agent stops.</param>
internal sealed class GuestDoor(
    string stateFolder,
    NetworkDoor? network,
    Func<HttpContext, CancellationToken, Task> handle
)
{
    /// <summary>How long requests under way may take to end when the agent stops.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The socket of a state folder. Shorter than guests' own, so it fits where they do.</summary>
    public static string PathIn(string stateFolder) => Path.Combine(Path.GetFullPath(stateFolder), "agent.sock");

    /// <summary>What a Host's status says of it.</summary>
    public static string EndpointOf(string stateFolder) => DoorEndpoint.At(PathIn(stateFolder)).ToString();

    /// <summary>Listens until cancelled; then ends streams, and leaves the guests alone.</summary>
    /// <exception cref="InvalidOperationException">The socket cannot be made; says why.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var app = Build(ct);
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                network is null
                    ? $"The agent cannot listen at {PathIn(stateFolder)} ({e.Message}): see that it may write there."
                    : $"The agent cannot listen at {network.Address} ({e.Message.TrimEnd('.')}): name an address of this "
                        + "host and a free port with --agent-listen.",
                e
            );
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            if (network is null)
            {
                File.Delete(PathIn(stateFolder));
            }
        }
    }

    private WebApplication Build(CancellationToken stopping)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = stateFolder });
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore();
        // After Kestrel's own, which it replaces.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        if (network is null)
        {
            builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Bind);
        }
        else
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (network is null)
            {
                kestrel.ListenUnixSocket(PathIn(stateFolder), listen => listen.Protocols = HttpProtocols.Http1);
            }
            else
            {
                network.Open(kestrel);
            }
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(http =>
        {
            if (network is not null)
            {
                http.Features.Set(network.Identify(http) ?? DoorCaller.Nobody);
            }

            return handle(http, stopping);
        });
        return app;
    }

    /// <summary>The socket is closed to others before anybody can connect to it.</summary>
    private static Socket Bind(EndPoint endPoint)
    {
        var path = endPoint.ToString()!;
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return socket;
    }

    /// <summary>The program around the agent, not the agent, listens to signals.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
