using System.Formats.Tar;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>Which disk an image holds, and what is refused.</summary>
public sealed class DiskCacheTests : IDisposable
{
    private readonly TestImages _images = new();
    private readonly DiskCache _cache;

    public DiskCacheTests() => _cache = new(_images.Store);

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("disk/x")]
    [InlineData("./disk/x.img")]
    [InlineData("/disk/x.qcow2")]
    [InlineData(".//disk/./x")]
    public async Task The_disk_is_the_file_in_the_folder_disk_however_it_is_written(string name)
    {
        (await ReadAsync(null, TestLayer.With(name, TestImages.Disk()))).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task A_layer_that_is_not_packed_is_read_too()
    {
        (await ReadAsync(null, TestLayer.Plain(TestLayer.File("disk/x", TestImages.Disk())))).ShouldBe(
            TestImages.Disk()
        );
    }

    [Theory]
    [InlineData("other/x")]
    [InlineData("disk/deeper/x")]
    [InlineData("disk/../disk/x")]
    [InlineData("../disk/x")]
    [InlineData("disk")]
    [InlineData("disk/.wh.x")]
    public async Task Any_other_file_is_no_disk(string name)
    {
        var error = await Refused(null, TestLayer.With(name, TestImages.Disk()));

        error.Message.ShouldBe("The image tiny:v1 has no file in its folder /disk: it is no container disk.");
        error.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task Links_and_devices_in_an_image_lead_nowhere()
    {
        var secret = _images.File("secret", TestImages.Disk(9));
        var layer = TestLayer.Of(
            TestLayer.Link(TarEntryType.SymbolicLink, "disk/a", secret),
            TestLayer.Link(TarEntryType.HardLink, "disk/b", secret),
            new UstarTarEntry(TarEntryType.BlockDevice, "disk/c"),
            new UstarTarEntry(TarEntryType.CharacterDevice, "disk/d"),
            new UstarTarEntry(TarEntryType.Fifo, "disk/e"),
            new UstarTarEntry(TarEntryType.Directory, "disk/f")
        );

        (await Refused(null, layer)).Message.ShouldContain("no file in its folder /disk");
        (await Refused("/disk/a", layer)).Message.ShouldContain("no file /disk/a");
    }

    [Fact]
    public async Task A_link_beside_the_disk_is_ignored()
    {
        var layer = TestLayer.Of(
            TestLayer.Link(TarEntryType.SymbolicLink, "disk/latest", "x"),
            TestLayer.File("disk/x", TestImages.Disk())
        );

        (await ReadAsync(null, layer)).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task Of_two_disks_one_must_be_named()
    {
        var layer = TestLayer.Of(
            TestLayer.File("disk/x", TestImages.Disk(1)),
            TestLayer.File("disk/y", TestImages.Disk(2))
        );

        (await Refused(null, layer)).Message.ShouldContain("containerDisk.path");
        (await ReadAsync("/disk/y", layer)).ShouldBe(TestImages.Disk(2));
        (await ReadAsync("/disk/x", layer)).ShouldBe(TestImages.Disk(1));
    }

    [Theory]
    [InlineData("/images/custom.img")]
    [InlineData("images/custom.img")]
    public async Task A_disk_elsewhere_is_found_by_its_path(string path)
    {
        (await ReadAsync(path, TestLayer.With("images/custom.img", TestImages.Disk()))).ShouldBe(TestImages.Disk());
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("/disk/../disk/x")]
    public async Task A_path_is_only_ever_looked_up_in_the_image(string path)
    {
        (await Refused(path, TestLayer.With("disk/x", TestImages.Disk()))).Message.ShouldContain($"has no file {path}");
    }

    [Fact]
    public async Task An_upper_layer_s_disk_hides_a_lower_one_s()
    {
        var lower = TestLayer.With("disk/old", TestImages.Disk(1));
        var upper = TestLayer.Of(
            TestLayer.File("disk/.wh.old", []),
            TestLayer.File("disk/new", TestImages.Disk(2))
        );

        (await ReadAsync(null, lower, upper, TestLayer.With("etc/motd", [1]))).ShouldBe(TestImages.Disk(2));
    }

    [Fact]
    public async Task A_layer_is_read_once_whether_it_has_a_disk_or_not()
    {
        await ReadAsync(null, TestLayer.With("disk/x", TestImages.Disk()), TestLayer.With("etc/motd", [1]));
        foreach (var layer in _images.Store.Find("tiny:v1")!.Layers)
        {
            // Of the same length, but no layer any more: whoever reads it notices.
            await File.WriteAllBytesAsync(_images.BlobPath(layer.Digest), new byte[layer.Size]);
        }

        (await _cache.ReadAsync(_images, "tiny:v1")).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task Many_who_want_a_disk_get_the_same_one()
    {
        await _images.LoadAsync("tiny:v1", TestLayer.With("disk/x", TestImages.Disk()));

        var disks = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => _cache.LinkAsync(_images, "tiny:v1", uid: $"u{n}"))
        );

        disks.Distinct().ShouldHaveSingleItem();
        DiskFolder.LayerOf(disks[0]).ShouldBe(_images.Store.Find("tiny:v1")!.Layers[0].Digest);
        File.GetUnixFileMode(disks[0]).HasFlag(UnixFileMode.UserWrite).ShouldBeFalse();
    }

    [Fact]
    public async Task Empty_stretches_take_no_room()
    {
        var disk = new byte[8 << 20];
        disk[^1] = 1;

        (await ReadAsync(null, TestLayer.With("disk/x", disk))).ShouldBe(disk);

        var path = await _cache.LinkAsync(_images, "tiny:v1");
        var blocks = await Command.RunAsync(["stat", "-c", "%b", path], TimeSpan.FromMinutes(1), TimeProvider.System, default);
        int.Parse(blocks.Output).ShouldBeLessThan(1024);
    }

    [Fact]
    public async Task A_blob_that_was_tampered_with_is_named_and_removed_and_can_be_loaded_again()
    {
        // Not packed, so that nothing but the digest can notice.
        var layer = TestLayer.Plain(TestLayer.File("disk/x", TestImages.Disk()));
        await _images.LoadAsync("tiny:v1", layer);
        var blob = _images.Store.Find("tiny:v1")!.Layers[0].Digest;
        await TamperAsync(blob);

        var error = await Should.ThrowAsync<ImageException>(() => _cache.LinkAsync(_images, "tiny:v1"));

        error.Message.ShouldContain("digest");
        error.IsTransient.ShouldBeTrue();
        File.Exists(_images.BlobPath(blob)).ShouldBeFalse();
        Directory.EnumerateFiles(_images.Instance("u1")).ShouldBeEmpty();
        _images.Store.Find("tiny:v1").ShouldBeNull();
        await _images.LoadAsync("tiny:v1", layer);
        (await _cache.ReadAsync(_images, "tiny:v1")).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task A_packed_blob_that_was_tampered_with_is_a_matter_of_its_digest_too()
    {
        await _images.LoadAsync("tiny:v1", TestLayer.With("disk/x", TestImages.Disk()));
        await TamperAsync(_images.Store.Find("tiny:v1")!.Layers[0].Digest);

        (await Should.ThrowAsync<ImageException>(() => _cache.LinkAsync(_images, "tiny:v1"))).Message.ShouldContain(
            "digest"
        );
    }

    [Fact]
    public async Task A_layer_that_is_cut_short_or_no_archive_is_refused()
    {
        var whole = TestLayer.With("disk/x", TestImages.Noise());
        TestLayer[] broken =
        [
            whole with { Bytes = whole.Bytes[..(whole.Bytes.Length / 2)] },
            whole with { Bytes = [.. Enumerable.Repeat((byte)7, 3000)] },
            TestLayer.Packed([.. Enumerable.Repeat((byte)7, 3000)]),
            TestLayer.Packed(TestLayer.Tar(TestLayer.File("disk/x", TestImages.Disk()))[..2500]),
        ];
        foreach (var layer in broken)
        {
            var draft = Path.Combine(_images.Folder, "draft");

            await Should.ThrowAsync<Exception>(() =>
                LayerArchive.ExtractAsync(new MemoryStream(layer.Bytes), layer.MediaType, null, draft, default)
            );
            var error = await RefusedAsStoredAsync(layer);

            error.Message.ShouldContain("cannot be unpacked");
            error.IsTransient.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_layer_packed_in_an_unknown_way_is_refused_with_what_to_do()
    {
        var error = await RefusedAsStoredAsync(new TestLayer([1, 2, 3], "application/vnd.oci.image.layer.v1.tar+zstd"));

        error.Message.ShouldContain("tar+zstd");
        error.Message.ShouldContain("use gzip");
    }

    [Fact]
    public async Task Random_damage_to_a_layer_ends_in_one_sentence()
    {
        var random = new Random(4711);
        var tar = TestLayer.Tar(TestLayer.File("etc/a", TestImages.Disk(3)), TestLayer.File("disk/x", TestImages.Disk()));
        for (var round = 0; round < 200; round++)
        {
            var damaged = (byte[])tar.Clone();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                damaged[random.Next(random.Next(2) == 0 ? 512 : damaged.Length)] = (byte)random.Next(256);
            }

            var layer = new TestLayer(damaged, "application/vnd.oci.image.layer.v1.tar");
            var fault = await Record.ExceptionAsync(() => StoreRawAsync(layer));

            (fault is null or ImageException).ShouldBeTrue($"round {round}: {fault}");
        }
    }

    private async Task TamperAsync(string digest)
    {
        var content = await File.ReadAllBytesAsync(_images.BlobPath(digest));
        content[content.Length / 2] ^= 0xFF;
        await File.WriteAllBytesAsync(_images.BlobPath(digest), content);
    }

    private async Task<byte[]> ReadAsync(string? path, params TestLayer[] layers)
    {
        await _images.LoadAsync("tiny:v1", layers);
        return await _cache.ReadAsync(_images, "tiny:v1", path);
    }

    private async Task<ImageException> Refused(string? path, params TestLayer[] layers) =>
        await Should.ThrowAsync<ImageException>(() => ReadAsync(path, layers));

    private async Task<ImageException> RefusedAsStoredAsync(TestLayer layer) =>
        await Should.ThrowAsync<ImageException>(() => StoreRawAsync(layer));

    /// <summary>Puts a layer in place that skopeo might refuse to copy.</summary>
    private async Task<string> StoreRawAsync(TestLayer layer)
    {
        var descriptor = new OciDescriptor(layer.MediaType, TestImages.DigestOf(layer.Bytes), layer.Bytes.Length);
        var blob = _images.BlobPath(descriptor.Digest);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        await File.WriteAllBytesAsync(blob, layer.Bytes);
        var link = Path.Combine(_images.Instance("raw"), "root.base");
        return await _cache.LinkAsync(new ImageContent("tiny:v1", [descriptor]), null, link, CancellationToken.None);
    }
}
