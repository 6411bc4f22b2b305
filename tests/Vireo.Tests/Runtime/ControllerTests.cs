using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class ControllerTests : IReconciler, IAsyncDisposable
{
    private static readonly ResourceKey A = new("ns", "a");

    private readonly ManualTimeProvider _clock = new();
    private readonly ConcurrentQueue<Func<Outcome>> _script = new();
    private readonly ConcurrentQueue<(string Name, DateTimeOffset At)> _passes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Controller _controller;
    private Task _running = Task.CompletedTask;

    public ControllerTests() => _controller = new Controller("test", this, _clock, NullLogger.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        _passes.Enqueue((key.Name, _clock.GetUtcNow()));
        return Task.FromResult(_script.TryDequeue(out var next) ? next() : Outcome.Settled);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _controller.Dispose();
        _stop.Dispose();
    }

    /// <summary>Runs one key through a script until it has had so many passes; tells the pauses between them.</summary>
    private async Task<double[]> Pauses(int passes, params Func<Outcome>[] script)
    {
        Array.ForEach(script, _script.Enqueue);
        _controller.Enqueue(A);
        _running = _controller.RunAsync(2, _stop.Token);
        await Eventually.HoldsAsync(_clock, () => _passes.Count == passes);
        var times = _passes.Select(pass => pass.At).ToArray();
        return [.. times.Zip(times.Skip(1), (before, after) => (after - before).TotalMilliseconds)];
    }

    private static Outcome Conflict() => throw new ApiException(Reason.Conflict, "somebody was quicker");

    [Fact]
    public async Task Progress_is_followed_by_a_pass_at_once() =>
        (await Pauses(3, () => Outcome.Progressed, () => Outcome.Progressed)).ShouldBe([0, 0]);

    [Fact]
    public async Task Waiting_is_followed_by_a_pass_after_its_time() =>
        (await Pauses(2, () => new Outcome.Waiting("the disk", TimeSpan.FromSeconds(30)))).ShouldBe([30_000]);

    [Fact]
    public async Task Failures_are_followed_by_growing_pauses_until_something_else_happens() =>
        (
            await Pauses(
                6,
                () => new Outcome.Failed("NoDisk", "there is none"),
                () => new Outcome.Failed("NoDisk", "there is none"),
                () => new Outcome.Failed("NoDisk", "there is none"),
                () => Outcome.Progressed,
                () => new Outcome.Failed("NoDisk", "there is none")
            )
        ).ShouldBe([5, 10, 20, 0, 5]);

    [Fact]
    public async Task A_bug_is_a_failure_and_takes_no_worker_down() =>
        (
            await Pauses(
                3,
                () => throw new InvalidOperationException("a bug"),
                () => throw new ApiException(Reason.ServiceUnavailable, "not now")
            )
        ).ShouldBe([5, 10]);

    [Fact]
    public async Task A_refusal_is_a_failure_too_because_rights_come_and_go() =>
        (
            await Pauses(
                3,
                () => throw new ApiException(Reason.Forbidden, "not yours"),
                () => throw new ApiException(Reason.Forbidden, "not yours")
            )
        ).ShouldBe([5, 10]);

    [Fact]
    public async Task Conflicts_are_looked_at_again_at_once_but_not_for_ever() =>
        (await Pauses(8, [.. Enumerable.Repeat(Conflict, 7)])).ShouldBe([0, 0, 0, 0, 0, 5, 10]);

    [Fact]
    public async Task What_is_settled_or_blocked_rests_until_it_is_asked_for()
    {
        await Pauses(1, () => new Outcome.Blocked("BadSpec", "it cannot work"));
        _clock.WaitingTimers.ShouldBe(0);
        _controller.Enqueue(A);
        await Eventually.HoldsAsync(() => _passes.Count == 2);
        _clock.WaitingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task It_begins_when_the_informers_are_whole_and_hears_of_changes_before_and_after()
    {
        var api = new FakeApi();
        await api.Client.CreateAsync(Owned("m", "one"), Ct);
        api.IsDown = true;
        var informer = new Informer<ConfigMap>(api.Client, new("ns"), _clock, NullLogger.Instance);
        _controller.Watch(informer, map => [new ResourceKey("ns", map.Data!["owner"])]);
        _running = Task.WhenAll(_controller.RunAsync(1, _stop.Token), informer.RunAsync(_stop.Token));
        _controller.Enqueue(A);
        await Eventually.HoldsAsync(() => _clock.WaitingTimers > 0);
        _passes.ShouldBeEmpty();

        api.IsDown = false;
        await Eventually.HoldsAsync(_clock, () => api.OpenWatches == 1 && _passes.Count == 2);
        await api.Client.ReplaceAsync(Owned("m", "two"), Ct);
        await Eventually.HoldsAsync(() => _passes.Count == 4);

        _passes.Select(pass => pass.Name).ShouldBe(["a", "one", "one", "two"]);
    }

    [Fact]
    public async Task It_stops_only_when_no_pass_is_running()
    {
        using var begun = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        _script.Enqueue(() =>
        {
            begun.Release();
            gate.Wait(Ct);
            return Outcome.Settled;
        });
        _controller.Enqueue(A);
        _running = _controller.RunAsync(1, _stop.Token);
        await begun.WaitAsync(Ct);

        await _stop.CancelAsync();

        _running.IsCompleted.ShouldBeFalse();
        gate.Release();
        await _running;
    }

    private static ConfigMap Owned(string name, string owner) =>
        new()
        {
            Metadata = new() { Namespace = "ns", Name = name },
            Data = new Dictionary<string, string> { ["owner"] = owner },
        };
}
