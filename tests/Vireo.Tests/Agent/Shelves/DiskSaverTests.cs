using System.Text.Json.Nodes;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

/// <summary>Disks of guests saved as images and made into disks again, by the real qemu-img.</summary>
public sealed class DiskSaverTests : IDisposable
{
    private readonly DiskRoom _room = new();
    private readonly DiskSaver _saver;

    public DiskSaverTests() => _saver = new(_room.Images.Store, new(TimeProvider.System), "node1", TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static VirtualMachineInstance Instance =>
        Samples.Instance with
        {
            Metadata = Samples.Instance.Metadata with { Name = "web", Uid = "u1" },
            Spec = Samples.Instance.Spec with
            {
                Domain = Samples.Instance.Spec.Domain with
                {
                    Devices = new()
                    {
                        Disks =
                        [
                            new() { Name = "root", DiskDevice = new() },
                            new() { Name = "data", DiskDevice = new() },
                        ],
                    },
                },
                Volumes =
                [
                    DiskRoom.Container("tiny:v1"),
                    new()
                    {
                        Name = "data",
                        EmptyDisk = new() { Capacity = Quantity.FromBytes(1 << 20) },
                    },
                ],
            },
            Status = new() { Machine = new() { Type = "pc-q35-7.2" } },
        };

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task What_a_guest_wrote_is_in_the_disks_that_are_made_from_what_was_saved()
    {
        await WriteAsync();

        var saved = await _saver.SaveAsync(Instance, _room.Folder(), Ct);

        (saved.Image, saved.Host, saved.MachineType).ShouldBe(("vireo-shelved/default/web:u1", "node1", "pc-q35-7.2"));
        saved.Volumes!.Select(volume => volume.Name).ShouldBe(["root", "data"]);
        new InstanceFolder(_room.Images.State, "u1").Delete();
        await _room.Images.Store.RemoveAsync("tiny:v1", Ct);
        var restored = SavedImages.Restore(
            Instance.Spec,
            saved with
            {
                Volumes = [new() { Name = "root", From = "tiny:v1" }, new() { Name = "data" }],
            }
        );
        (await ContentAsync(restored.Volumes![0]))[..8192].ShouldBe([.. TestImages.Disk(7), .. TestImages.Disk()]);
        (await ContentAsync(restored.Volumes[1]))[..4096].ShouldBe(TestImages.Disk(9));
    }

    [Fact]
    public async Task The_image_bears_the_machine_type_and_is_one_for_other_tools()
    {
        await WriteAsync();
        await _saver.SaveAsync(Instance, _room.Folder(), Ct);

        var store = Path.Combine(_room.Images.State, "images");
        var seen = await DiskRoom.AskAsync(
            "skopeo",
            "--insecure-policy",
            "inspect",
            "--config",
            $"oci:{store}:vireo-shelved/default/web:u1"
        );

        ((string?)JsonNode.Parse(seen)!["config"]!["Labels"]!["hw_machine_type"]).ShouldBe("pc-q35-7.2");
    }

    [Fact]
    public async Task A_second_try_finds_what_the_first_one_made()
    {
        await WriteAsync();
        var first = await _saver.SaveAsync(Instance, _room.Folder(), Ct);
        var blobs = _room.Images.BlobNames().Order(StringComparer.Ordinal).ToList();

        var second = await _saver.SaveAsync(Instance, _room.Folder(), Ct);

        second.Volumes.ShouldBe(first.Volumes);
        _room.Images.BlobNames().Order(StringComparer.Ordinal).ShouldBe(blobs);
    }

    [Fact]
    public async Task A_try_that_was_cut_short_leaves_no_image_and_the_next_one_makes_it_whole()
    {
        await WriteAsync();
        var place = Directory.CreateDirectory(Path.Combine(_room.Folder(), "saving")).FullName;
        // As kill -9 leaves it: a draft of each step, none of them whole.
        await File.WriteAllBytesAsync(Path.Combine(place, "root.qcow2.new"), [1, 2, 3], Ct);
        await File.WriteAllBytesAsync(Path.Combine(place, "root.tar.new"), [1, 2, 3], Ct);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            _saver.SaveAsync(Instance, _room.Folder(), stop.Token)
        );

        _room.Images.Store.Find("vireo-shelved/default/web:u1").ShouldBeNull();
        (await _saver.SaveAsync(Instance, _room.Folder(), Ct)).Volumes!.Count.ShouldBe(2);
        File.Exists(Path.Combine(_room.Folder(), "disks", "root.qcow2")).ShouldBeTrue("only the agent lets it go");
    }

    [Fact]
    public async Task A_disk_that_cannot_be_read_is_told_and_nothing_half_is_in_the_store()
    {
        await WriteAsync();
        var disk = Path.Combine(_room.Folder(), "disks", "data.qcow2");
        File.Move(disk, disk + ".kept");
        await File.WriteAllBytesAsync(disk, TestImages.Disk(), Ct);

        var trouble = await Should.ThrowAsync<DiskException>(() => _saver.SaveAsync(Instance, _room.Folder(), Ct));

        trouble.IsTransient.ShouldBeTrue();
        _room.Images.Store.Find("vireo-shelved/default/web:u1").ShouldBeNull();
        File.Move(disk + ".kept", disk, overwrite: true);
        (await _saver.SaveAsync(Instance, _room.Folder(), Ct)).Volumes!.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_guest_that_never_had_disks_has_nothing_to_save()
    {
        var saved = await _saver.SaveAsync(Instance, _room.Folder(), Ct);

        (saved.Image, saved.Volumes).ShouldBe((null, null));
    }

    private async Task WriteAsync()
    {
        await _room.Images.LoadAsync("tiny:v1", TestLayer.With("disk/disk.img", TestImages.Disk(1, 1 << 20)));
        foreach (var (volume, mark) in Instance.Spec.Volumes!.Zip((int[])[7, 9]))
        {
            var disk = await _room.PrepareAsync(volume);
            await TestImages.RunAsync("qemu-io", "-f", "qcow2", "-c", $"write -P {mark} 0 4096", disk.Path);
        }
    }

    private async Task<byte[]> ContentAsync(Volume volume)
    {
        var disk = await _room.PrepareAsync(volume, "u2");
        var raw = Path.Combine(_room.Images.Folder, $"{volume.Name}.raw");
        await TestImages.RunAsync("qemu-img", "convert", "-f", "qcow2", "-O", "raw", disk.Path, raw);
        return await File.ReadAllBytesAsync(raw, Ct);
    }
}
