using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Leads to the doors of other hosts' agents, and keeps the connections to them.</summary>
/// <remarks>
/// A host with a certificate goes only to agents that show theirs; one without goes only to sockets of its own machine.
/// </remarks>
/// <param name="trust">This host's certificate and the cluster's CA; null for a host that has not joined.</param>
internal sealed class PeerDoors(DoorTrust? trust) : IDisposable
{
    private readonly ConcurrentDictionary<(DoorEndpoint Endpoint, string Host), HttpClient> _clients = new();

    /// <summary>Opens a stream of plain bytes, both ways.</summary>
    /// <param name="endpoint">Where the agent is: its Host's <c>status.endpoint</c>.</param>
    /// <param name="host">The host's name: over the network its certificate has to bear it.</param>
    /// <param name="path">Which stream, for example <c>/migrations/{uid}/memory</c>.</param>
    /// <param name="ct">Ends the try to open.</param>
    /// <returns>The stream. The caller disposes it, which ends it.</returns>
    /// <exception cref="ApiException">The agent refuses, cannot be reached, or is not to be trusted.</exception>
    public async Task<Stream> OpenAsync(string endpoint, string host, string path, CancellationToken ct) =>
        await DoorStream.OpenAsync(ClientOf(endpoint, host), path, ct);

    /// <summary>Opens a stream of bytes in plain text, both ways, to an agent on the network.</summary>
    /// <param name="endpoint">Where the agent is.</param>
    /// <param name="ticket">What it gave over TLS for this one stream.</param>
    /// <param name="ct">Ends the try to open.</param>
    /// <exception cref="IOException">It is not reached.</exception>
    public static async Task<Stream> OpenPlainAsync(string endpoint, PlainTicket ticket, CancellationToken ct)
    {
        var door = DoorEndpoint.Parse(endpoint) ?? throw new IOException($"\"{endpoint}\" is no agent's address.");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(DoorClient.ConnectTimeout);
        try
        {
            var stream = await DoorClient.DialAsync(door with { Port = ticket.Port }, end.Token);
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(ticket.Secret), end.Token);
                return stream;
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new IOException($"The agent at {endpoint} is not reached ({e.Message}).", e);
        }
    }

    /// <summary>Leads to one agent, for questions that have an answer. Not to be disposed by who asks.</summary>
    /// <exception cref="ApiException">The agent is not to be trusted.</exception>
    public HttpClient ClientOf(string endpoint, string host)
    {
        if (DoorEndpoint.Parse(endpoint) is not { } door || door.IsRemote != trust is not null)
        {
            throw new ApiException(
                Reason.Forbidden,
                $"The agent of host \"{host}\" is at \"{endpoint}\": "
                    + (
                        trust is null
                            ? "this host has no certificate of the cluster and reaches only unix:///path. Join it with "
                                + "'vireo agent --join'."
                            : "only https://address:port is trusted. Join that host with 'vireo agent --join'."
                    )
            );
        }

        return _clients.GetOrAdd((door, host), key => DoorClient.Open(key.Endpoint, key.Host, trust));
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }
}
