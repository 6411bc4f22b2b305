using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class DowntimeLimitTests
{
    [Theory]
    [InlineData(0, null, 75)]
    [InlineData(1, null, 150)]
    [InlineData(2, null, 300)]
    [InlineData(3, null, 600)]
    [InlineData(4, null, 900)]
    [InlineData(int.MaxValue, null, 900)]
    [InlineData(0, 50L, 50)]
    [InlineData(1, 50L, 50)]
    [InlineData(1, 100L, 100)]
    [InlineData(4, 1000L, 1000)]
    [InlineData(4, 0L, 900)]
    [InlineData(int.MaxValue, long.MaxValue, 2_000_000)]
    public void It_begins_short_and_doubles_up_to_what_the_cluster_allows(int looks, long? most, long milliseconds) =>
        DowntimeLimit.After(looks, most).TotalMilliseconds.ShouldBe(milliseconds);
}
