using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>Lists the objects of a kind, whole or page by page.</summary>
internal sealed class ListEndpoint(ResourceStore store, TimeProvider time)
{
    /// <summary>A longer list is sent while it is written: who reads slowly holds none of it in memory.</summary>
    private const long SentInPartsFrom = 1024 * 1024;

    private const long PartBytes = 64 * 1024;

    public async Task HandleAsync(ApiRequest request)
    {
        var form = Negotiation.Form(request.Http.Request, isList: true, time);
        ListOptionRules.CheckList(request);
        var selection = Selection.Of(request);
        var limit = Limit(request);
        var (list, start) = await SnapshotAsync(request, limit);

        var items = new List<StoredObject>();
        var at = start;
        for (; at < list.Items.Count && (limit == 0 || items.Count < limit); at++)
        {
            if (selection.IsEverything || selection.Matches(list.Items[at]))
            {
                items.Add(list.Items[at]);
            }
        }

        var left = list.Items.Count - at;
        var next = left > 0 ? new ContinueToken(list.Revision, at).ToString() : null;
        var head = new ListHead(list.Revision, next, next is not null && selection.IsEverything ? left : null);
        var bytes = items.Sum(item => (long)item.Json.Length);
        if (bytes >= SentInPartsFrom)
        {
            await Answer.PartsAsync(
                request.Http,
                form.ContentType,
                output => WriteAsync(output, form, request, head, items)
            );
            return;
        }

        var body = new ArrayBufferWriter<byte>((int)bytes + (16 * items.Count) + 512);
        form.WriteList(body, request.Kind, head, items);
        await Answer.BytesAsync(request.Http, 200, body.WrittenMemory, form.ContentType);
    }

    private static async Task WriteAsync(
        PipeWriter output,
        OutputForm form,
        ApiRequest request,
        ListHead head,
        List<StoredObject> items
    )
    {
        form.WriteListStart(output, request.Kind, head);
        for (var i = 0; i < items.Count; i++)
        {
            form.WriteComma(output, i);
            form.WriteItem(output, items[i]);
            if (output.UnflushedBytes >= PartBytes)
            {
                await output.FlushAsync(request.Aborted);
            }
        }

        form.WriteListEnd(output, items.Count);
    }

    private async ValueTask<(StoreList List, int Start)> SnapshotAsync(ApiRequest request, int limit)
    {
        var version = request.Query("resourceVersion");
        if (request.Query("continue") is { } token)
        {
            return version is null or "0"
                ? await ContinuedAsync(request, ContinueToken.Parse(token))
                : throw Refusals.BadRequest("specifying resource version is not allowed when using continue");
        }

        var list = store.List(request.Kind, request.Namespace);
        var revision = version is null ? 0 : Revisions.Parse(version);
        Revisions.RefuseFuture(revision, list.Revision);

        // By Kubernetes' rules a page of a revision is that very revision's, also where the client says no more.
        var isExact = request.Query("resourceVersionMatch") is { } match
            ? match == ListOptionRules.Exact
            : limit > 0 && revision > 0;
        return (isExact ? await ExactAsync(request, revision) : list, 0);
    }

    private async ValueTask<(StoreList List, int Start)> ContinuedAsync(ApiRequest request, ContinueToken token)
    {
        try
        {
            // What is newer than the store was given out before it was brought back from a backup.
            var list =
                token.Revision <= store.Revision
                    ? await ReadAsync(request, token.Revision)
                    : throw new RevisionExpiredException(token.Revision, store.Revision);
            return (list, Math.Min(token.Start, list.Items.Count));
        }
        catch (RevisionExpiredException)
        {
            throw Refusals.Expired(
                "The provided continue parameter is too old to display a consistent list result. Start a new list "
                    + "without the continue parameter."
            );
        }
    }

    private async ValueTask<StoreList> ExactAsync(ApiRequest request, long revision)
    {
        try
        {
            return await ReadAsync(request, revision);
        }
        catch (RevisionExpiredException expired)
        {
            throw Refusals.Expired(
                $"The provided resource version {revision} is no longer held ({expired.Oldest} is the oldest): list "
                    + "without resourceVersionMatch"
            );
        }
    }

    private Task<StoreList> ReadAsync(ApiRequest request, long revision) =>
        EarlierList.ReadAsync(store, request.Kind, request.Namespace, revision, request.Aborted);

    private static int Limit(ApiRequest request) =>
        request.Query("limit") is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
        : throw Refusals.BadRequest($"limit: \"{text}\" is not a whole number of 0 or more");
}
