using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.ApiServer.Metrics;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer;

/// <summary>What monitoring reads.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void Counts_are_added_up_by_their_labels()
    {
        using var meter = new Meter("Test.Metrics");
        using var collector = new MetricsCollector("Test.Metrics");
        var steps = meter.CreateCounter<long>("a.b.steps", "{machine}", "What \"was\" done.");

        steps.Add(2, new KeyValuePair<string, object?>("outcome", "Updated"));
        steps.Add(1, new KeyValuePair<string, object?>("outcome", "Fai\"led"));
        steps.Add(3, new KeyValuePair<string, object?>("outcome", "Updated"));

        MetricsText
            .Of(collector.Read())
            .ShouldBe(
                """
                # HELP a_b_steps_total What \"was\" done.
                # TYPE a_b_steps_total counter
                a_b_steps_total{outcome="Fai\"led"} 1
                a_b_steps_total{outcome="Updated"} 5

                """
            );
    }

    [Fact]
    public void What_goes_down_again_is_a_gauge()
    {
        using var meter = new Meter("Test.Gauges");
        using var collector = new MetricsCollector("Test.Gauges");
        var depth = meter.CreateUpDownCounter<long>("queue.depth", "{key}", "What waits.");

        depth.Add(3, new KeyValuePair<string, object?>("controller", "vm"));
        depth.Add(-2, new KeyValuePair<string, object?>("controller", "vm"));

        MetricsText
            .Of(collector.Read())
            .ShouldBe("# HELP queue_depth What waits.\n# TYPE queue_depth gauge\nqueue_depth{controller=\"vm\"} 1\n");
    }

    [Fact]
    public void Other_meters_are_left_out()
    {
        using var meter = new Meter("Test.Others");
        using var collector = new MetricsCollector("Test.Metrics");

        meter.CreateCounter<long>("a").Add(1);

        collector.Read().ShouldBeEmpty();
    }

    [Fact]
    public async Task They_are_served_as_text_to_those_who_may_see_all()
    {
        await using var server = await RunningServer.StartAsync();

        using var answer = await server.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldStartWith("text/plain; version=0.0.4");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        text.ShouldContain("# TYPE vireo_heap_bytes gauge\nvireo_heap_bytes ");
    }

    [Fact]
    public async Task Requests_are_counted_by_what_they_do_and_how_they_end()
    {
        await using var server = await RunningServer.StartAsync();
        await server.MakeAsync("a");
        await server.GetAsync(RunningServer.ConfigMaps + "/a");
        await server.GetAsync(RunningServer.ConfigMaps + "/b");
        using var watch = await server.WatchAsync(RunningServer.ConfigMaps);
        await watch.NextAsync();

        var text = (await server.GetAsync("/metrics")).Text;

        const string Configmaps = """group="",resource="configmaps",subresource="",""";
        text.ShouldContain($$"""apiserver_request_total{code="200",{{Configmaps}}verb="GET",version="v1"} 1""");
        text.ShouldContain($$"""apiserver_request_total{code="404",{{Configmaps}}verb="GET",version="v1"} 1""");
        text.ShouldContain($$"""apiserver_longrunning_requests{{{Configmaps}}verb="WATCH",version="v1"} 1""");
        text.ShouldContain(
            $$"""apiserver_request_duration_seconds_bucket{{{Configmaps}}verb="GET",version="v1",le="+Inf"} 2"""
        );
        text.ShouldContain("""apiserver_current_inflight_requests{request_kind="readOnly"} 0""");
        text.ShouldContain("""apiserver_storage_objects{resource="configmaps"} 2""");
        text.ShouldContain("process_resident_memory_bytes ");
    }

    [Fact]
    public async Task Passes_of_a_controller_are_counted_by_how_they_end_and_so_is_what_waits_for_one()
    {
        await using var server = await RunningServer.StartAsync();
        using var stop = new CancellationTokenSource();
        var passes = new ScriptedPasses(
            () => Outcome.Progressed,
            () => throw new ApiException(Reason.Conflict, "somebody was quicker"),
            () => throw new InvalidOperationException("a bug"),
            () => new Outcome.Failed("NoDisk", "there is none"),
            () => throw new ApiException(Reason.ServiceUnavailable, "not now"),
            () => Outcome.Settled,
            () => new Outcome.Blocked("BadSpec", "it cannot work")
        );
        using var controller = new Controller("counted", passes, TimeProvider.System, NullLogger.Instance);
        controller.Enqueue(new("ns", "a"));
        controller.Enqueue(new("ns", "a"));
        (await LinesAsync()).ShouldBe(["""vireo_controller_queue_depth{controller="counted"} 1"""]);
        controller.Enqueue(new("ns", "b"));
        (await LinesAsync()).ShouldBe(["""vireo_controller_queue_depth{controller="counted"} 2"""]);

        var running = controller.RunAsync(1, stop.Token);
        await Eventually.HoldsAsync(() => passes.IsDone);
        await stop.CancelAsync();
        await running;

        string[] outcomes =
        [
            "Blocked",
            "Conflict",
            "Exception",
            "Failed",
            "Progressed",
            "ServiceUnavailable",
            "Settled",
        ];
        (await LinesAsync()).ShouldBe([
            .. outcomes.Select(outcome =>
                $$"""vireo_controller_passes_total{controller="counted",outcome="{{outcome}}"} 1"""
            ),
            """vireo_controller_queue_depth{controller="counted"} 0""",
        ]);

        async Task<string[]> LinesAsync() =>
            [.. (await server.GetAsync("/metrics")).Text.Split('\n').Where(line => line.Contains("\"counted\""))];
    }

    /// <summary>Passes that end as it is written, each once.</summary>
    private sealed class ScriptedPasses(params IReadOnlyList<Func<Outcome>> script) : IReconciler
    {
        private int _begun;

        public bool IsDone => Volatile.Read(ref _begun) == script.Count;

        public Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct) =>
            Task.FromResult(script[Interlocked.Increment(ref _begun) - 1]());
    }
}
