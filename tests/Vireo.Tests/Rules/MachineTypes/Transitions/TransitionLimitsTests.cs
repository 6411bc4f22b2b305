using System.Globalization;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

public sealed class TransitionLimitsTests
{
    private static readonly DateTimeOffset Now = Samples.Now;

    [Fact]
    public void Without_limits_all_are_changed_and_ten_restart_at_once() =>
        Allow(new(), new(0, 0, null, 0)).ShouldBe(new(int.MaxValue, 10, BeginsBatch: true, null, null));

    [Theory]
    [InlineData(null, 3, 7)]
    [InlineData(5, 3, 2)]
    [InlineData(5, 5, 0)]
    [InlineData(5, 9, 0)]
    public void Only_so_many_restart_at_once(int? most, int restarting, int free) =>
        Allow(new() { MaxConcurrentRestarts = most }, new(restarting, 0, Now, 0)).Restarts.ShouldBe(free);

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void It_gives_up_after_so_many_failures(int failed, bool goesOn)
    {
        var allowance = Allow(new() { MaxFailures = 3 }, new(0, failed, null, 0));

        allowance.GivesUp.ShouldBe(!goesOn);
        (allowance.Changes > 0).ShouldBe(goesOn);
        (allowance.WaitsFor is null).ShouldBe(goesOn);
    }

    [Fact]
    public void A_batch_is_filled_then_the_pause_is_kept_then_the_next_begins()
    {
        var limits = new MachineTypeTransitionLimits { BatchSize = 10, BatchInterval = "5m" };

        Allow(limits, new(0, 0, null, 0)).ShouldBe(new(10, 10, BeginsBatch: true, null, null));
        Allow(limits, new(0, 0, Now.AddMinutes(-1), 4)).ShouldBe(new(6, 10, BeginsBatch: false, null, null));
        Allow(limits, new(2, 0, Now.AddMinutes(-1), 10))
            .ShouldBe(new(0, 8, false, Now.AddMinutes(4), "the next batch, 5m after the last"));
        Allow(limits, new(0, 0, Now.AddMinutes(-5), 10)).ShouldBe(new(10, 10, BeginsBatch: true, null, null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0s")]
    public void Batches_without_a_pause_are_allowed_all_at_once_and_still_are_batches(string? interval) =>
        Allow(new() { BatchSize = 10, BatchInterval = interval }, new(0, 0, Now, 10))
            .ShouldBe(new(int.MaxValue, 10, BeginsBatch: false, null, null) { BatchSize = 10 });

    [Fact]
    public void Nothing_is_touched_while_it_is_paused_or_cancelled()
    {
        var pace = new TransitionPace(0, 0, null, 0);

        TransitionLimits
            .Allow(new() { Paused = true }, pace, Now)
            .ShouldBe(new(0, 0, BeginsBatch: false, null, "it is paused"));
        TransitionLimits
            .Allow(new() { Cancelled = true, Paused = true }, pace, Now)
            .WaitsFor.ShouldBe("it is cancelled");
    }

    [Theory]
    // Window, zone, time; whether it is open, and when it opens next where it is not.
    [InlineData("22:00", "23:00", null, "2026-01-31T22:00Z", null)]
    [InlineData("22:00", "23:00", null, "2026-01-31T22:59Z", null)]
    [InlineData("22:00", "23:00", null, "2026-01-31T23:00Z", "2026-02-01T22:00Z")]
    [InlineData("22:00", "23:00", null, "2026-01-31T21:59Z", "2026-01-31T22:00Z")]
    // Over midnight.
    [InlineData("22:00", "04:00", null, "2026-01-31T23:59Z", null)]
    [InlineData("22:00", "04:00", null, "2026-02-01T00:00Z", null)]
    [InlineData("22:00", "04:00", null, "2026-02-01T03:59Z", null)]
    [InlineData("22:00", "04:00", null, "2026-02-01T04:00Z", "2026-02-01T22:00Z")]
    [InlineData("22:00", "04:00", null, "2026-02-01T12:00Z", "2026-02-01T22:00Z")]
    // Where the clock hangs.
    [InlineData("22:00", "04:00", "Europe/Berlin", "2026-01-31T21:00Z", null)]
    [InlineData("22:00", "04:00", "Europe/Berlin", "2026-01-31T20:59Z", "2026-01-31T21:00Z")]
    [InlineData("22:00", "04:00", "Europe/Berlin", "2026-07-01T20:00Z", null)]
    [InlineData("22:00", "04:00", "Europe/Berlin", "2026-07-01T19:59Z", "2026-07-01T20:00Z")]
    [InlineData("22:00", "04:00", "Asia/Kolkata", "2026-01-31T16:29Z", "2026-01-31T16:30Z")]
    [InlineData("01:00", "05:00", "America/Los_Angeles", "2026-01-31T05:00Z", "2026-01-31T09:00Z")]
    // The hour that the clocks leave out: it opens when they have gone on.
    [InlineData("02:30", "05:00", "Europe/Berlin", "2026-03-29T00:45Z", "2026-03-29T01:00Z")]
    public void A_window_is_kept(string start, string end, string? zone, string time, string? opens)
    {
        var window = new MaintenanceWindow
        {
            Start = start,
            End = end,
            TimeZone = zone,
        };
        var now = Time(time);

        var allowance = TransitionLimits.Allow(new() { Limits = new() { Window = window } }, new(0, 0, null, 0), now);

        MaintenanceWindows.IsOpen(window, now).ShouldBe(opens is null);
        allowance.LookAgainAt.ShouldBe(opens is null ? null : Time(opens));
        (allowance.Changes > 0).ShouldBe(opens is null);
        (allowance.Restarts > 0).ShouldBe(opens is null);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static TransitionAllowance Allow(MachineTypeTransitionLimits limits, TransitionPace pace) =>
        TransitionLimits.Allow(new() { Limits = limits }, pace, Now);
}
