using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationLimitsTests
{
    [Fact]
    public void Without_a_word_they_are_kubevirts()
    {
        MigrationLimits
            .Of(new(), bytes: 1)
            .ShouldBe(
                new(
                    BandwidthBytes: null,
                    TimeSpan.FromSeconds(150),
                    TimeSpan.FromSeconds(150),
                    MaxDowntimeMs: 900,
                    AllowAutoConverge: false,
                    AllowPostCopy: false,
                    AllowPause: false,
                    MayBePlain: false
                )
            );
        MigrationLimits.ParallelPerCluster(new()).ShouldBe(5);
        MigrationLimits.ParallelPerHost(new()).ShouldBe(2);
    }

    [Theory]
    [InlineData(0, 150)]
    [InlineData(1L << 30, 150)]
    [InlineData((1L << 30) + 1, 300)]
    [InlineData(10L << 30, 1500)]
    public void The_time_is_as_long_as_there_is_to_move(long bytes, int seconds)
    {
        MigrationLimits.Of(new(), bytes).CompletionTimeout.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void What_the_configuration_says_counts()
    {
        var limits = Of(
            new()
            {
                BandwidthPerMigration = Quantity.Parse("64Mi"),
                CompletionTimeoutPerGiB = 7,
                ProgressTimeout = 8,
                MaxDowntimeMs = 9,
                AllowAutoConverge = true,
                DisableTLS = true,
            }
        );
        limits.ShouldBe(new(64 << 20, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8), 9, true, false, false, true));
        Of(new() { BandwidthPerMigration = default(Quantity) }).BandwidthBytes.ShouldBeNull();
        Of(new() { CompletionTimeoutPerGiB = long.MaxValue }).CompletionTimeout.ShouldBe(TimeSpan.FromDays(365));
    }

    [Fact]
    public void Who_allows_post_copy_allows_a_pause_unless_said_otherwise()
    {
        Of(new() { AllowPostCopy = true }).AllowPause.ShouldBeTrue();
        Of(new() { AllowPostCopy = true, AllowWorkloadDisruption = false }).AllowPause.ShouldBeFalse();
        Of(new() { AllowWorkloadDisruption = true }).AllowPause.ShouldBeTrue();
    }

    private static MigrationLimits Of(MigrationConfiguration migrations) =>
        MigrationLimits.Of(new() { Migrations = migrations }, bytes: 1);
}
