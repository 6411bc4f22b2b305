using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;

namespace Vireo.Tests.ApiServer.Routing;

/// <summary>Who is served, who waits and who is refused when there is not room for all.</summary>
public sealed class FairShareTests
{
    private static readonly LoadLimits Limits = new()
    {
        Seats = 4,
        SeatsPerClient = 3,
        WaitingPerClient = 3,
    };

    private readonly ManualTimeProvider _time = new();
    private readonly FairShare _share;

    public FairShareTests() => _share = new(Limits, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_has_its_share_and_the_next_finds_room()
    {
        var own = await ManyAsync("a", 3);
        var fourth = Enter("a");
        fourth.IsCompleted.ShouldBeFalse();

        (await Enter("b")).Dispose();
        fourth.IsCompleted.ShouldBeFalse();
        own[0].Dispose();
        (await fourth).Dispose();
    }

    [Fact]
    public async Task Those_who_wait_take_turns_by_client()
    {
        List<FairShare.Place> held = [.. await ManyAsync("x", 2), .. await ManyAsync("y", 2)];
        var order = new List<string>();
        var asked = new[] { "a1", "a2", "a3", "b1", "b2", "c1" }.Select(async name =>
        {
            var place = await Enter(name[..1]);
            lock (order)
            {
                order.Add(name);
            }

            place.Dispose();
        });
        var all = Task.WhenAll(asked.ToList());

        // One place: each that is let in lets the next in.
        held[0].Dispose();
        await all.WaitAsync(Ct);

        order.IndexOf("b1").ShouldBeLessThan(order.IndexOf("a2"));
        order.IndexOf("c1").ShouldBeLessThan(order.IndexOf("a2"));
        order.IndexOf("b2").ShouldBeLessThan(order.IndexOf("a3"));
    }

    [Fact]
    public async Task Who_has_too_many_waiting_is_told_to_come_back_and_the_others_are_not()
    {
        await ManyAsync("a", 3);
        var waiting = Enumerable.Range(0, 3).Select(_ => Enter("a")).ToList();

        var refused = await Should.ThrowAsync<StatusException>(async () => await Enter("a"));
        refused.Status.Code.ShouldBe(429);
        refused.Status.Reason.ShouldBe("TooManyRequests");
        refused.Status.Details!.RetryAfterSeconds.ShouldBe(1);
        waiting.ShouldAllBe(each => !each.IsCompleted);
        (await Enter("b")).Dispose();
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_come_back_and_leaves_no_trace()
    {
        var held = await ManyAsync("a", 3);
        var waiting = Enter("a");

        await Eventually.HoldsAsync(_time, () => waiting.IsCompleted);
        (await Should.ThrowAsync<StatusException>(() => waiting)).Status.Code.ShouldBe(429);
        held.ForEach(place => place.Dispose());
        await ManyAsync("a", 3);
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_makes_way()
    {
        List<FairShare.Place> held = [.. await ManyAsync("x", 2), .. await ManyAsync("y", 2)];
        using var leave = new CancellationTokenSource();
        var large = _share.EnterAsync("a", 3, leave.Token).AsTask();
        var small = Enter("b");
        held[0].Dispose();
        small.IsCompleted.ShouldBeFalse("a large request keeps its turn");

        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => large);
        (await small.WaitAsync(Ct)).Dispose();
    }

    [Fact]
    public async Task What_is_larger_than_the_whole_is_served_alone()
    {
        using (await _share.EnterAsync("a", 100, Ct))
        {
            Enter("b").IsCompleted.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(false, null, 1)]
    [InlineData(true, 0L, 1)]
    [InlineData(true, 200L, 1)]
    [InlineData(true, 3_000_000L, 46)]
    [InlineData(true, long.MaxValue, 200)]
    [InlineData(true, null, 16)]
    public void A_body_counts_by_its_length(bool hasBody, long? bytes, int seats) =>
        LoadLimits.Default.SeatsOf(hasBody, bytes).ShouldBe(seats);

    private Task<FairShare.Place> Enter(string client) => _share.EnterAsync(client, 1, Ct).AsTask();

    private async Task<List<FairShare.Place>> ManyAsync(string client, int count)
    {
        var places = new List<FairShare.Place>();
        for (var i = 0; i < count; i++)
        {
            var entered = Enter(client);
            entered.IsCompleted.ShouldBeTrue($"{client} {i}");
            places.Add(await entered);
        }

        return places;
    }
}
