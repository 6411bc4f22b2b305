using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class StandstillTests
{
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void An_emulated_guest_stands_still_unless_its_host_takes_the_risk(
        bool isEmulated,
        bool mayRun,
        bool standsStill
    ) => Standstill.IsNeeded(isEmulated, mayRun).ShouldBe(standsStill);
}
