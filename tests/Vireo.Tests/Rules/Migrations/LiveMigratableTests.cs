using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class LiveMigratableTests
{
    [Fact]
    public void An_ordinary_guest_can_move_and_its_disks_are_copied()
    {
        var spec = Samples.InstanceSpec();
        LiveMigratable.ConditionOf(spec).ShouldBe(new() { Type = "LiveMigratable", Status = "True" });
        LiveMigratable.MethodOf(spec).ShouldBe("BlockMigration");
    }

    [Fact]
    public void Disks_that_every_host_reaches_are_not_copied()
    {
        var spec = Samples.InstanceSpec() with
        {
            Volumes =
            [
                new()
                {
                    Name = "root",
                    HostDisk = new()
                    {
                        Path = "/shared/a.img",
                        Type = "Disk",
                        Shared = true,
                    },
                },
                new() { Name = "seed", CloudInitNoCloud = new() },
            ],
        };
        LiveMigratable.MethodOf(spec).ShouldBe("LiveMigration");
    }

    [Theory]
    [InlineData(
        "domain.cpu",
        """{ "features": [{ "name": "invtsc", "policy": "require" }] }""",
        "NoTSCFrequencyNotLiveMigratable"
    )]
    [InlineData("domain.features", """{ "hyperv": { "reenlightenment": {} } }""", "NoTSCFrequencyNotLiveMigratable")]
    [InlineData("domain.devices.disks", """[{ "name": "root", "lun": {} }]""", "DisksNotLiveMigratable")]
    [InlineData("domain.cpu", """{ "features": [{ "name": "invtsc", "policy": "disable" }] }""", null)]
    public void What_ties_a_guest_to_its_host_is_named(string path, string json, string? reason)
    {
        var condition = LiveMigratable.ConditionOf(Samples.InstanceSpec((path, json)));
        (condition.Status, condition.Reason).ShouldBe((reason is null ? "True" : "False", reason));
        condition.Message?.ShouldStartWith("cannot migrate VMI: ");
    }
}
