using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>What `vireo image load` takes in, and what it says of what it cannot.</summary>
public sealed class ImageLoadTests : IDisposable
{
    private readonly TestImages _images = new();

    private static TestLayer Layer => TestLayer.With("disk/disk.img", TestImages.Disk());

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task An_image_layout_is_loaded_under_the_name_it_bears()
    {
        await LoadAsync(_images.Layout("vireo/tiny:v1", Layer));

        var image = _images.Store.List().ShouldHaveSingleItem();
        image.Name.ShouldBe("vireo/tiny:v1");
        image.SizeBytes.ShouldBe(Layer.Bytes.Length);
        image.StoredAt.ShouldBe(_images.Time.GetUtcNow());
        image.Digest.ShouldStartWith("sha256:");
    }

    [Fact]
    public async Task An_image_is_loaded_under_the_name_that_is_given()
    {
        await LoadAsync(_images.Layout("vireo/tiny:v1", Layer), "other");

        _images.Store.List().ShouldHaveSingleItem().Name.ShouldBe("other:latest");
    }

    [Fact]
    public async Task A_nameless_image_needs_a_name()
    {
        var layout = _images.Layout(null, Layer);

        (await Refused(layout)).ShouldContain("--name");
        await LoadAsync(layout, "tiny:v1");

        _images.Store.List().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task All_images_of_a_layout_are_loaded_each_under_its_own_name()
    {
        var layout = _images.Layouts(("b:1", Layer), ("a:1", TestLayer.With("disk/d", TestImages.Disk(2))));

        await LoadAsync(layout);

        _images.Store.List().Select(image => image.Name).ShouldBe(["a:1", "b:1"]);
        (await Refused(layout, "one")).ShouldContain("leave out --name");
    }

    [Fact]
    public async Task What_the_build_script_makes_can_be_loaded()
    {
        var disk = _images.File("disk.img", TestImages.Disk());
        var layout = Path.Combine(_images.Folder, "built");
        await TestImages.RunAsync(Path.Combine(Repository.Root, "images", "oci-layout"), disk, layout, "built:v1");

        await LoadAsync(layout);

        (await new DiskCache(_images.Store).ReadAsync(_images, "built:v1")).ShouldBe(TestImages.Disk());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_OCI_archive_is_loaded_packed_or_not(bool isPacked)
    {
        var archive = Path.Combine(_images.Folder, "image.tar");
        var layout = _images.Layout("tiny:v1", Layer);
        await TestImages.RunAsync("tar", "-C", layout, isPacked ? "-czf" : "-cf", archive, ".");

        await LoadAsync(archive);

        _images.Store.List().ShouldHaveSingleItem().Name.ShouldBe("tiny:v1");
    }

    [Fact]
    public async Task A_Docker_archive_is_loaded_under_the_name_it_bears()
    {
        var archive = Path.Combine(_images.Folder, "image.tar");
        await MakeDockerArchiveAsync(archive, ":vireo/tiny:v1");

        await LoadAsync(archive);

        var name = _images.Store.List().ShouldHaveSingleItem().Name;
        name.ShouldEndWith("vireo/tiny:v1");
        (await new DiskCache(_images.Store).ReadAsync(_images, name)).ShouldBe(TestImages.Disk());
        await TestImages.RunAsync("gzip", archive);
        (await Refused(archive + ".gz")).ShouldContain("gunzip");
    }

    [Fact]
    public async Task A_Docker_archive_without_a_name_needs_one()
    {
        var archive = Path.Combine(_images.Folder, "image.tar");
        await MakeDockerArchiveAsync(archive, "");

        (await Refused(archive)).ShouldContain("--name");
        await LoadAsync(archive, "tiny:v1");

        _images.Store.List().ShouldHaveSingleItem().Name.ShouldBe("tiny:v1");
    }

    [Fact]
    public async Task A_layer_packed_with_zstd_is_packed_anew()
    {
        var tar = _images.File("layer.tar", TestLayer.Tar(TestLayer.File("disk/d", TestImages.Disk())));
        await TestImages.RunAsync("zstd", "-q", tar);
        var layer = new TestLayer(
            await File.ReadAllBytesAsync(tar + ".zst"),
            "application/vnd.oci.image.layer.v1.tar+zstd"
        );

        await LoadAsync(_images.Layout("tiny:v1", layer));

        (await new DiskCache(_images.Store).ReadAsync(_images, "tiny:v1")).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task Of_an_image_for_several_platforms_this_machine_s_is_taken()
    {
        var other = TestLayer.With("disk/d", TestImages.Disk(2));

        await LoadAsync(_images.Layout("tiny:v1", ("s390x", other), ("amd64", Layer), ("arm64", other)));

        (await new DiskCache(_images.Store).ReadAsync(_images, "tiny:v1")).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task A_name_with_a_digest_must_be_that_of_the_image()
    {
        var layout = _images.Layout(null, Layer);
        await LoadAsync(layout, "tiny:v1");
        var digest = _images.Store.List()[0].Digest;

        (await Refused(layout, $"tiny@sha256:{new string('0', 64)}")).ShouldContain(digest);
        await LoadAsync(layout, $"tiny@{digest}");

        _images.Store.Find($"tiny@{digest}").ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_no_image_is_refused_by_name()
    {
        var text = _images.File("note.txt", "hello"u8.ToArray());
        var empty = _images.File("empty", []);
        var tar = _images.File("other.tar", TestLayer.Tar(TestLayer.File("readme", [1])));
        var folder = Directory.CreateDirectory(Path.Combine(_images.Folder, "folder")).FullName;
        var damaged = _images.Layout("tiny:v1", Layer);
        await File.WriteAllTextAsync(Path.Combine(damaged, "index.json"), "not JSON");
        var hollow = _images.Layouts();

        (await Refused(text)).ShouldContain(text);
        (await Refused(empty)).ShouldContain(empty);
        (await Refused(tar)).ShouldContain(tar);
        (await Refused(folder)).ShouldContain("oci-layout");
        (await Refused(damaged)).ShouldContain(Path.Combine(damaged, "index.json"));
        (await Refused(hollow)).ShouldContain("holds no image");
        (await Refused(Path.Combine(_images.Folder, "nowhere"))).ShouldContain("There is no file or folder");
        (await Refused(_images.Folder + ":x")).ShouldContain("':'");
        (await Refused(_images.Layout(null, Layer), "No Name")).ShouldContain("'No Name' is no name of an image");
        _images.Store.List().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"manifests":[null]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"digest":"sha256:x"}]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1}]}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_damaged_index_of_a_layout_is_refused(string index)
    {
        var layout = _images.Layout("tiny:v1", Layer);
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), index);

        (await Refused(layout)).ShouldContain("is not the index of an image layout");
    }

    [Fact]
    public async Task A_layout_whose_blob_is_not_what_its_digest_says_is_refused()
    {
        var layout = _images.Layout("tiny:v1", Layer);
        var blob = Path.Combine(layout, "blobs", "sha256", TestImages.DigestOf(Layer.Bytes)["sha256:".Length..]);
        var content = await File.ReadAllBytesAsync(blob);
        content[^1] ^= 0xFF;
        await File.WriteAllBytesAsync(blob, content);

        (await Refused(layout)).ShouldContain("igest");
        _images.Store.List().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_layout_whose_manifest_is_huge_or_no_JSON_is_refused()
    {
        foreach (var content in (string[])["not JSON", new string(' ', 5 << 20)])
        {
            var layout = _images.Layout("tiny:v1", Layer);
            var digest = TestImages.DigestOf(System.Text.Encoding.UTF8.GetBytes(content));
            await File.WriteAllTextAsync(Path.Combine(layout, "blobs", digest.Replace(':', '/')), content);
            await File.WriteAllTextAsync(
                Path.Combine(layout, "index.json"),
                $$"""
                {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "digest":"{{digest}}","size":{{content.Length}}}]}
                """
            );

            (await Refused(layout, "tiny:v1")).ShouldStartWith("The image tiny:v1 cannot be had: ");
        }
    }

    private Task<IReadOnlyList<StoredImage>> LoadAsync(string source, string? name = null) =>
        _images.Store.LoadAsync(source, name, CancellationToken.None);

    private async Task<string> Refused(string source, string? name = null) =>
        (await Should.ThrowAsync<ImageException>(() => LoadAsync(source, name))).Message;

    private async Task MakeDockerArchiveAsync(string archive, string name) =>
        await TestImages.RunAsync(
            "skopeo",
            "--insecure-policy",
            "copy",
            $"oci:{_images.Layout(null, Layer)}",
            $"docker-archive:{archive}{name}"
        );
}
