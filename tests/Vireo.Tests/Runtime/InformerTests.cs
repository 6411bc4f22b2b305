using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class InformerTests : IAsyncDisposable
{
    private readonly FakeApi _api = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _changes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Informer<ConfigMap> _informer;
    private Task _running = Task.CompletedTask;

    public InformerTests()
    {
        _informer = Watching(new ListQuery("ns"));
        _informer.Index("color", map => map.Metadata.Labels?.Values ?? []);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IEnumerable<string> Names => _informer.All.Select(map => map.Metadata.Name!).Order();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private Informer<ConfigMap> Watching(ListQuery query, TimeSpan? resync = null)
    {
        var informer = new Informer<ConfigMap>(_api.Client, query, _clock, NullLogger.Instance, new Random(1))
        {
            ResyncPeriod = resync,
        };
        informer.Changed += (before, after) =>
        {
            lock (_changes)
            {
                _changes.Add($"{before?.Metadata.Name ?? "-"}>{after?.Metadata.Name ?? "-"}");
            }
        };
        return informer;
    }

    private async Task Begin(Informer<ConfigMap>? informer = null)
    {
        _running = (informer ?? _informer).RunAsync(_stop.Token);
        await (informer ?? _informer).WaitForSyncAsync(Ct);
        await Eventually.HoldsAsync(() => _api.OpenWatches == 1);
    }

    private Task<ConfigMap> Create(string name, string color = "red") =>
        _api.Client.CreateAsync(
            new ConfigMap
            {
                Metadata = new()
                {
                    Namespace = "ns",
                    Name = name,
                    Labels = new Dictionary<string, string> { ["color"] = color },
                },
            },
            Ct
        );

    private Task<bool> Delete(string name) => _api.Client.DeleteAsync<ConfigMap>(new("ns", name), null, Ct);

    private string[] Changes()
    {
        lock (_changes)
        {
            return [.. _changes];
        }
    }

    [Fact]
    public async Task The_copy_begins_with_a_list_and_follows_each_change()
    {
        await Create("a");
        _informer.HasSynced.ShouldBeFalse();
        await Begin();
        _informer.HasSynced.ShouldBeTrue();
        Names.ShouldBe(["a"]);

        var b = await Create("b");
        await _api.Client.ReplaceAsync(b with { Data = new Dictionary<string, string> { ["x"] = "1" } }, Ct);
        await Delete("a");

        await Eventually.HoldsAsync(() => Changes().Length == 4);
        Changes().ShouldBe(["->a", "->b", "b>b", "a>-"]);
        Names.ShouldBe(["b"]);
        _informer.Find(new("ns", "b"))!.Data!["x"].ShouldBe("1");
        _informer.Find(new("ns", "a")).ShouldBeNull();
    }

    [Fact]
    public async Task An_index_follows_the_objects()
    {
        await Create("a");
        await Begin();
        var b = await Create("b");
        await Eventually.HoldsAsync(() => _informer.ByIndex("color", "red").Count == 2);

        await _api.Client.ReplaceAsync(
            b with
            {
                Metadata = b.Metadata with { Labels = new Dictionary<string, string> { ["color"] = "blue" } },
            },
            Ct
        );
        await Delete("a");

        await Eventually.HoldsAsync(() => Changes().Length == 4);
        _informer.ByIndex("color", "red").ShouldBeEmpty();
        _informer.ByIndex("color", "blue").Single().Metadata.Name.ShouldBe("b");
        Should.Throw<ArgumentException>(() => _informer.ByIndex("size", "1"));
    }

    [Fact]
    public async Task Long_lists_are_read_in_pages()
    {
        for (var i = 0; i < 1100; i++)
        {
            await Create($"m{i:0000}");
        }

        await Begin();

        _informer.All.Count().ShouldBe(1100);
        _api.Requests.Where(request => request.Contains("limit=")).Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_watch_that_ends_goes_on_where_it_was()
    {
        await Begin();
        await Create("a");
        await Eventually.HoldsAsync(() => Changes().Length == 1);
        _api.EndWatches();
        await Create("b");

        await Eventually.HoldsAsync(_clock, () => Changes().Length == 2);

        Names.ShouldBe(["a", "b"]);
        _api.Requests.Count(request => request.Contains("limit=")).ShouldBe(1);
        _api.Requests.ShouldContain(request => request.Contains("resourceVersion=101&watch"));
    }

    [Fact]
    public async Task A_broken_connection_loses_nothing()
    {
        await Begin();
        _api.PieceBytes = 5;
        await Create("a");
        await Eventually.HoldsAsync(() => Changes().Length == 1);
        _api.EndWatches(broken: true, lastBytes: """{"type":"DELETED","obj""");
        await Delete("a");
        await Create("b");

        await Eventually.HoldsAsync(_clock, () => Changes().Length == 3);

        Changes().ShouldBe(["->a", "a>-", "->b"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_past_that_is_gone_is_made_good_by_a_list(bool saidInTheWatch)
    {
        await Create("kept");
        await Create("gone");
        var changed = await Create("changed");
        await Begin();
        if (saidInTheWatch)
        {
            _api.Compact();
            _api.Tell("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}""");
        }

        _api.EndWatches();
        await Delete("gone");
        await _api.Client.ReplaceAsync(changed with { Data = new Dictionary<string, string>() }, Ct);
        await Create("new");
        _api.Compact();

        await Eventually.HoldsAsync(
            _clock,
            () => _informer.Find(new("ns", "new")) is not null && _api.OpenWatches == 1
        );

        Names.ShouldBe(["changed", "kept", "new"]);
        Changes().Skip(3).ShouldBe(["changed>changed", "->new", "gone>-"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_server_that_is_down_is_tried_again_after_growing_pauses()
    {
        _api.IsDown = true;
        _running = _informer.RunAsync(_stop.Token);
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            await Eventually.HoldsAsync(() => _clock.NextIn is not null);
            pauses.Add(_clock.NextIn!.Value);
            _api.IsDown = i < 7;
            _clock.Advance(pauses[^1]);
            await Eventually.HoldsAsync(() => _clock.NextIn is null || _clock.NextIn > TimeSpan.FromMilliseconds(1));
        }

        await _informer.WaitForSyncAsync(Ct);
        pauses[0].ShouldBeInRange(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));
        pauses[^1].ShouldBeInRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_revision_the_server_never_had_is_given_up_after_some_tries()
    {
        await Create("a");
        await Begin();
        for (var i = 0; i < 2; i++)
        {
            _api.AnswerNext(HttpStatusCode.GatewayTimeout, "Too large resource version");
        }

        _api.EndWatches(broken: true);
        await Eventually.HoldsAsync(_clock, () => _api.OpenWatches == 1);

        _api.Requests.Count(request => request.Contains("limit=")).ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_that_fails_stops_nobody()
    {
        _informer.Changed += (_, _) => throw new InvalidOperationException("a bug");
        await Begin();
        await Create("a");
        await Create("b");
        await Eventually.HoldsAsync(() => Changes().Length == 2);
    }

    [Fact]
    public async Task Every_object_is_told_again_after_the_resync_period()
    {
        await Create("a");
        var informer = Watching(new("ns"), resync: TimeSpan.FromSeconds(40));
        await Begin(informer);
        _api.Requests[^1].ShouldContain("timeoutSeconds=40");
        _clock.Advance(TimeSpan.FromSeconds(40));

        _api.EndWatches();

        await Eventually.HoldsAsync(() => Changes().Length == 2);
        Changes().ShouldBe(["->a", "a>a"]);
    }

    [Fact]
    public async Task A_connection_that_died_without_a_word_is_given_up()
    {
        await Begin();
        _clock.Advance(TimeSpan.FromMinutes(11));
        await Eventually.HoldsAsync(
            _clock,
            () => _api.Count("GET /api/v1/namespaces/ns/configmaps?resourceVersion") == 2
        );
    }
}
