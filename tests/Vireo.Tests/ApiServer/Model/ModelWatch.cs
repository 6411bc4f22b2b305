using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>A watch that is open at the server, and what the model says it must tell.</summary>
internal sealed class ModelWatch(ModelKind kind, string? ns, ModelSelector selector) : IDisposable
{
    private readonly Queue<(string Type, JsonObject Object)> _expected = [];
    private WatchReader? _reader;
    private long _known;
    private int _seen;

    public string Name => $"watch of {kind.Path(ns)}?{selector.Query} from {Start}";

    private string Start { get; set; } = "";

    /// <summary>Begins with the changes after a revision.</summary>
    public Task FollowAsync(RunningServer server, long revision) =>
        OpenAsync(server, $"resourceVersion={revision}", revision);

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
        foreach (var change in model.ChangesAfter(kind, ns, _known))
        {
            if (Seen(change) is { } seen)
            {
                _expected.Enqueue(seen);
            }
        }

        _known = model.Revision;
        while (_expected.TryDequeue(out var expected))
        {
            var told = await _reader!.NextAsync();
            _seen++;
            Compared.Same(
                new JsonObject { ["type"] = expected.Type, ["object"] = expected.Object.DeepClone() },
                told,
                $"event {_seen} of the {Name}"
            );
        }
    }

    /// <summary>The server has ended: there must be nothing more.</summary>
    public async Task EndsAsync() =>
        (await _reader!.NextAsync())?.ToJsonString().ShouldBeNull($"one event too many for the {Name}");

    public void Dispose() => _reader?.Dispose();

    private async Task OpenAsync(RunningServer server, string start, long revision)
    {
        (Start, _known) = (start, revision);
        var query = string.Join('&', ((string[])[selector.Query, start]).Where(part => part.Length > 0));
        _reader = await server.WatchAsync(kind.Path(ns) + (query.Length > 0 ? "?" + query : ""));
    }

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
