using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.Runtime;

namespace Vireo.ApiServer.Acting;

/// <summary>Finds the agent of an instance's host and keeps the connections to it.</summary>
/// <remarks>
/// An agent on this machine listens on a Unix socket that only its own user may open; one that joined is on the network
/// and shows by its certificate that it is its host's.
/// </remarks>
/// <param name="store">The hosts.</param>
/// <param name="trust">By what agents know the server, and it them.</param>
/// <param name="stopping">Cancelled when the server stops.</param>
internal sealed class AgentConnections(ResourceStore store, DoorTrust trust, CancellationToken stopping) : IDisposable
{
    private readonly ConcurrentDictionary<(DoorEndpoint Endpoint, string Host), HttpClient> _clients = new();

    /// <summary>Cancelled when the server stops: streams end.</summary>
    public CancellationToken Stopping => stopping;

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
        var door =
            DoorEndpoint.Parse(endpoint)
            ?? throw Refusals.Unavailable(
                $"Host \"{name}\" has its agent at \"{endpoint}\" (status.endpoint): only unix:///path and "
                    + "https://address:port can be reached. Start an agent of this version on that host."
            );
        return new Agent(name, _clients.GetOrAdd((door, name), key => DoorClient.Open(key.Endpoint, key.Host, trust)));
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }
}
