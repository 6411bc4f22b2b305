using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Acting;

/// <summary>Passes on what is asked of a running guest to the agent of its host, and the agent's answer back.</summary>
internal sealed class InstanceActionEndpoint(ResourceStore store, AgentConnections agents)
{
    public async Task HandleAsync(SubresourceRequest request)
    {
        var (body, inBody) = await BodyAsync(request);
        var dryRun = (IReadOnlyList<string>)[.. inBody ?? [], .. request.DryRun];
        var (ns, name) = (request.Path.Namespace, request.Path.Name);
        var instance = store.Require<VirtualMachineInstance>(ns, name).Object;
        if ((ActionRules.CheckDryRun(dryRun) ?? InstanceActions.Check(request.Action, instance)) is { } refusal)
        {
            throw Refusals.Refused(ResourceKinds.VirtualMachineInstances, name, refusal);
        }

        if (ActionRules.IsDryRun(dryRun))
        {
            await Answer.EmptyAsync(request.Http, 200);
            return;
        }

        var query = request.Http.Request.QueryString.Value ?? "";
        var target = new AgentTarget(ns, name, instance.Metadata.Uid ?? "", request.Action, query);
        var method = request.Http.Request.Method;
        using var answer = await agents.Of(instance).AskAsync(method, target, body, request.Aborted);
        await AgentAnswer.PassAsync(answer, request.Http);
    }

    /// <summary>The body as JSON, and what it says of a dry run.</summary>
    private static async Task<(byte[]? Body, IReadOnlyList<string>? DryRun)> BodyAsync(SubresourceRequest request)
    {
        if (!HttpMethods.IsPut(request.Http.Request.Method))
        {
            return (null, null);
        }

        if (request.Action == "freeze")
        {
            var freeze = await ActionBody.ReadAsync(request.Http, ApiJson.Default.FreezeUnfreezeTimeout);
            return (JsonSerializer.SerializeToUtf8Bytes(freeze, ApiJson.Default.FreezeUnfreezeTimeout), null);
        }

        // All others take the same.
        var options = await ActionBody.ReadAsync(request.Http, ApiJson.Default.PauseOptions);
        return (JsonSerializer.SerializeToUtf8Bytes(options, ApiJson.Default.PauseOptions), options.DryRun);
    }
}

/// <summary>Gives an agent's answer to the client.</summary>
internal static class AgentAnswer
{
    /// <summary>Copies code, type and body.</summary>
    public static async Task PassAsync(HttpResponseMessage answer, HttpContext client)
    {
        client.Response.StatusCode = (int)answer.StatusCode;
        client.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        client.Response.ContentLength = answer.Content.Headers.ContentLength;
        await client.Response.StartAsync(client.RequestAborted);
        try
        {
            await answer.Content.CopyToAsync(client.Response.Body, client.RequestAborted);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            // The agent died in the middle: the client must not take what came for the whole.
            client.Abort();
        }
    }
}
