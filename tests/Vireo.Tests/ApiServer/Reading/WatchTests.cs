using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Reading;

public sealed class WatchTests : IAsyncLifetime
{
    private const string Path = RunningServer.ConfigMaps;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_there_is()
    {
        await _server.MakeAsync("a");
        using var watch = await _server.WatchAsync(Path);
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
        await _server.MakeAsync("b");
        (await watch.NextWordAsync()).ShouldBe("ADDED b");
        await _server.MergeAsync(Path + "/a", """{"data":{"x":"1"}}""");
        (await watch.NextWordAsync()).ShouldBe("MODIFIED a");
        await _server.DeleteAsync(Path + "/b");
        (await watch.NextWordAsync()).ShouldBe("DELETED b");
    }

    [Fact]
    public async Task A_watch_from_a_version_tells_all_that_came_after_it()
    {
        var a = await _server.MakeAsync("a");
        await _server.MakeAsync("b");
        await _server.DeleteAsync(Path + "/a");
        using var watch = await _server.WatchAsync($"{Path}?resourceVersion={a["metadata"]!["resourceVersion"]}");
        (await watch.NextWordAsync()).ShouldBe("ADDED b");
        var deleted = await watch.NextAsync();
        deleted!["type"]!.ToString().ShouldBe("DELETED");
        long.Parse(deleted["object"]!["metadata"]!["resourceVersion"]!.ToString())
            .ShouldBeGreaterThan(long.Parse(a["metadata"]!["resourceVersion"]!.ToString()));
    }

    [Fact]
    public async Task Objects_that_enter_the_selection_are_added_and_those_that_leave_it_are_deleted()
    {
        await _server.MakeAsync("a", """,  "labels":{"app":"x"}""");
        await _server.MakeAsync("b");
        var list = await _server.GetAsync(Path);
        using var watch = await _server.WatchAsync(
            $"{Path}?labelSelector=app%3Dx&resourceVersion={list["metadata"]!["resourceVersion"]}"
        );

        await _server.MergeAsync(Path + "/b", """{"metadata":{"labels":{"app":"x"}}}""");
        (await watch.NextWordAsync()).ShouldBe("ADDED b");
        await _server.MergeAsync(Path + "/b", """{"data":{"k":"v"}}""");
        (await watch.NextWordAsync()).ShouldBe("MODIFIED b");
        var left = await _server.MergeAsync(Path + "/a", """{"metadata":{"labels":{"app":"y"}}}""");
        var gone = await watch.NextAsync();
        gone!["type"]!.ToString().ShouldBe("DELETED");
        gone["object"]!["metadata"]!["labels"]!["app"]!.ToString().ShouldBe("x");
        gone["object"]!["metadata"]!["resourceVersion"]!
            .ToString()
            .ShouldBe(left["metadata"]!["resourceVersion"]!.ToString());
        await _server.DeleteAsync(Path + "/a");
        await _server.DeleteAsync(Path + "/b");
        (await watch.NextWordAsync()).ShouldBe("DELETED b");
    }

    [Fact]
    public async Task One_object_can_be_watched_by_its_name()
    {
        using var watch = await _server.WatchAsync(Path + "?fieldSelector=metadata.name%3Dmine");
        await _server.MakeAsync("other");
        await _server.MakeAsync("mine");
        (await watch.NextWordAsync()).ShouldBe("ADDED mine");
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        await _server.MakeAsync("a");
        using var watch = await _server.WatchAsync(
            Path + "?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        );
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
        var mark = await watch.NextAsync();
        mark!["type"]!.ToString().ShouldBe("BOOKMARK");
        mark["object"]!["kind"]!.ToString().ShouldBe("ConfigMap");
        mark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString().ShouldBe("true");
        var list = await _server.GetAsync(Path);
        mark["object"]!["metadata"]!["resourceVersion"]!
            .ToString()
            .ShouldBe(list["metadata"]!["resourceVersion"]!.ToString());
        await _server.MakeAsync("b");
        (await watch.NextWordAsync()).ShouldBe("ADDED b");
    }

    [Fact]
    public async Task Initial_events_need_the_match_that_Kubernetes_asks_for()
    {
        var one = await _server.GetAsync(Path + "?watch=true&sendInitialEvents=true&continue=x");
        one.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        one.Message.ShouldBe(
            "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: sendInitialEvents requires setting "
                + "resourceVersionMatch to NotOlderThan, continue: Forbidden: continue is forbidden for watch]"
        );
        (await _server.GetAsync(Path + "?watch=true&resourceVersionMatch=NotOlderThan")).Message.ShouldContain(
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        );
    }

    [Fact]
    public async Task A_quiet_watch_tells_once_a_minute_how_far_it_is()
    {
        await using var server = await RunningServer.StartAsync(_time);
        await server.MakeAsync("a");
        using var watch = await server.WatchAsync(Path + "?allowWatchBookmarks=true");
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
        var revision = (await server.GetAsync(Path))["metadata"]!["resourceVersion"]!.ToString();

        var next = watch.NextAsync();
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(next, Task.Delay(10));
        }

        (await next)!["type"]!.ToString().ShouldBe("BOOKMARK");
        (await next)!["object"]!["metadata"]!["resourceVersion"]!.ToString().ShouldBe(revision);
    }

    [Fact]
    public async Task A_watch_ends_when_its_time_is_over()
    {
        await using var server = await RunningServer.StartAsync(_time);
        using var watch = await server.WatchAsync(Path + "?timeoutSeconds=5");
        var next = watch.NextAsync();
        next.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(6));
        (await next).ShouldBeNull();
    }

    [Fact]
    public async Task A_watch_ends_when_the_server_stops()
    {
        var server = await RunningServer.StartAsync();
        using var watch = await server.WatchAsync(Path);
        var next = watch.NextAsync();
        await server.DisposeAsync();
        (await next).ShouldBeNull();
    }

    [Fact]
    public async Task A_version_that_was_never_given_out_is_expired()
    {
        var reply = await _server.GetAsync(Path + "?watch=true&resourceVersion=999999");
        reply.Code.ShouldBe(HttpStatusCode.Gone);
        reply.Reason.ShouldBe("Expired");
        (await _server.GetAsync(Path + "?watch=true&resourceVersion=x")).Code.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_watch_can_give_rows_of_a_table()
    {
        using var watch = await _server.WatchAsync(
            Path,
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
        );
        await _server.MakeAsync("a");
        var added = await watch.NextAsync();
        added!["object"]!["kind"]!.ToString().ShouldBe("Table");
        added["object"]!["rows"]![0]!["cells"]![0]!.ToString().ShouldBe("a");
    }

    [Fact]
    public async Task A_watch_across_namespaces_sees_them_all()
    {
        using var watch = await _server.WatchAsync("/api/v1/configmaps");
        await _server.PostAsync("/api/v1/namespaces/kube-system/configmaps", """{"metadata":{"name":"sys"}}""");
        await _server.MakeAsync("a");
        // What the server made for itself when it was started.
        (await watch.NextWordAsync()).ShouldBe("ADDED vireo-common-instancetypes");
        (await watch.NextWordAsync()).ShouldBe("ADDED sys");
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
    }

    [Fact]
    public async Task Many_watchers_see_every_change_once_and_in_order()
    {
        var watchers = new List<WatchReader>();
        for (var i = 0; i < 8; i++)
        {
            watchers.Add(await _server.WatchAsync(Path));
        }

        var writers = Enumerable
            .Range(0, 4)
            .Select(async writer =>
            {
                for (var i = 0; i < 25; i++)
                {
                    await _server.MakeAsync($"w{writer}-{i}");
                }
            });
        await Task.WhenAll(writers);
        foreach (var watcher in watchers)
        {
            var seen = new List<JsonObject>();
            for (var i = 0; i < 100; i++)
            {
                seen.Add((await watcher.NextAsync())!);
            }

            seen.Select(e => long.Parse(e["object"]!["metadata"]!["resourceVersion"]!.ToString())).ShouldBeInOrder();
            seen.Select(e => e["object"]!["metadata"]!["name"]!.ToString()).Distinct().Count().ShouldBe(100);
            watcher.Dispose();
        }
    }

    private readonly ManualTimeProvider _time = new();
}
