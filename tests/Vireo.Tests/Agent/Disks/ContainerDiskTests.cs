using System.Text.Json.Nodes;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>Disks from images of the local store: an overlay for each guest over one disk.</summary>
public sealed class ContainerDiskTests : IDisposable
{
    private readonly DiskRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task A_guest_gets_an_overlay_over_the_image_s_disk()
    {
        await LoadAsync(TestImages.Disk());

        var disk = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"));

        disk.Format.ShouldBe("qcow2");
        disk.ReadOnly.ShouldBeFalse();
        disk.SizeBytes.ShouldBe(4096);
        disk.Path.ShouldBe(Path.Combine(_room.Folder(), "disks", "root.qcow2"));
        disk.BackingDigest.ShouldBe(_room.Images.Store.Find("tiny:v1")!.Layers[0].Digest);
        File.GetUnixFileMode(disk.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var seen = JsonNode.Parse(await DiskRoom.AskAsync("qemu-img", "info", "--output=json", disk.Path))!;
        ((string?)seen["backing-filename-format"]).ShouldBe("raw");
        ((long)seen["virtual-size"]!).ShouldBe(4096);
        (await ReadAsync(disk)).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task What_one_guest_writes_another_does_not_see()
    {
        await LoadAsync(TestImages.Disk());
        var one = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"), "u1");
        var two = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"), "u2");

        await TestImages.RunAsync("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 4096", one.Path);

        (await ReadAsync(one)).ShouldBe(TestImages.Disk(7));
        (await ReadAsync(two)).ShouldBe(TestImages.Disk());
        one.Path.ShouldNotBe(two.Path);
    }

    [Fact]
    public async Task A_qcow2_disk_in_an_image_is_found_out_by_its_header()
    {
        var disk = Path.Combine(_room.Images.Folder, "disk");
        await TestImages.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", disk, "16M");
        await LoadAsync(await File.ReadAllBytesAsync(disk));

        var prepared = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"));

        prepared.SizeBytes.ShouldBe(16 << 20);
        (await DiskRoom.AskAsync("qemu-img", "check", prepared.Path)).ShouldContain("No errors");
    }

    [Fact]
    public async Task A_disk_that_is_there_is_not_made_again_even_if_the_image_is_gone()
    {
        await LoadAsync(TestImages.Disk());
        var disk = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"));
        await TestImages.RunAsync("qemu-io", "-f", "qcow2", "-c", "write -P 7 0 4096", disk.Path);
        await _room.Images.Store.RemoveAsync("tiny:v1", CancellationToken.None);

        (await _room.PrepareAsync(DiskRoom.Container("tiny:v1"))).ShouldBe(disk);

        (await ReadAsync(disk)).ShouldBe(TestImages.Disk(7));
    }

    [Fact]
    public async Task What_a_killed_try_left_does_no_harm()
    {
        await LoadAsync(TestImages.Disk());
        var folder = Directory.CreateDirectory(Path.Combine(_room.Folder(), "disks")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "root.qcow2.new"), "half");
        File.CreateSymbolicLink(Path.Combine(folder, "root.base"), "/nowhere/at/all");
        var below = _room.Images.Store.Disks.PathOf(_room.Images.Store.Find("tiny:v1")!.Layers[0].Digest, null);
        Directory.CreateDirectory(Path.GetDirectoryName(below)!);
        await File.WriteAllTextAsync(below + ".new", "half");
        await File.WriteAllTextAsync(below + ".overlay", "half");
        await File.WriteAllTextAsync(below + ".overlay.new", "half");

        var disk = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"));

        (await ReadAsync(disk)).ShouldBe(TestImages.Disk());
        Directory.EnumerateFiles(_room.Images.State, "*.new", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_overlay_whose_disk_is_lost_is_made_again()
    {
        await LoadAsync(TestImages.Disk());
        await _room.PrepareAsync(DiskRoom.Container("tiny:v1"));
        Directory.Delete(Path.Combine(_room.Images.State, "images", "disks"), recursive: true);

        (await ReadAsync(await _room.PrepareAsync(DiskRoom.Container("tiny:v1")))).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task The_empty_overlay_of_another_place_is_not_taken()
    {
        await LoadAsync(TestImages.Disk());
        var first = await _room.PrepareAsync(DiskRoom.Container("tiny:v1"), "u1");
        var below = new FileInfo(Path.Combine(_room.Folder("u1"), "disks", "root.base")).LinkTarget!;
        var moved = _room.Images.File("moved", TestImages.Disk(9));
        File.Delete(below + ".overlay");
        await TestImages.RunAsync(
            "qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", moved, below + ".overlay"
        );

        (await ReadAsync(await _room.PrepareAsync(DiskRoom.Container("tiny:v1"), "u2"))).ShouldBe(TestImages.Disk());
        (await ReadAsync(first)).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task Many_guests_may_be_made_ready_at_once()
    {
        await LoadAsync(TestImages.Disk());

        var disks = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(n => _room.PrepareAsync(DiskRoom.Container("tiny:v1"), $"u{n}"))
        );

        disks.Select(disk => disk.Path).Distinct().Count().ShouldBe(16);
        (await ReadAsync(disks[^1])).ShouldBe(TestImages.Disk());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, this is no disk")]
    public async Task An_image_whose_disk_is_none_is_refused(string content)
    {
        await LoadAsync(System.Text.Encoding.UTF8.GetBytes(content));

        var error = await _room.Refused(DiskRoom.Container("tiny:v1"));

        error.Reason.ShouldBe("InvalidDisk");
        error.IsTransient.ShouldBeFalse();
        error.Message.ShouldStartWith($"Volume root: Its file of {content.Length} bytes is no disk image");
    }

    [Fact]
    public async Task A_qcow2_disk_that_was_cut_short_is_refused()
    {
        var disk = Path.Combine(_room.Images.Folder, "disk");
        await TestImages.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", disk, "16M");
        await LoadAsync((await File.ReadAllBytesAsync(disk))[..512]);

        var error = await _room.Refused(DiskRoom.Container("tiny:v1"));

        error.Message.ShouldBe("Volume root: Its qcow2 image is cut short: copy it again.");
        File.Exists(Path.Combine(_room.Folder(), "disks", "root.qcow2")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_image_with_a_disk_that_leads_elsewhere_is_refused()
    {
        var secret = _room.Images.File("secret", TestImages.Disk(9));
        var disk = Path.Combine(_room.Images.Folder, "disk");
        await TestImages.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", secret, disk);
        await LoadAsync(await File.ReadAllBytesAsync(disk));

        (await _room.Refused(DiskRoom.Container("tiny:v1"))).Message.ShouldContain("refers to another file");
    }

    [Fact]
    public async Task An_image_without_a_disk_is_refused_and_a_path_names_one()
    {
        await _room.Images.LoadAsync("tiny:v1", TestLayer.With("images/custom.img", TestImages.Disk()));

        var error = await _room.Refused(DiskRoom.Container("tiny:v1"));
        var disk = await _room.PrepareAsync(DiskRoom.Container("tiny:v1", path: "/images/custom.img"));

        error.Reason.ShouldBe("InvalidDisk");
        error.Message.ShouldContain("no file in its folder /disk");
        (await ReadAsync(disk)).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task An_image_that_is_not_there_and_may_not_be_pulled_is_waited_for()
    {
        var error = await _room.Refused(DiskRoom.Container("tiny:v1", "Never"));

        error.Reason.ShouldBe("ErrImagePull");
        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain("tiny:v1");
        error.Message.ShouldContain("vireo image load");
        await LoadAsync(TestImages.Disk());
        await _room.PrepareAsync(DiskRoom.Container("tiny:v1", "Never"));
    }

    private Task LoadAsync(byte[] disk) => _room.Images.LoadAsync("tiny:v1", TestLayer.With("disk/disk.img", disk));

    /// <summary>What the guest would read.</summary>
    private async Task<byte[]> ReadAsync(PreparedDisk disk)
    {
        var raw = Path.Combine(_room.Images.Folder, Guid.NewGuid().ToString("N"));
        await TestImages.RunAsync("qemu-img", "convert", "-f", disk.Format, "-O", "raw", disk.Path, raw);
        return await File.ReadAllBytesAsync(raw);
    }
}
