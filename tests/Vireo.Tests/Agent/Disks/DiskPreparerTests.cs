using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Tests.Agent;

public sealed class DiskPreparerTests : IDisposable
{
    private readonly DiskRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task An_empty_disk_is_made_once()
    {
        var volume = new Volume { Name = "scratch", EmptyDisk = new() { Capacity = Quantity.Parse("16Mi") } };
        var disk = await _room.PrepareAsync(volume);
        await TestImages.RunAsync("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 4096", disk.Path);

        (await _room.PrepareAsync(volume)).ShouldBe(disk);

        disk.SizeBytes.ShouldBe(16 << 20);
        var seen = JsonNode.Parse(await DiskRoom.AskAsync("qemu-img", "info", "--output=json", disk.Path))!;
        ((long)seen["virtual-size"]!).ShouldBe(16 << 20);
        await TestImages.RunAsync("qemu-io", "-f", "qcow2", "-c", "read -P 7 0 4096", disk.Path);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("/etc/x")]
    public async Task A_volume_s_name_never_leads_out_of_the_instance_s_folder(string name)
    {
        var volume = new Volume { Name = name, EmptyDisk = new() { Capacity = Quantity.Parse("1Mi") } };

        (await _room.Refused(volume)).Message.ShouldContain("name has no '/'");
    }

    [Fact]
    public async Task A_volume_without_a_source_is_named()
    {
        (await _room.Refused(new Volume { Name = "data" })).Message.ShouldBe("Volume data: It names no source.");
    }

    [Fact]
    public async Task What_the_host_cannot_do_now_names_the_volume_and_is_tried_again()
    {
        // A file where the folder should be.
        Directory.CreateDirectory(Path.Combine(_room.Folder(), "disks"));
        await File.WriteAllTextAsync(Path.Combine(_room.Folder(), "disks", "cloudinit.d"), "");

        var error = await _room.Refused(
            new Volume { Name = "cloudinit", CloudInitNoCloud = new() { UserData = "x" } }
        );

        error.Reason.ShouldBe("FailedDisk");
        error.Message.ShouldStartWith("Volume cloudinit: ");
        error.IsTransient.ShouldBeTrue();
    }
}
