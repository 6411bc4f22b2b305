using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>What a plan comes to, for a person.</summary>
public sealed class UpdatePlanTextTests
{
    private static readonly UpdatePlan Plan = new([
        new("domain.cpu.sockets", FieldEffect.Live) { From = "1", To = "2" },
        new("domain.memory.guest", FieldEffect.Restart)
        {
            From = "1Gi",
            To = "9Gi",
            Why = "too much",
        },
        new("domain.cpu.model", FieldEffect.Restart),
        new("domain.machine.type", FieldEffect.Recorded),
        new("nodeSelector", FieldEffect.NextPlacement),
    ]);

    [Fact]
    public void Each_field_has_its_line()
    {
        UpdatePlanText
            .Of(Plan, new(Hotplug.InPlace, ""))
            .ShouldBe([
                "domain.cpu.sockets 1 -> 2: live, in place",
                "domain.memory.guest 1Gi -> 9Gi: needs a restart: too much",
                "domain.cpu.model: needs a restart",
                "domain.machine.type: needs a restart",
                "nodeSelector: at once, for the next time a host is chosen",
            ]);
        UpdatePlanText.Of(UpdatePlan.Empty, new(Hotplug.InPlace, "")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Hotplug.LiveMigrate, "live, by a migration")]
    [InlineData(HotplugWay.HostsUnknown, "live, full")]
    [InlineData(Hotplug.NoRoom, "live, once there is room: full")]
    public void A_live_change_says_how_it_comes(string way, string text) =>
        UpdatePlanText.Of(Plan, new(way, "full"))[0].ShouldEndWith(text);

    [Theory]
    [InlineData("moving", "live, but not now: moving")]
    [InlineData(null, "live, once the guest runs")]
    public void A_change_that_must_wait_says_for_what(string? why, string text)
    {
        var change = new FieldChange("domain.cpu.sockets", FieldEffect.Held) { Why = why };

        UpdatePlanText.Of(new([change]), new(Hotplug.InPlace, ""))[0].ShouldEndWith(text);
    }
}
