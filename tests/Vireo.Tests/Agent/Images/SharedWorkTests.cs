using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class SharedWorkTests
{
    private readonly SharedWork<int> _work = new();
    private int _begun;

    [Fact]
    public async Task Work_is_done_once_for_all_who_wait_and_again_for_who_comes_later()
    {
        var gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 5).Select(_ => RunAsync(gate.Task)).ToList();
        gate.SetResult();

        (await Task.WhenAll(waiting)).ShouldAllBe(result => result == 1);
        (await RunAsync(Task.CompletedTask)).ShouldBe(2);
    }

    [Fact]
    public async Task A_failure_reaches_all_and_is_not_kept()
    {
        var gate = new TaskCompletionSource();
        var (first, second) = (RunAsync(gate.Task), RunAsync(gate.Task));
        gate.SetException(new IOException("no"));

        await Should.ThrowAsync<IOException>(() => first);
        await Should.ThrowAsync<IOException>(() => second);
        (await RunAsync(Task.CompletedTask)).ShouldBe(2);
    }

    [Fact]
    public async Task Who_stops_waiting_stops_nobody_else()
    {
        var gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var (first, second) = (RunAsync(gate.Task, impatient.Token), RunAsync(gate.Task));
        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        (await second).ShouldBe(1);
    }

    private Task<int> RunAsync(Task until, CancellationToken ct = default) =>
        _work.RunAsync(
            "key",
            async () =>
            {
                var turn = Interlocked.Increment(ref _begun);
                await until;
                return turn;
            },
            ct
        );
}
