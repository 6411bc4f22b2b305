using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

public sealed class MoveLimitsTests
{
    private const long Gibibyte = 1L << 30;

    [Theory]
    [InlineData(1, 150)]
    [InlineData(Gibibyte, 150)]
    [InlineData(Gibibyte + 1, 300)]
    [InlineData(10 * Gibibyte, 1500)]
    public void A_larger_guest_may_take_longer(long bytes, int seconds) =>
        MoveLimits.Of(null, bytes).Total.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void An_absurd_time_is_a_year()
    {
        var limits = MoveLimits.Of(
            new() { CompletionTimeoutPerGiB = long.MaxValue, ProgressTimeout = long.MaxValue },
            1024 * Gibibyte
        );

        (limits.Total, limits.Standstill).ShouldBe((TimeSpan.FromDays(365), TimeSpan.FromDays(365)));
    }

    [Fact]
    public void A_move_that_takes_too_long_is_given_up_unless_the_configuration_allows_more()
    {
        Judge(new(), elapsed: 149, still: 0).ShouldBe((null, false));
        Judge(new(), elapsed: 150, still: 0).ShouldBe((null, true));
        Judge(new() { CompletionTimeoutPerGiB = 10 }, elapsed: 10, still: 0).ShouldBe((null, true));
        Judge(new() { CompletionTimeoutPerGiB = 0 }, elapsed: 100_000, still: 0).ShouldBe((null, false));
        Judge(new() { AllowPostCopy = true }, elapsed: 150, still: 0).ShouldBe((nameof(MoveHaste.PostCopy), false));
        Judge(new() { AllowWorkloadDisruption = true }, 150, 0).ShouldBe((nameof(MoveHaste.Pause), false));
        Judge(new() { AllowPostCopy = true }, elapsed: 151, still: 0, isHastened: true).ShouldBe((null, false));
    }

    [Fact]
    public void A_move_that_comes_no_nearer_to_its_end_is_given_up_whatever_is_allowed()
    {
        Judge(new() { AllowPostCopy = true }, elapsed: 149, still: 149).ShouldBe((null, false));
        Judge(new(), elapsed: 10, still: 150).ShouldBe((null, true));
        Judge(new() { ProgressTimeout = 5 }, elapsed: 10, still: 5).ShouldBe((null, true));
        Judge(new() { ProgressTimeout = 0 }, elapsed: 10, still: 10).ShouldBe((null, false));
    }

    [Fact]
    public void A_guest_that_stands_still_is_not_advised_to_be_slowed_down()
    {
        string Advice(bool isHastened) =>
            MoveLimits.Of(null, Gibibyte).Judge(TimeSpan.FromSeconds(150), TimeSpan.Zero, isHastened).Abort!;

        Advice(isHastened: false).ShouldContain("Allow auto-converge");
        Advice(isHastened: true).ShouldEndWith("it was given up: the network is slow.");
    }

    private static (string? Haste, bool IsAborted) Judge(
        MigrationConfiguration configuration,
        int elapsed,
        int still,
        bool isHastened = false
    )
    {
        var verdict = MoveLimits
            .Of(configuration, Gibibyte)
            .Judge(TimeSpan.FromSeconds(elapsed), TimeSpan.FromSeconds(still), isHastened);
        return (verdict.Haste?.ToString(), verdict.Abort is not null);
    }
}
