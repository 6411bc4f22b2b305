using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>A real guest that is shelved, comes back with what it wrote, and is rebuilt.</summary>
[Collection(ApartCollection.Name)]
public sealed class ShelveTests(ApartHost host)
{
    /// <summary>On the boot disk between the boot sector and the kernel, where nothing else is.</summary>
    private const int Sector = 40;

    [Fact]
    public async Task What_a_guest_wrote_comes_back_from_the_shelf_and_goes_with_a_rebuild()
    {
        await using var guest = new Guest(host, "shelved");
        await guest.ApplyAsync(guest.Document(AddEmptyDisk));
        var first = await guest.BootedAsync();
        await guest.RunInGuestAsync($"echo kept-root | dd of=/dev/vda bs=512 seek={Sector} conv=notrunc; sync");
        await guest.RunInGuestAsync("echo kept-data | dd of=/dev/vdb conv=notrunc; sync");

        (await host.RunAsync("shelve", guest.Name, "--wait")).ShouldSucceed().Output.ShouldContain("Shelved");

        var shelved = await guest.SeenAsync(
            sight => sight.Vmi is null && sight.Status == "Stopped",
            "nothing of it is left"
        );
        Directory.Exists(Path.Combine(host.StateFolder, "instances", first.Uid)).ShouldBeFalse();
        var image = (string?)shelved.Vm!["status"]!["savedDisks"]!["image"];
        (await host.RunAsync("image", "list")).Output.ShouldContain(image!);
        (await host.RunAsync("start", guest.Name)).Error.ShouldContain("VM is shelved: unshelve it first");

        (await host.RunAsync("unshelve", guest.Name, "--wait")).ShouldSucceed();

        var second = await guest.BootedAsync();
        second.MachineType.ShouldBe(first.MachineType);
        (await ReadAsync(guest)).ShouldBe("root=kept-root data=kept-data");
        var recorded = await RecordAsync(guest, before: null);
        (await host.RunAsync("rebuild", guest.Name, "--wait")).ShouldSucceed();
        await guest.BootedAfterAsync(second);
        await RecordAsync(guest, before: recorded);
        (await ReadAsync(guest)).ShouldBe("root= data=kept-data", "only the root disk is made anew");
    }

    [Fact]
    public async Task A_guest_that_was_offloaded_comes_back_from_a_registry()
    {
        await using var registry = await Registry.StartAsync(host);
        await using var guest = await new MicroGuest(host, "offloaded").StartAsync();
        await guest.BootedAsync();
        var copy = $"{registry.Address}/shelf/offloaded:1";

        (await host.RunAsync("shelve", guest.Name, "--offload")).Error.ShouldContain("image: its disks are on a host");
        (await host.RunAsync("shelve", guest.Name, "--offload", "--image", copy, "--wait"))
            .ShouldSucceed()
            .Output.ShouldContain("ShelvedOffloaded");

        await Eventually.Holds(
            async () => !(await host.RunAsync("image", "list")).Output.Contains("vireo-shelved/default/offloaded"),
            "the host keeps nothing for it"
        );
        (await host.RunAsync("unshelve", guest.Name, "--wait")).ShouldSucceed();
        await guest.BootedAsync();
        var volume = (await guest.VmiAsync())!["spec"]!["volumes"]![0]!["containerDisk"]!;
        var image = (string?)volume["image"];
        image!.ShouldStartWith($"{copy}@sha256:");
        (await host.RunAsync("image", "rm", image)).ShouldSucceed();
    }

    [Fact]
    public async Task An_agent_killed_while_a_machine_is_shelved_saves_its_disks_all_the_same()
    {
        await using var guest = await new MicroGuest(host, "killed").StartAsync();
        await guest.BootedAsync();

        (await guest.ActAsync("shelve")).ShouldBe(202);
        host.KillNow();
        await host.StartAsync();

        var shelved = await guest.SeenAsync(
            sight => (string?)sight.OfVm("Shelved")?["reason"] == "Shelved" && sight.Vmi is null,
            "it is shelved"
        );
        ((string?)shelved.Vm!["status"]!["savedDisks"]!["image"]).ShouldNotBeNull();
        (await guest.ActAsync("unshelve")).ShouldBe(202);
        await guest.BootedAsync();
    }

    [Fact]
    public async Task A_machine_that_is_deleted_leaves_no_image_behind()
    {
        await using (var guest = await new MicroGuest(host, "left").StartAsync())
        {
            await guest.BootedAsync();
            (await host.RunAsync("shelve", guest.Name, "--wait")).ShouldSucceed();
            (await host.RunAsync("image", "list")).Output.ShouldContain("vireo-shelved/default/left");
        }

        await Eventually.Holds(
            async () => !(await host.RunAsync("image", "list")).Output.Contains("vireo-shelved/default/left"),
            "its image is gone"
        );
    }

    /// <summary>When the machine type was recorded, once that is another time than before.</summary>
    private static async Task<string> RecordAsync(Guest guest, string? before)
    {
        var sight = await guest.SeenAsync(sight => At(sight) is { } at && at != before, "its machine type is recorded");
        return At(sight)!;

        static string? At(Sight sight) => (string?)sight.Vm?["status"]?["machineType"]?["recordedAt"];
    }

    /// <summary>What stands in the two places, without what fills them up.</summary>
    private async Task<string> ReadAsync(Guest guest)
    {
        var (root, data) = ($"dd if=/dev/vda bs=512 skip={Sector} count=1", "dd if=/dev/vdb bs=512 count=1");
        var tell = "| tr -d '\\0\\n'";
        await guest.RunInGuestAsync($"echo \"F\"\"OUND root=$({root} {tell}) data=$({data} {tell})\"");
        var log = await guest.ConsoleLogAsync();
        return log.Split("FOUND ")[^1].Split('\r', '\n')[0];
    }

    private static void AddEmptyDisk(JsonNode vm)
    {
        var spec = vm["spec"]!["template"]!["spec"]!;
        spec["domain"]!["devices"]!["disks"]!
            .AsArray()
            .Add(JsonNode.Parse("""{"name":"data","disk":{"bus":"virtio"}}"""));
        spec["volumes"]!.AsArray().Add(JsonNode.Parse("""{"name":"data","emptyDisk":{"capacity":"16Mi"}}"""));
    }
}
