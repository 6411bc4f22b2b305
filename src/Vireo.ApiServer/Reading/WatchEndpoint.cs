using System.Globalization;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>Streams the changes of a kind, one JSON object a line.</summary>
/// <param name="store">Where the changes come from.</param>
/// <param name="time">For time limits and bookmarks.</param>
/// <param name="stopping">Ends every watch when the server stops.</param>
internal sealed class WatchEndpoint(ResourceStore store, TimeProvider time, CancellationToken stopping)
{
    /// <summary>How long a watch lasts when the client names no limit; it then starts again where it was.</summary>
    private static readonly TimeSpan LongestWatch = TimeSpan.FromHours(1);

    public async Task HandleAsync(ApiRequest request)
    {
        var form = Negotiation.Form(request.Http.Request, isList: false, time, takesYaml: false);
        ListOptionRules.CheckWatch(request);
        var selection = Selection.Of(request);
        var start = Start(request);
        var limit = Limit(request);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping);
        await using var timer = time.CreateTimer(_ => end.Cancel(), null, limit, Timeout.InfiniteTimeSpan);

        var response = request.Http.Response;
        response.ContentType = form.ContentType.Replace(
            Answer.Json,
            "application/json;stream=watch",
            StringComparison.Ordinal
        );
        response.Headers.CacheControl = "no-cache, private";
        await response.StartAsync(request.Aborted);
        await response.BodyWriter.FlushAsync(request.Aborted);

        var stream = new WatchStream(response.BodyWriter, request.Kind, selection, form);
        try
        {
            var revision = await stream.InitialAsync(start, store, request.Namespace, end.Token);
            request.Http.Features.Get<WatchTurn>()?.Dispose();
            var changes = store.Watch(request.Kind, request.Namespace, revision);
            await stream.FollowAsync(changes, start.Bookmarks, time, end.Token);
        }
        catch (RevisionExpiredException expired)
        {
            await stream.ErrorAsync(Refusals.Expired(expired.Message).Status, request.Aborted);
        }
        catch (OperationCanceledException)
        {
            // The client left, its time is over, or the server stops: the stream simply ends.
        }
    }

    private WatchStart Start(ApiRequest request)
    {
        var version = request.Query("resourceVersion");
        var revision = version is null ? 0 : Revisions.Parse(version);
        var initial = request.Query("sendInitialEvents") is not null ? request.Flag("sendInitialEvents") : (bool?)null;
        if (revision > store.Revision)
        {
            throw Refusals.Expired($"too large resource version: {revision} (newest is {store.Revision}): list again");
        }

        return new(revision, initial ?? revision == 0, initial == true, request.Flag("allowWatchBookmarks"));
    }

    private static TimeSpan Limit(ApiRequest request) =>
        request.Query("timeoutSeconds") is not { } text ? LongestWatch
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 24 * 3600))
        : text == "0" ? LongestWatch
        : throw Refusals.BadRequest($"timeoutSeconds: \"{text}\" is not a whole number of seconds");
}

/// <summary>Where a watch begins.</summary>
/// <param name="Revision">The revision the client knows; 0 for any.</param>
/// <param name="SendsInitial">True to begin with an ADDED for every object there is.</param>
/// <param name="MarksInitialEnd">True to say when these are through.</param>
/// <param name="Bookmarks">True when the client wants to know how far the watch is.</param>
internal sealed record WatchStart(long Revision, bool SendsInitial, bool MarksInitialEnd, bool Bookmarks);
