using System.Collections.Concurrent;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class WorkQueueTests : IDisposable
{
    private static readonly ResourceKey A = new("ns", "a");
    private static readonly ResourceKey B = new("ns", "b");

    private readonly ManualTimeProvider _clock = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = new WorkQueue("test", _clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    private async Task<string> Take()
    {
        var key = await _queue.TakeAsync(Ct);
        return key.Name;
    }

    private bool IsEmpty()
    {
        var take = _queue.TakeAsync(new CancellationToken(canceled: true)).AsTask();
        return take.IsCanceled;
    }

    [Fact]
    public async Task Keys_come_in_order_and_once()
    {
        _queue.Add(A);
        _queue.Add(B);
        _queue.Add(A);

        (await Take()).ShouldBe("a");
        (await Take()).ShouldBe("b");
        IsEmpty().ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_is_added_during_its_pass_comes_once_more_after_it()
    {
        _queue.Add(A);
        await Take();
        _queue.Add(A);
        _queue.Add(A);
        var next = _queue.TakeAsync(Ct);
        next.IsCompleted.ShouldBeFalse();

        _queue.Done(A);

        (await next).ShouldBe(A);
        _queue.Done(A);
        IsEmpty().ShouldBeTrue();
    }

    [Fact]
    public async Task The_earliest_delay_counts()
    {
        _queue.AddAfter(A, TimeSpan.FromSeconds(5));
        _queue.AddAfter(A, TimeSpan.FromSeconds(2));
        _queue.AddAfter(A, TimeSpan.FromSeconds(9));
        var next = _queue.TakeAsync(Ct);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        next.IsCompleted.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        (await next).ShouldBe(A);
        _queue.Done(A);
        _clock.Advance(TimeSpan.FromMinutes(1));
        IsEmpty().ShouldBeTrue();
    }

    [Fact]
    public async Task A_pass_drops_the_delays_before_it()
    {
        _queue.AddAfter(A, TimeSpan.FromSeconds(5));
        _queue.Add(A);
        await Take();
        _queue.Done(A);
        _clock.Advance(TimeSpan.FromSeconds(5));
        IsEmpty().ShouldBeTrue();
    }

    [Fact]
    public async Task Failures_in_a_row_are_tried_after_doubling_pauses_up_to_a_minute()
    {
        var pauses = new List<double>();
        for (var i = 0; i < 16; i++)
        {
            _queue.AddFailed(A);
            pauses.Add(_clock.NextIn!.Value.TotalMilliseconds);
            _clock.Advance(_clock.NextIn!.Value);
            await Take();
            _queue.Done(A);
        }

        pauses.Take(4).ShouldBe([5, 10, 20, 40]);
        pauses[^1].ShouldBe(60_000);
        _queue.Forget(A);
        _queue.AddFailed(A);
        _clock.NextIn.ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    /// <summary>Many threads add, delay, fail and take at random; the seed is in the failure.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_key_is_lost_and_none_is_with_two_workers(int seed)
    {
        var keys = Enumerable.Range(0, 12).Select(i => new ResourceKey("ns", $"k{i}")).ToArray();
        // A wish is a number; a pass fulfils all wishes that were made before it began.
        var wished = new ConcurrentDictionary<ResourceKey, int>();
        var fulfilled = new ConcurrentDictionary<ResourceKey, int>();
        var running = new ConcurrentDictionary<ResourceKey, int>();
        var collisions = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var workers = Enumerable
            .Range(0, 4)
            .Select(worker => Task.Run(() => Work(new Random(seed + worker)), Ct))
            .ToList();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() => Wish(new Random(seed * 99 + writer)), Ct));

        await Task.WhenAll(writers);
        await Eventually.HoldsAsync(
            _clock,
            () => wished.All(wish => fulfilled.GetValueOrDefault(wish.Key) >= wish.Value),
            $"every wish is fulfilled (seed {seed})"
        );
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        collisions.ShouldBe(0);

        void Wish(Random random)
        {
            for (var i = 0; i < 3000; i++)
            {
                var key = keys[random.Next(keys.Length)];
                wished.AddOrUpdate(key, 1, (_, count) => count + 1);
                switch (random.Next(4))
                {
                    case 0:
                        _queue.AddAfter(key, TimeSpan.FromMilliseconds(random.Next(50)));
                        break;
                    case 1:
                        _queue.AddFailed(key);
                        break;
                    default:
                        _queue.Add(key);
                        break;
                }

                if (random.Next(10) == 0)
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(random.Next(20)));
                }
            }
        }

        async Task Work(Random random)
        {
            try
            {
                while (true)
                {
                    var key = await _queue.TakeAsync(stop.Token);
                    if (running.AddOrUpdate(key, 1, (_, count) => count + 1) != 1)
                    {
                        Interlocked.Increment(ref collisions);
                    }

                    var seen = wished.GetValueOrDefault(key);
                    await Task.Yield();
                    fulfilled.AddOrUpdate(key, seen, (_, before) => Math.Max(before, seen));
                    running.AddOrUpdate(key, 0, (_, count) => count - 1);
                    if (random.Next(3) == 0)
                    {
                        _queue.Forget(key);
                    }

                    _queue.Done(key);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The test is over.
            }
        }
    }
}
