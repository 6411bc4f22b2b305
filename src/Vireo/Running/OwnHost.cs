using System.Net;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Running;

/// <summary>Joins the server's own host, so that other hosts' agents can come to it and it can go to them.</summary>
/// <remarks>
/// A server that is alone with its host has no need of it: they meet by a socket. It is done at every start, as the
/// server's address may have changed since.
/// </remarks>
internal static class OwnHost
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(1);

    /// <summary>The options of the agent of this process, with what it is on the network.</summary>
    /// <param name="api">The server.</param>
    /// <param name="agent">The agent as it was asked for.</param>
    /// <param name="listen">Where it is to listen.</param>
    /// <param name="ct">Ends the try.</param>
    public static async Task<AgentOptions> JoinAsync(
        ApiServer.ApiServer api,
        AgentOptions agent,
        IPEndPoint listen,
        CancellationToken ct
    )
    {
        using var http = api.CreateClient("system:vireo:up");
        var client = new KubernetesClient(http);
        var text = NewToken.Make(Kubeconfig.Read(api.KubeconfigPath));
        var token = new JoinToken(text.Id, JoinToken.HashOf(text.Secret), TimeProvider.System.GetUtcNow() + TokenLife)
        {
            Host = agent.NodeName,
        };
        await client.CreateAsync(token.ToSecret(), ct);
        try
        {
            return agent with
            {
                Identity = await ClusterJoin.JoinAsync(agent.StateFolder, api.Address, text, agent.NodeName, ct),
                Listen = listen,
            };
        }
        finally
        {
            await client.DeleteAsync<Secret>(new(JoinToken.Namespace, JoinToken.NameOf(text.Id)), null, ct);
        }
    }
}
