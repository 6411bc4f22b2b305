using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>What is kept, shared and removed.</summary>
public sealed class ImageStoreTests : IDisposable
{
    private static readonly TestLayer One = TestLayer.With("disk/disk.img", TestImages.Disk(1));
    private static readonly TestLayer Two = TestLayer.With("disk/disk.img", TestImages.Disk(2));
    private static readonly TestLayer Shared = TestLayer.With("etc/motd", [1, 2, 3]);

    private readonly TestImages _images = new();
    private readonly DiskCache _cache;

    public ImageStoreTests() => _cache = new(_images.Store);

    public void Dispose() => _images.Dispose();

    [Fact]
    public void An_empty_store_holds_nothing_and_has_nothing_to_remove()
    {
        _images.Store.List().ShouldBeEmpty();
        _images.Store.Find("tiny").ShouldBeNull();
    }

    [Fact]
    public async Task A_layer_of_two_images_is_there_once_and_stays_until_the_last_is_removed()
    {
        await _images.LoadAsync("a:1", Shared, One);
        await _images.LoadAsync("b:1", Shared, Two);
        _images.BlobNames().Count().ShouldBe(7); // Two manifests, two configurations, three layers.

        (await RemoveAsync("a:1")).ShouldBeTrue();

        File.Exists(_images.BlobPath(TestImages.DigestOf(Shared.Bytes))).ShouldBeTrue();
        File.Exists(_images.BlobPath(TestImages.DigestOf(One.Bytes))).ShouldBeFalse();
        (await _cache.ReadAsync(_images, "b:1")).ShouldBe(TestImages.Disk(2));
        (await RemoveAsync("b:1")).ShouldBeTrue();
        _images.BlobNames().ShouldBeEmpty();
    }

    [Fact]
    public async Task Removing_what_is_not_there_removes_nothing()
    {
        await _images.LoadAsync("a:1", One);

        (await RemoveAsync("a:2")).ShouldBeFalse();

        _images.Store.List().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_removed_image_s_disk_stays_as_long_as_a_guest_uses_it()
    {
        await _images.LoadAsync("a:1", One);
        await _images.LoadAsync("b:1", Two);
        var used = await _cache.LinkAsync(_images, "a:1", uid: "running");
        var unused = await _cache.LinkAsync(_images, "b:1", uid: "gone");
        Directory.Delete(Path.Combine(_images.State, "instances", "gone"), recursive: true);

        await RemoveAsync("a:1");
        await RemoveAsync("b:1");

        File.Exists(used).ShouldBeTrue();
        File.Exists(unused).ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_that_is_loaded_anew_leaves_nothing_of_the_old_image()
    {
        await _images.LoadAsync("a:1", One);
        var old = await _cache.LinkAsync(_images, "a:1", uid: "ended");
        Directory.Delete(Path.Combine(_images.State, "instances", "ended"), recursive: true);

        await _images.LoadAsync("a:1", Two);

        _images.BlobNames().Count().ShouldBe(3);
        File.Exists(old).ShouldBeFalse();
        (await _cache.ReadAsync(_images, "a:1")).ShouldBe(TestImages.Disk(2));
    }

    [Fact]
    public async Task Two_processes_may_change_the_store_at_once()
    {
        var layouts = Enumerable.Range(0, 6).Select(n => _images.Layout($"image{n}:1", Shared, One)).ToList();

        await Task.WhenAll(
            layouts.Select((layout, n) => (n % 2 == 0 ? _images.Store : _images.Other).LoadAsync(layout, null, default))
        );

        _images.Store.List().Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_damaged_list_of_images_is_named_with_what_to_do()
    {
        await _images.LoadAsync("a:1", One);
        var list = Path.Combine(_images.State, "images", "index.json");
        foreach (var damage in (string[])["", "{", "[]", "null", """{"schemaVersion":2,"manifests":[{"size":1}]}"""])
        {
            await File.WriteAllTextAsync(list, damage);

            var message = Should.Throw<ImageException>(() => _images.Store.List()).Message;

            message.ShouldContain(list);
            message.ShouldContain("load the images again");
        }
    }

    [Fact]
    public async Task A_damaged_image_hinders_no_other_and_can_be_removed_or_loaded_again()
    {
        await _images.LoadAsync("a:1", One);
        await _images.LoadAsync("b:1", Two);
        await File.WriteAllTextAsync(_images.BlobPath(Digest("a:1")), "{}");

        _images.Store.List().Select(image => image.SizeBytes is null).ShouldBe([true, false]);
        _images.Store.Find("a:1").ShouldBeNull();
        (await _cache.ReadAsync(_images, "b:1")).ShouldBe(TestImages.Disk(2));
        (await RemoveAsync("b:1")).ShouldBeTrue();
        await _images.LoadAsync("a:1", One);
        (await _cache.ReadAsync(_images, "a:1")).ShouldBe(TestImages.Disk(1));
    }

    [Fact]
    public async Task A_blob_that_was_cut_short_is_copied_again()
    {
        await _images.LoadAsync("a:1", One);
        var blob = _images.BlobPath(TestImages.DigestOf(One.Bytes));
        await File.WriteAllBytesAsync(blob, One.Bytes[..10]);

        await _images.LoadAsync("b:1", One);

        (await File.ReadAllBytesAsync(blob)).ShouldBe(One.Bytes);
        _images.Store.Find("a:1").ShouldNotBeNull();
    }

    [Fact]
    public async Task What_killed_copies_left_is_removed_in_time()
    {
        var drafts = Path.Combine(_images.State, "images", "drafts");
        var (old, recent) = (Path.Combine(drafts, "old"), Path.Combine(drafts, "recent"));
        Directory.CreateDirectory(old);
        Directory.CreateDirectory(recent);
        Directory.SetLastWriteTimeUtc(old, _images.Time.GetUtcNow().UtcDateTime.AddHours(-2));
        Directory.SetLastWriteTimeUtc(recent, _images.Time.GetUtcNow().UtcDateTime);

        await _images.LoadAsync("a:1", One);

        Directory.EnumerateDirectories(drafts).ShouldBe([recent]);
    }

    private string Digest(string name) => _images.Store.List().First(image => image.Name == name).Digest;

    private Task<bool> RemoveAsync(string name) => _images.Store.RemoveAsync(name, CancellationToken.None);
}
