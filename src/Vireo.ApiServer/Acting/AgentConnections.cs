using System.Collections.Concurrent;
using System.Net.Sockets;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Acting;

/// <summary>Finds the agent of an instance's host and keeps the connections to it.</summary>
/// <remarks>An agent is on this machine: it listens on a Unix socket that only its own user may open.</remarks>
internal sealed class AgentConnections(ResourceStore store) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, HttpClient> _bySocket = new(StringComparer.Ordinal);

    /// <summary>The agent of the host that an instance was placed on.</summary>
    /// <exception cref="StatusException">ServiceUnavailable: it is not known where the agent is.</exception>
    public Agent Of(VirtualMachineInstance instance)
    {
        if (instance.Status?.NodeName is not { Length: > 0 } name)
        {
            throw Refusals.Unavailable(
                $"VirtualMachineInstance \"{instance.Metadata.Name}\" is on no host yet: try again when it runs."
            );
        }

        var endpoint =
            store.Find<Host>(null, name)?.Object.Status?.Endpoint
            ?? throw Refusals.Unavailable(
                $"Host \"{name}\" does not say where its agent is (status.endpoint): start the agent of that host."
            );
        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri is { Scheme: "unix", Host: "" }
            ? new Agent(name, _bySocket.GetOrAdd(uri.LocalPath, Open))
            : throw Refusals.Unavailable(
                $"Host \"{name}\" has its agent at \"{endpoint}\" (status.endpoint): only unix:///path can be "
                    + "reached. Start an agent of this version on that host."
            );
    }

    public void Dispose()
    {
        foreach (var client in _bySocket.Values)
        {
            client.Dispose();
        }
    }

    private static HttpClient Open(string socketPath) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectTimeout = ConnectTimeout,
                ConnectCallback = async (_, ct) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            }
        )
        {
            BaseAddress = new Uri("http://agent/"),
            Timeout = AnswerTimeout,
        };
}
