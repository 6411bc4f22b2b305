using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class FeatureGatesTests
{
    [Theory]
    [InlineData("HostDisk", "", "", false)]
    [InlineData("HostDisk", "HostDisk", "", true)]
    [InlineData("HostDisk", "HostDisk", "HostDisk", true)]
    [InlineData("RebootPolicy", "", "", true)]
    [InlineData("RebootPolicy", "", "RebootPolicy", false)]
    [InlineData("RebootPolicy", "", "RecreateVMIOnReboot", false)]
    [InlineData("RecreateVMIOnReboot", "RebootPolicy", "RebootPolicy", true)]
    [InlineData("LiveMigration", "", "LiveMigration", true)]
    [InlineData("NeverHeardOf", "", "", false)]
    [InlineData("NeverHeardOf", "NeverHeardOf", "", true)]
    public void The_first_that_holds_decides(string gate, string opened, string closed, bool isEnabled)
    {
        var configuration = new KubeVirtConfiguration
        {
            DeveloperConfiguration = new() { FeatureGates = [opened], DisabledFeatureGates = [closed] },
        };

        FeatureGates.IsEnabled(configuration, gate).ShouldBe(isEnabled);
    }
}
