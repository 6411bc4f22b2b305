using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Routing;

/// <summary>Decides which requests wait for their turn, and ends those that last too long.</summary>
/// <remarks>
/// What the process asks of itself is not held up, nor whoever asks whether the server lives; watches and streams last
/// as long as they please and cost next to nothing while nothing happens. But a watch that begins sends what there is,
/// as a list does, and waits its turn for that; and no client holds more than its number of watches. The agents of
/// hosts have few, of what is theirs alone, and are not held up.
/// </remarks>
internal sealed class RequestLoad(LoadLimits limits, TimeProvider time)
{
    private readonly FairShare _share = new(limits, time);
    private readonly WatchLoad _watches = new(limits.WatchesPerClient);

    /// <summary>Serves a request in its turn and its time.</summary>
    /// <exception cref="StatusException">TooManyRequests, or Timeout: it was not served, or not to its end.</exception>
    public Task ServeAsync(
        HttpContext context,
        Caller caller,
        string path,
        Func<HttpContext, Caller, string, Task> serve
    ) =>
        IsFree(context, path) ? serve(context, caller, path)
        : !IsWatch(context.Request, path) ? TakeTurnAsync(context, caller, path, serve)
        : caller.Host is not null ? serve(context, caller, path)
        : WatchAsync(context, caller, path, serve);

    private async Task WatchAsync(
        HttpContext context,
        Caller caller,
        string path,
        Func<HttpContext, Caller, string, Task> serve
    )
    {
        _watches.Enter(caller.Name);
        try
        {
            using var turn = new WatchTurn(await _share.EnterAsync(caller.Name, 1, context.RequestAborted));
            context.Features.Set(turn);
            await serve(context, caller, path);
        }
        finally
        {
            _watches.Leave(caller.Name);
        }
    }

    private async Task TakeTurnAsync(
        HttpContext context,
        Caller caller,
        string path,
        Func<HttpContext, Caller, string, Task> serve
    )
    {
        var hasBody = HasBody(context);
        var seats = limits.SeatsOf(hasBody, context.Request.ContentLength);
        using var place = await _share.EnterAsync(caller.Name, seats, context.RequestAborted);
        if (Limit(context.Request, path, hasBody) is not { } limit)
        {
            await serve(context, caller, path);
            return;
        }

        var client = context.RequestAborted;
        using var over = new CancellationTokenSource(limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(client, over.Token);
        context.RequestAborted = end.Token;
        try
        {
            await serve(context, caller, path);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !client.IsCancellationRequested)
        {
            throw Refusals.Timeout(
                $"the request did not end within its timeout of {limit.TotalSeconds:0.###} s: look what is there before "
                    + "you send it again"
            );
        }
        finally
        {
            // The refusal is to be sent yet.
            context.RequestAborted = client;
        }
    }

    /// <summary>
    /// Reads are answered from memory: only bodies and what the client itself limits need an eye on them.
    /// </summary>
    private TimeSpan? Limit(HttpRequest request, string path, bool hasBody)
    {
        if (request.Query["timeout"] is [{ Length: > 0 } text, ..])
        {
            var asked =
                GoDuration.Parse(text)
                ?? throw Refusals.BadRequest(
                    $"timeout: \"{text}\" is no length of time: write it as in timeout=30s or leave it out"
                );
            if (asked > TimeSpan.Zero)
            {
                return asked < limits.LongestRequest ? asked : limits.LongestRequest;
            }
        }

        return hasBody && !SubresourceRouter.Serves(path) ? limits.LongestRequest : null;
    }

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    private static bool IsFree(HttpContext context, string path) =>
        context.Features.Get<Caller>() is not null
        || path is "/livez" or "/readyz" or "/healthz"
        || context.WebSockets.IsWebSocketRequest;

    private static bool IsWatch(HttpRequest request, string path) =>
        HttpMethods.IsGet(request.Method) && Verb.IsWatch(request) && ResourcePath.Parse(path) is { Name: null };
}
