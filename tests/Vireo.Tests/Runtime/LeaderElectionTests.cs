using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

public sealed class LeaderElectionTests : IAsyncDisposable
{
    private static readonly ResourceKey Key = new("vireo", "controllers");

    private readonly FakeApi _api = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly List<Candidate> _candidates = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var candidate in _candidates)
        {
            await candidate.StopAsync();
            candidate.Dispose();
        }
    }

    private Candidate Stand(string name, KubernetesClient? client = null)
    {
        var candidate = new Candidate(new(client ?? _api.Client, Key, name, _clock, NullLogger.Instance), _clock);
        _candidates.Add(candidate);
        return candidate;
    }

    private LeaseSpec Spec() => _api.Client.FindAsync<Lease>(Key, Ct).Result!.Spec!;

    [Fact]
    public async Task The_first_leads_and_renews_and_the_second_waits()
    {
        var one = Stand("one");
        await Eventually.HoldsAsync(() => one.IsLeading);
        var acquired = Spec().AcquireTime;
        var two = Stand("two");

        for (var i = 0; i < 30; i++)
        {
            var renewed = Spec().RenewTime;
            _clock.Advance(TimeSpan.FromSeconds(2));
            await Eventually.HoldsAsync(() => Spec().RenewTime > renewed);
            await Eventually.HoldsAsync(() => _clock.WaitingTimers == 2);
        }

        (one.Terms, two.Terms).ShouldBe((1, 0));
        (Spec().HolderIdentity, Spec().LeaseDurationSeconds, Spec().LeaseTransitions).ShouldBe(("one", 15, 0));
        Spec().AcquireTime.ShouldBe(acquired);
    }

    [Fact]
    public async Task A_leader_that_stops_in_order_makes_room_at_once()
    {
        var one = Stand("one");
        await Eventually.HoldsAsync(() => one.IsLeading);
        await one.StopAsync();
        one.IsLeading.ShouldBeFalse();
        Spec().HolderIdentity.ShouldBe("");

        var before = _clock.GetUtcNow();
        var two = Stand("two");
        await Eventually.HoldsAsync(() => two.IsLeading);

        _clock.GetUtcNow().ShouldBe(before);
        Spec().LeaseTransitions.ShouldBe(1);
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_before_another_begins()
    {
        var cut = new FakeNetwork(_api);
        var one = Stand("one", cut.Client);
        await Eventually.HoldsAsync(() => one.IsLeading);
        var two = Stand("two");
        two.OnLead = () => one.IsLeading.ShouldBeFalse();
        await Eventually.HoldsAsync(() => _clock.WaitingTimers == 2);

        cut.IsCut = true;
        var cutAt = _clock.GetUtcNow();
        await Eventually.HoldsAsync(_clock, () => !one.IsLeading, timers: 2);
        (one.EndedAt - cutAt).ShouldBeLessThan(TimeSpan.FromSeconds(15));
        await Eventually.HoldsAsync(_clock, () => two.IsLeading);

        (_clock.GetUtcNow() - cutAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(15));
        two.Failure.ShouldBeNull();
        Spec().HolderIdentity.ShouldBe("two");

        cut.IsCut = false;
        await two.StopAsync();
        await Eventually.HoldsAsync(_clock, () => one.IsLeading);
        one.Terms.ShouldBe(2);
    }

    [Fact]
    public async Task A_term_is_counted_from_when_the_lease_was_asked_for()
    {
        var slow = new FakeNetwork(_api) { WritesAnsweredAfter = new() };
        var askedAt = _clock.GetUtcNow();
        var one = Stand("one", slow.Client);
        await Eventually.HoldsAsync(() => _api.Count("POST") == 1);
        _clock.Advance(TimeSpan.FromSeconds(9));
        slow.WritesAnsweredAfter.SetResult();
        await Eventually.HoldsAsync(() => one.IsLeading);
        slow.IsCut = true;

        await Eventually.HoldsAsync(_clock, () => !one.IsLeading);

        (one.EndedAt - askedAt).ShouldBeLessThan(TimeSpan.FromSeconds(15));
        slow.IsCut = false;
    }

    [Fact]
    public async Task A_stop_waits_for_the_work_even_when_the_server_is_silent()
    {
        var cut = new FakeNetwork(_api);
        var one = Stand("one", cut.Client);
        await Eventually.HoldsAsync(() => one.IsLeading);
        await Eventually.HoldsAsync(() => _clock.WaitingTimers == 1);
        cut.IsCut = true;
        _clock.Advance(TimeSpan.FromSeconds(2));

        var stopping = one.StopAsync();
        await Eventually.HoldsAsync(_clock, () => stopping.IsCompleted);

        await stopping;
        one.IsLeading.ShouldBeFalse();
    }

    [Fact]
    public async Task A_leader_whose_lease_was_taken_stops_at_its_next_look()
    {
        var one = Stand("one");
        await Eventually.HoldsAsync(() => one.IsLeading);
        await _api.Client.ChangeAsync<Lease>(
            Key,
            lease => lease with { Spec = lease.Spec! with { HolderIdentity = "thief" } },
            Ct
        );

        await Eventually.HoldsAsync(_clock, () => !one.IsLeading);

        Spec().HolderIdentity.ShouldBe("thief");
    }

    [Fact]
    public async Task Work_that_ends_ends_the_election_and_work_that_fails_is_stood_for_again()
    {
        var tries = 0;
        var election = new LeaderElection(_api.Client, Key, "one", _clock, NullLogger.Instance);
        var running = election.RunAsync(
            _ => ++tries == 1 ? throw new InvalidOperationException("a bug") : Task.CompletedTask,
            Ct
        );

        await Eventually.HoldsAsync(_clock, () => running.IsCompleted);

        await running;
        tries.ShouldBe(2);
        Spec().HolderIdentity.ShouldBe("");
    }

    /// <summary>One that takes part, and whether it leads just now.</summary>
    private sealed class Candidate : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;
        private volatile bool _isLeading;

        private readonly TimeProvider _clock;

        public Candidate(LeaderElection election, TimeProvider clock)
        {
            _clock = clock;
            _running = election.RunAsync(LeadAsync, _stop.Token);
        }

        public bool IsLeading => _isLeading;

        public int Terms { get; private set; }

        public Action OnLead { get; set; } = () => { };

        public Exception? Failure { get; private set; }

        public DateTimeOffset EndedAt { get; private set; }

        public Task StopAsync()
        {
            _stop.Cancel();
            return _running;
        }

        public void Dispose() => _stop.Dispose();

        private async Task LeadAsync(CancellationToken ct)
        {
            Terms++;
            _isLeading = true;
            try
            {
                OnLead();
                await Task.Delay(Timeout.Infinite, ct);
            }
            catch (ShouldAssertException e)
            {
                Failure = e;
            }
            finally
            {
                EndedAt = _clock.GetUtcNow();
                _isLeading = false;
            }
        }
    }

    /// <summary>A way to the server that can be cut for one of its users: requests then hang.</summary>
    private sealed class FakeNetwork : DelegatingHandler
    {
        public FakeNetwork(FakeApi api)
            : base(api) =>
            Client = new(new HttpClient(this, disposeHandler: false) { BaseAddress = new("http://fake/") });

        public KubernetesClient Client { get; }

        public bool IsCut { get; set; }

        /// <summary>Answers to writes wait for this.</summary>
        public TaskCompletionSource? WritesAnsweredAfter { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            if (IsCut)
            {
                await Task.Delay(Timeout.Infinite, ct);
            }

            var response = await base.SendAsync(request, ct);
            if (request.Method != HttpMethod.Get && WritesAnsweredAfter is { } gate)
            {
                await gate.Task.WaitAsync(ct);
            }

            return response;
        }
    }
}
