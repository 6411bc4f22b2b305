using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;

namespace Vireo.Tests.ApiServer.Routing;

/// <summary>How many watches one client may hold, and what they count for while they begin.</summary>
public sealed class WatchLoadTests
{
    private const string Path = RunningServer.ConfigMaps;

    private static readonly LoadLimits Limits = new() { SeatsPerClient = 2, WatchesPerClient = 3 };

    private static readonly Caller Ann = Caller.Known("ann", []);
    private static readonly Caller Bob = Caller.Known("bob", []);

    private readonly RequestLoad _load = new(Limits, new ManualTimeProvider());

    [Fact]
    public async Task A_client_holds_so_many_watches_and_the_next_is_refused_until_one_ends()
    {
        var held = new List<Asked>();
        for (var i = 0; i < 3; i++)
        {
            held.Add(new Asked(_load, Ann, isWatch: true));
            held[i].HasSentWhatThereIs();
        }

        var next = new Asked(_load, Ann, isWatch: true);
        next.IsServed.ShouldBeFalse();
        var refused = await Should.ThrowAsync<StatusException>(next.Answered);
        refused.Status.Code.ShouldBe(429);
        refused.Status.Reason.ShouldBe("TooManyRequests");
        refused.Status.Details!.RetryAfterSeconds.ShouldBe(1);
        refused.Status.Message.ShouldStartWith("this client holds 3 watches");
        new Asked(_load, Bob, isWatch: true).IsServed.ShouldBeTrue("another client has its own");
        new Asked(_load, Ann, isWatch: false).IsServed.ShouldBeTrue("what is no watch is not counted");

        held[0].Ends();
        await held[0].Answered;
        new Asked(_load, Ann, isWatch: true).IsServed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_watch_counts_as_a_request_until_it_has_sent_what_there_is()
    {
        var (first, second) = (new Asked(_load, Ann, isWatch: true), new Asked(_load, Ann, isWatch: true));
        var third = new Asked(_load, Ann, isWatch: false);
        third.IsServed.ShouldBeFalse("its two places are taken");
        new Asked(_load, Bob, isWatch: false).IsServed.ShouldBeTrue();

        first.HasSentWhatThereIs();
        await Eventually.HoldsAsync(() => third.IsServed);

        // The place is given back once, not again at the end.
        first.Ends();
        await first.Answered;
        new Asked(_load, Ann, isWatch: false).IsServed.ShouldBeFalse();
        second.IsServed.ShouldBeTrue();
    }

    [Fact]
    public void Agents_and_what_the_process_asks_of_itself_are_not_held_up()
    {
        var agent = Caller.Known("system:node:host2", ["system:nodes"]) with { Host = "host2" };
        for (var i = 0; i < 5; i++)
        {
            new Asked(_load, agent, isWatch: true).IsServed.ShouldBeTrue();
            new Asked(_load, Ann, isWatch: true, isInProcess: true).IsServed.ShouldBeTrue();
        }
    }

    /// <summary>A request that is served until it is told to end.</summary>
    private sealed class Asked
    {
        private readonly DefaultHttpContext _context = new();
        private readonly TaskCompletionSource _end = new();

        public Asked(RequestLoad load, Caller caller, bool isWatch, bool isInProcess = false)
        {
            _context.Request.Method = "GET";
            _context.Request.QueryString = new(isWatch ? "?watch=true" : "");
            if (isInProcess)
            {
                _context.Features.Set(caller);
            }

            Answered = load.ServeAsync(_context, caller, Path, ServeAsync);
        }

        public Task Answered { get; }

        public bool IsServed { get; private set; }

        public void HasSentWhatThereIs() => _context.Features.Get<WatchTurn>()!.Dispose();

        public void Ends() => _end.SetResult();

        private Task ServeAsync(HttpContext context, Caller caller, string path)
        {
            IsServed = true;
            return _end.Task;
        }
    }
}
