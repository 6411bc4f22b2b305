using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Finds what a request is about and who does it, and answers with a Status when it is refused.</summary>
/// <param name="instances">The instances of this host.</param>
/// <param name="stateFolder">Where their sockets are.</param>
/// <param name="actions">Who does what, by the action's name.</param>
/// <param name="logger">Told of bugs.</param>
internal sealed class DoorRouter(
    Informer<VirtualMachineInstance> instances,
    string stateFolder,
    IReadOnlyDictionary<string, Func<DoorCall, Task>> actions,
    ILogger logger
)
{
    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        var path = DoorPath.Parse(http.Request.Path.Value ?? "");
        try
        {
            await RouteAsync(http, path ?? throw DoorRefusals.NoSuchPath(), stopping);
        }
        catch (Exception e)
            when (ClientStream.IsEnd(e) && (http.Response.HasStarted || http.RequestAborted.IsCancellationRequested))
        {
            // The client is gone.
        }
        catch (Exception e)
        {
            var refusal = DoorRefusals.Of(e, path?.Key.Name ?? "");
            if (refusal is null)
            {
                logger.RequestFailed(http.Request.Path, e);
            }

            await RefuseAsync(http, refusal ?? new(Reason.InternalError, $"Internal error occurred: {e.Message}"));
        }
    }

    private Task RouteAsync(HttpContext http, DoorPath path, CancellationToken stopping)
    {
        var name = path.Action.Name;
        if (!DoorCaller.Of(http).IsServer)
        {
            throw DoorRefusals.NotTheServer();
        }

        if (!path.Action.Allows(http.Request.Method))
        {
            throw DoorRefusals.WrongMethod();
        }

        if (!actions.TryGetValue(name, out var act))
        {
            throw DoorRefusals.NotImplemented(name);
        }

        var instance = instances.Find(path.Key) ?? throw DoorRefusals.NotFound(path.Key.Name);
        var meant = http.Request.Headers[Subresources.InstanceUidHeader].ToString();
        if (meant.Length > 0 && meant != instance.Metadata.Uid)
        {
            throw DoorRefusals.Conflict(
                path.Key.Name,
                $"the run with uid {meant} is not on this host any more: the one here has uid {instance.Metadata.Uid}"
            );
        }

        if (InstanceActions.CheckDevices(name, instance) is { } refusal)
        {
            throw new ApiException(Reason.BadRequest, refusal.Message);
        }

        var folder = new InstanceFolder(stateFolder, instance.Metadata.Uid ?? "");
        return act(new(http, instance, folder.Paths(null, ""), path.Arguments, stopping));
    }

    private static async Task RefuseAsync(HttpContext http, ApiException refusal)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = refusal.Status.Code ?? (int)refusal.Reason.HttpCode();
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(refusal.Status, ApiJson.Default.Status),
            http.RequestAborted
        );
    }
}
