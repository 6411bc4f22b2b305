using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>Disks from images of a registry: policies, secrets, and what goes wrong.</summary>
public sealed class ImagePullTests : IDisposable
{
    private readonly DiskRoom _room = new();

    private static TestLayer Layer(byte mark = 1) => TestLayer.With("disk/disk.img", TestImages.Disk(mark));

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task An_image_is_pulled_when_it_is_not_present_and_then_no_more()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await PushAsync(registry);

        await _room.PrepareAsync(DiskRoom.Container(image), "u1");
        registry.Down();
        await _room.PrepareAsync(DiskRoom.Container(image), "u2");
        await _room.PrepareAsync(DiskRoom.Container(image, "Never"), "u3");

        _room.Images.Store.List().ShouldHaveSingleItem().Name.ShouldBe(image);
        (await _room.Refused(DiskRoom.Container(image, "Always") with { Name = "other" })).Message.ShouldContain(image);
    }

    [Fact]
    public async Task Always_gets_what_the_tag_means_now()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await PushAsync(registry, 1);
        var old = await _room.PrepareAsync(DiskRoom.Container(image, "Always"), "u1");
        await PushAsync(registry, 2);

        var kept = await _room.PrepareAsync(DiskRoom.Container(image), "u2");
        var fresh = await _room.PrepareAsync(DiskRoom.Container(image, "Always"), "u3");

        kept.BackingDigest.ShouldBe(old.BackingDigest);
        fresh.BackingDigest.ShouldNotBe(old.BackingDigest);
        _room.Images.Store.List().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_wants_the_same_image_at_once_waits_for_one_pull()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await PushAsync(registry);
        var before = registry.Count("GET /v2/guests/tiny/manifests/v1");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _room.Images.Store.PullAsync(image, null, default)));

        await Eventually.HoldsAsync(() => registry.Count("GET /v2/guests/tiny/manifests/v1") > before);
        registry.Count("GET /v2/guests/tiny/manifests/v1").ShouldBe(before + 1);
    }

    [Fact]
    public async Task An_image_is_pulled_by_its_digest_with_or_without_a_tag()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await PushAsync(registry);
        await _room.PrepareAsync(DiskRoom.Container(image), "u1");
        var digest = _room.Images.Store.List()[0].Digest;

        await _room.PrepareAsync(DiskRoom.Container($"{image}@{digest}"), "u2");
        await _room.PrepareAsync(DiskRoom.Container($"{image[..^":v1".Length]}@{digest}"), "u3");

        _room.Images.Store.List().Select(stored => stored.Digest).ShouldBe([digest, digest, digest]);
    }

    [Fact]
    public async Task Of_an_image_for_several_platforms_this_machine_s_is_pulled()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await registry.PushAsync(
            _room.Images.Layout("tiny:v1", ("arm64", Layer(2)), ("amd64", Layer(1))),
            "guests/tiny:v1"
        );

        var disk = await _room.PrepareAsync(DiskRoom.Container(image));

        disk.BackingDigest.ShouldBe(TestImages.DigestOf(Layer(1).Bytes));
    }

    [Fact]
    public async Task An_image_that_the_registry_does_not_have_is_named()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = $"{registry.Address}/guests/none:v1";

        var error = await _room.Refused(DiskRoom.Container(image));

        error.Reason.ShouldBe("ErrImagePull");
        error.Message.ShouldStartWith($"Volume root: The image {image} cannot be had: ");
        error.Message.ShouldContain("manifest unknown");
        error.Message.ShouldNotContain("level=");
        error.IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task A_registry_that_is_down_is_tried_again()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await PushAsync(registry);
        registry.Down();

        var first = await _room.Refused(DiskRoom.Container(image));
        var second = await _room.Refused(DiskRoom.Container(image));

        first.Reason.ShouldBe("ErrImagePull");
        first.Message.ShouldContain("connection refused");
        second.Reason.ShouldBe("ImagePullBackOff");
        second.IsTransient.ShouldBeTrue();
        await registry.UpAsync();
        await _room.PrepareAsync(DiskRoom.Container(image));
        registry.Down();
        (await _room.Refused(DiskRoom.Container(image, "Always") with { Name = "more" })).Reason.ShouldBe("ErrImagePull");
    }

    [Fact]
    public async Task A_registry_that_lies_about_a_digest_is_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        var layer = TestLayer.With("disk/disk.img", TestImages.Noise());
        var image = await registry.PushAsync(_room.Images.Layout(null, layer), "guests/tiny:v1");
        registry.Lie();

        (await _room.Refused(DiskRoom.Container(image))).Message.ShouldContain("digest");

        _room.Images.Store.List().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_image_that_was_damaged_in_the_store_is_pulled_again()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = await PushAsync(registry);
        await _room.Images.Store.PullAsync(image, null, default);
        var blob = _room.Images.BlobPath(TestImages.DigestOf(Layer().Bytes));
        var content = await File.ReadAllBytesAsync(blob);
        content[^1] ^= 0xFF;
        await File.WriteAllBytesAsync(blob, content);

        var error = await _room.Refused(DiskRoom.Container(image));

        error.Message.ShouldContain("digest");
        error.IsTransient.ShouldBeTrue();
        await _room.PrepareAsync(DiskRoom.Container(image));
    }

    [Fact]
    public async Task A_pull_secret_opens_a_registry_and_nothing_of_it_stays_on_the_host()
    {
        await using var registry = await TestRegistry.StartAsync(needsPassword: true);
        var image = await PushAsync(registry);
        await _room.SecretAsync("door", (".dockerconfigjson", registry.Credentials));
        await _room.SecretAsync("wrong", (".dockerconfigjson", """{"auths":{}}"""));
        await _room.SecretAsync("other", ("password", "x"));
        await _room.SecretAsync("garbled", (".dockerconfigjson", "not JSON"));

        (await _room.Refused(DiskRoom.Container(image))).Message.ShouldContain(image);
        (await _room.Refused(DiskRoom.Container(image, secret: "wrong"))).Message.ShouldContain(image);
        (await _room.Refused(DiskRoom.Container(image, secret: "garbled"))).IsTransient.ShouldBeTrue();
        var missing = await _room.Refused(DiskRoom.Container(image, secret: "none"));
        missing.Message.ShouldContain("There is no Secret default/none: create it.");
        missing.IsTransient.ShouldBeTrue();
        var other = await _room.Refused(DiskRoom.Container(image, secret: "other"));
        other.Message.ShouldContain("has no entry .dockerconfigjson");
        other.IsTransient.ShouldBeTrue();
        await _room.PrepareAsync(DiskRoom.Container(image, secret: "door"));

        Directory.EnumerateFileSystemEntries(Path.Combine(_room.Images.State, "images", "drafts")).ShouldBeEmpty();
        Directory
            .EnumerateFiles(_room.Images.State, "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains(registry.Credentials, StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_not_read_an_image_does_not_get_it_with_somebody_else_s_pull()
    {
        await using var registry = await TestRegistry.StartAsync(needsPassword: true);
        var image = await PushAsync(registry);
        var credentials = System.Text.Encoding.UTF8.GetBytes(registry.Credentials);

        var with = _room.Images.Store.PullAsync(image, credentials, default);
        var without = _room.Images.Store.PullAsync(image, null, default);

        await Should.ThrowAsync<ImageException>(() => without);
        await with;
    }

    private Task<string> PushAsync(TestRegistry registry, byte mark = 1) =>
        registry.PushAsync(_room.Images.Layout(null, Layer(mark)), "guests/tiny:v1");
}
