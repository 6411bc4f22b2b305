using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.ApiServer.Acting;

/// <summary>Joins a client's WebSocket to one of the agent: consoles, screens and forwarded ports.</summary>
/// <param name="store">The instances.</param>
/// <param name="agents">Leads to the agents.</param>
/// <param name="time">For the time that a stream has to end.</param>
/// <param name="logger">For streams that came to a bad end.</param>
/// <param name="stopping">Ends all streams when the server stops.</param>
internal sealed class StreamEndpoint(
    ResourceStore store,
    AgentConnections agents,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping
)
{
    /// <remarks>
    /// The agent is asked before the client is answered, so that its refusal reaches the client as an ordinary answer.
    /// </remarks>
    public async Task HandleAsync(SubresourceRequest request)
    {
        var tail = Tail(request);
        if (!request.Http.WebSockets.IsWebSocketRequest)
        {
            throw Refusals.BadRequest(
                $"{request.Action} is a stream: ask for it as a WebSocket of sub-protocol {WebSocketHandshake.Protocol}"
            );
        }

        var (ns, name) = (request.Path.Namespace, request.Path.Name);
        if (request.Path.Subresource.Resource == ResourceKinds.VirtualMachines.Plural)
        {
            _ = store.Require<VirtualMachine>(ns, name);
        }

        var instance = store.Require<VirtualMachineInstance>(ns, name).Object;
        if (InstanceActions.Check(request.Action, instance) is { } refusal)
        {
            throw Refusals.Refused(ResourceKinds.VirtualMachineInstances, name, refusal);
        }

        var query = request.Http.Request.QueryString.Value ?? "";
        var target = new AgentTarget(ns, name, instance.Metadata.Uid ?? "", tail, query);
        var agent = agents.Of(instance);
        var (stream, refused) = await agent.OpenAsync(target, request.Aborted);
        using (refused)
        using (stream)
        {
            if (stream is null)
            {
                await AgentAnswer.PassAsync(refused!, request.Http);
                return;
            }

            using var client = await request.Http.WebSockets.AcceptWebSocketAsync(Acceptance(request.Http));
            var end = await new FramePump(client, stream, request.Http.Abort, time).RunAsync(stopping);
            if (end.IsFault)
            {
                Log.StreamBroke(logger, request.Action, ns, name, agent.Host, end.Why);
            }
        }
    }

    private static string Tail(SubresourceRequest request) =>
        request.Action == SubresourcePath.PortForward
            ? $"{request.Action}/{PortForwardTarget.Parse(request.Path.Arguments)}"
            : request.Action;

    /// <summary>A client that offers other sub-protocols only, or none, gets none: the bytes are the same.</summary>
    private static WebSocketAcceptContext Acceptance(HttpContext http) =>
        new()
        {
            SubProtocol = http.WebSockets.WebSocketRequestedProtocols.Contains(WebSocketHandshake.Protocol)
                ? WebSocketHandshake.Protocol
                : null,
            KeepAliveInterval = WebSocketHandshake.KeepAlive,
        };
}
