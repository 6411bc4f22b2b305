using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// An installation as an orchestrator drives it: the VM boots from CD, the orchestrator switches the boot order while the
/// installer runs, the guest reboots itself, and the disk boots.
/// </summary>
public sealed class InstallerTests(VireoHost host)
{
    private const string Installer = "INSTALLER-READY";

    [Fact]
    public async Task The_installer_reboots_and_the_disk_boots()
    {
        await using var guest = new MicroGuest(host, "installed");
        await guest.StartAsync(TwoMedia(guest, "Terminate"));
        var installing = await guest.BootedAsync(banner: Installer);
        guest.Boots(installing.Uid!).ShouldBe(0, "the disk did not boot");

        await guest.PatchAsync(DiskFirst());
        await guest.SeenAsync(sight => sight.OfVm("RestartRequired") is not null, "the boot order waits for a restart");
        await guest.TypeAsync(MicroGuest.Reboot);

        var installed = await guest.SeenAsync(
            sight => sight.Status == "Running" && sight.Uid != installing.Uid && guest.Boots(sight.Uid!) == 1,
            "the disk has booted"
        );
        guest.Boots(installed.Uid!, Installer).ShouldBe(0, "the CD did not boot again");
        installed.OfVm("RestartRequired").ShouldBeNull(installed.ToString());
    }

    [Fact]
    public async Task Without_the_policy_the_installer_boots_again_as_it_always_did()
    {
        await using var guest = new MicroGuest(host, "reinstalled");
        await guest.StartAsync(TwoMedia(guest, rebootPolicy: null));
        var installing = await guest.BootedAsync(banner: Installer);

        await guest.PatchAsync(DiskFirst());
        await guest.SeenAsync(sight => sight.OfVm("RestartRequired") is not null, "the boot order waits for a restart");
        await guest.TypeAsync(MicroGuest.Reboot);

        (await guest.BootedAsync(times: 2, banner: Installer)).Uid.ShouldBe(installing.Uid);
    }

    private static JsonNode TwoMedia(MicroGuest guest, string? rebootPolicy)
    {
        var document = guest.Document("Always", rebootPolicy);
        var spec = document["spec"]!["template"]!["spec"]!;
        spec["domain"]!["devices"]!["disks"] = Disks(cd: 1, disk: 2);
        spec["volumes"] = JsonNode.Parse(
            """
            [
              {"name": "cd", "containerDisk": {"image": "vireo/installer:v1"}},
              {"name": "root", "containerDisk": {"image": "vireo/micro-guest:v1"}}
            ]
            """
        );
        return document;
    }

    private static string DiskFirst() =>
        """{"spec":{"template":{"spec":{"domain":{"devices":{"disks":"""
        + Disks(cd: 2, disk: 1).ToJsonString()
        + "}}}}}}";

    private static JsonNode Disks(int cd, int disk) =>
        new JsonArray(
            new JsonObject
            {
                ["name"] = "cd",
                ["bootOrder"] = cd,
                ["cdrom"] = new JsonObject { ["bus"] = "sata" },
            },
            new JsonObject
            {
                ["name"] = "root",
                ["bootOrder"] = disk,
                ["disk"] = new JsonObject { ["bus"] = "virtio" },
            }
        );
}
