using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class WatchTests : IAsyncDisposable
{
    private readonly FakeApi _api = new();
    private readonly List<WatchEvent<ConfigMap>> _seen = [];
    private readonly CancellationTokenSource _stop = new();
    private Task? _watching;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
    }

    private async Task Begin(int pieceBytes = 0)
    {
        _api.PieceBytes = pieceBytes;
        _watching = Task.Run(
            async () =>
            {
                await foreach (var message in _api.Client.WatchAsync<ConfigMap>(new("ns"), _stop.Token))
                {
                    lock (_seen)
                    {
                        _seen.Add(message);
                    }
                }
            },
            Ct
        );
        await Eventually.HoldsAsync(() => _api.OpenWatches == 1);
    }

    private Task<ConfigMap> Create(string name, string value) =>
        _api.Client.CreateAsync(
            new ConfigMap
            {
                Metadata = new() { Namespace = "ns", Name = name },
                Data = new Dictionary<string, string> { ["v"] = value },
            },
            Ct
        );

    private int Seen()
    {
        lock (_seen)
        {
            return _seen.Count;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Messages_are_whole_however_they_are_cut_on_the_way(int pieceBytes)
    {
        await Begin(pieceBytes);
        await Create("a", "é😀");
        await Create("b", "2");
        await _api.Client.DeleteAsync<ConfigMap>(new("ns", "a"), null, Ct);
        await Eventually.HoldsAsync(() => Seen() == 3);
        _api.EndWatches();
        await _watching!;

        _seen
            .Select(message => (message.Type, message.Object!.Metadata.Name, message.ResourceVersion))
            .ShouldBe([
                (WatchEventType.Added, "a", "101"),
                (WatchEventType.Added, "b", "102"),
                (WatchEventType.Deleted, "a", "103"),
            ]);
        _seen[0].Object!.Data!["v"].ShouldBe("é😀");
        _api.Requests[0].ShouldBe("GET /api/v1/namespaces/ns/configmaps?watch=true&allowWatchBookmarks=true");
    }

    [Fact]
    public async Task A_message_of_megabytes_is_read()
    {
        await Begin(pieceBytes: 60_000);
        await Create("big", new string('x', 3_000_000));
        await Eventually.HoldsAsync(() => Seen() == 1);
        _seen[0].Object!.Data!["v"].Length.ShouldBe(3_000_000);
    }

    [Fact]
    public async Task A_bookmark_moves_the_revision_and_has_no_object()
    {
        await Begin();
        _api.Tell("""{"object":{"metadata":{"resourceVersion":"777"}},"type":"BOOKMARK"}""");
        _api.Tell("");
        await Eventually.HoldsAsync(() => Seen() == 1);
        _seen[0].ShouldBe(new(WatchEventType.Bookmark, null, "777"));
    }

    [Theory]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","status":"Failure","code":410}}""", Reason.Expired)]
    [InlineData("""{"type":"ERROR","object":{"reason":"Expired","message":"old"}}""", Reason.Expired)]
    [InlineData("""{"type":"ERROR","object":{}}""", Reason.InternalError)]
    [InlineData("""{"type":"NEWS","object":{}}""", Reason.InternalError)]
    [InlineData("""{"type":"ADDED","object":7}""", Reason.InternalError)]
    [InlineData("""{"type":"ADDED"}""", Reason.InternalError)]
    [InlineData("no json", Reason.InternalError)]
    public async Task A_message_that_is_none_ends_the_watch_with_its_reason(string line, Reason expected)
    {
        await Begin();
        _api.Tell(line);
        (await Should.ThrowAsync<ApiException>(_watching!)).Reason.ShouldBe(expected);
    }

    [Fact]
    public async Task A_watch_that_breaks_off_is_unreachable()
    {
        await Begin();
        _api.EndWatches(broken: true);
        (await Should.ThrowAsync<ApiException>(_watching!)).Reason.ShouldBe(Reason.Unreachable);
    }

    [Fact]
    public async Task Half_a_message_is_no_message()
    {
        await Begin();
        _api.EndWatches(lastBytes: """{"type":"ADDED","object":{"metadata":{"name":"x"}}""");
        (await Should.ThrowAsync<ApiException>(_watching!)).Reason.ShouldBe(Reason.Unreachable);
        _seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_watch_that_is_cancelled_ends_as_cancelled()
    {
        await Begin();
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_watching!);
    }
}
