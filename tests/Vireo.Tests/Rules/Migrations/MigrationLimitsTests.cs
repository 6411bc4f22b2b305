using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationLimitsTests
{
    [Fact]
    public void Without_a_word_they_are_kubevirts()
    {
        MigrationLimits.ParallelPerCluster(new()).ShouldBe(5);
        MigrationLimits.ParallelPerHost(new()).ShouldBe(2);
    }

    [Fact]
    public void What_the_configuration_says_counts()
    {
        var configuration = new KubeVirtConfiguration
        {
            Migrations = new() { ParallelMigrationsPerCluster = 0, ParallelOutboundMigrationsPerNode = 7 },
        };
        MigrationLimits.ParallelPerCluster(configuration).ShouldBe(0);
        MigrationLimits.ParallelPerHost(configuration).ShouldBe(7);
    }
}
