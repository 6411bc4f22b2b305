using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>A watch that is open at the server, and what the model says it must tell.</summary>
/// <param name="kind">The kind that is watched.</param>
/// <param name="ns">In which namespace; null for all.</param>
/// <param name="selector">Which objects are told of.</param>
/// <param name="table">The form of the events; null for whole objects.</param>
internal sealed class ModelWatch(ModelKind kind, string? ns, ModelSelector selector, ModelTable? table) : IDisposable
{
    private readonly Queue<(string Type, JsonObject Object)> _expected = [];
    private WatchReader? _reader;
    private long _known;
    private int _seen;

    public string Name => $"watch of {kind.Path(ns)}?{selector.Query} from {Start}";

    /// <summary>
    /// True when every change of the kind is told: who has read it all, knows that the server has too.
    /// </summary>
    public bool IsWhole => ns is null && selector.Query.Length == 0;

    private string Start { get; set; } = "";

    /// <summary>Begins with the changes after a revision.</summary>
    public Task FollowAsync(RunningServer server, long revision) =>
        OpenAsync(server, $"resourceVersion={revision}", revision);

    /// <summary>Asks for the changes after a revision that is held no more: all it is told is that.</summary>
    public async Task ComesTooLateAsync(RunningServer server, long revision)
    {
        await FollowAsync(server, revision);
        var told = await _reader!.NextAsync();
        told!["type"]!.ToString().ShouldBe("ERROR", Name);
        (told["object"]!["code"]!.ToString(), told["object"]!["reason"]!.ToString()).ShouldBe(("410", "Expired"), Name);
        await EndsAsync();
    }

    /// <summary>Begins with what there is; either as older clients ask for it or as WatchList does.</summary>
    public Task BeginAsync(RunningServer server, ModelCluster model, bool marksEnd)
    {
        foreach (var item in model.List(kind, ns, selector))
        {
            _expected.Enqueue(("ADDED", item));
        }

        if (marksEnd)
        {
            _expected.Enqueue(("BOOKMARK", Mark(model.Revision)));
        }

        return OpenAsync(
            server,
            marksEnd ? "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true" : "",
            model.Revision
        );
    }

    /// <summary>Goes on at another server, after the last change that was told.</summary>
    public Task ResumeAsync(RunningServer server)
    {
        _reader?.Dispose();
        return FollowAsync(server, _known);
    }

    /// <summary>Reads what must have been told by now, and compares.</summary>
    public async Task CompareAsync(ModelCluster model)
    {
        foreach (var change in model.History.After(kind, ns, _known))
        {
            if (Seen(change) is { } seen)
            {
                _expected.Enqueue(seen);
            }
        }

        _known = model.Revision;
        while (_expected.TryDequeue(out var expected))
        {
            var told = await NextAsync(expected);
            _seen++;
            Compared.Same(
                new JsonObject { ["type"] = expected.Type, ["object"] = Shown(expected, model.Now) },
                told,
                $"event {_seen} of the {Name}"
            );
        }
    }

    /// <summary>The server has ended: there must be nothing more.</summary>
    public async Task EndsAsync() =>
        (await NextAsync(null))?.ToJsonString().ShouldBeNull($"one event too many for the {Name}");

    public void Dispose() => _reader?.Dispose();

    /// <summary>
    /// The next event but those that only tell how far the watch is, which must not be farther than what it told.
    /// </summary>
    private async Task<JsonObject?> NextAsync((string Type, JsonObject Object)? expected)
    {
        while (true)
        {
            var told = await _reader!.NextAsync();
            if (told?["type"]?.ToString() != "BOOKMARK" || expected?.Type == "BOOKMARK")
            {
                return told;
            }

            if (expected is var (_, next))
            {
                RevisionOf(told["object"]!).ShouldBeLessThan(RevisionOf(next), Name);
            }
        }
    }

    private static long RevisionOf(JsonNode item) => long.Parse(item["metadata"]!["resourceVersion"]!.ToString());

    private async Task OpenAsync(RunningServer server, string start, long revision)
    {
        (Start, _known) = (start, revision);
        var parts = ((string[])[selector.Query, start, table?.Query ?? ""]).Where(part => part.Length > 0).ToArray();
        _reader = await server.WatchAsync(
            kind.Path(ns) + (parts.Length > 0 ? "?" + string.Join('&', parts) : ""),
            table is null ? null : ModelTable.Accept
        );
    }

    private JsonObject Shown((string Type, JsonObject Object) expected, DateTimeOffset now) =>
        table is null ? ModelCluster.Copy(expected.Object)
        : expected.Type == "BOOKMARK" ? ModelTable.OfMark(expected.Object)
        : table.Of(kind, expected.Object, now);

    private JsonObject Mark(long revision) =>
        new()
        {
            ["kind"] = kind.Kind,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = $"{revision}",
                ["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" },
            },
        };

    /// <summary>What a change means to who sees only a selection.</summary>
    private (string Type, JsonObject Object)? Seen(ModelChange change)
    {
        var before = change.Before is not null && selector.Matches(change.Before);
        var after = change.After is not null && selector.Matches(change.After);
        return (before, after) switch
        {
            (false, false) => null,
            (false, true) => ("ADDED", change.Told),
            (true, true) => ("MODIFIED", change.Told),
            (true, false) when change.After is null => ("DELETED", change.Told),
            (true, false) => ("DELETED", Dated(change.Before!, change.Revision)),
        };
    }

    private static JsonObject Dated(JsonObject earlier, long revision)
    {
        var dated = ModelCluster.Copy(earlier);
        dated["metadata"]!["resourceVersion"] = $"{revision}";
        return dated;
    }
}

/// <summary>Compares what the server says with what the model says.</summary>
internal static class Compared
{
    public static void Same(JsonNode? expected, JsonNode? found, string what)
    {
        var plain = Plain(found);
        if (!JsonNode.DeepEquals(expected, plain))
        {
            throw new ShouldAssertException(
                $"{what}\n  expected {expected?.ToJsonString()}\n  found    {plain?.ToJsonString()}"
            );
        }
    }

    /// <summary>The answer without the record of who set which field, which is a matter of its own.</summary>
    private static JsonNode? Plain(JsonNode? found)
    {
        var plain = found?.DeepClone();
        Strip(plain);
        return plain;
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            if (fields["columnDefinitions"] is not null)
            {
                ModelTable.Shorten(fields);
            }

            (fields["metadata"] as JsonObject)?.Remove("managedFields");
            foreach (var (_, value) in fields)
            {
                Strip(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Strip(item);
            }
        }
    }
}
