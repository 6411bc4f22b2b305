using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>An image says by a label for which machine type its system was made.</summary>
public sealed class ImageLabelTests : IDisposable
{
    private const string Label = OciConfiguration.MachineTypeLabel;

    private readonly TestImages _images = new();

    private static TestLayer Layer => TestLayer.With("disk/disk.img", TestImages.Disk());

    public void Dispose() => _images.Dispose();

    [Fact]
    public void The_label_bears_the_name_of_the_image_property() => Label.ShouldBe("hw_machine_type");

    [Fact]
    public async Task Images_that_name_a_machine_type_are_listed_with_it()
    {
        await LoadAsync(_images.Labelled("vireo/old:v1", Label, "pc", Layer));
        await LoadAsync(_images.Labelled("vireo/other:v1", "maintainer", "pc", Layer));
        await LoadAsync(_images.Labelled("vireo/empty:v1", Label, "", Layer));
        await LoadAsync(_images.Layout("vireo/plain:v1", Layer));

        _images.Store.MachineTypes().ShouldHaveSingleItem().ShouldBe(new("vireo/old:v1", "pc"));
        _images.Store.Find("vireo/old:v1")!.MachineType.ShouldBe("pc");
        _images.Store.Find("vireo/plain:v1")!.MachineType.ShouldBeNull();
    }

    [Fact]
    public async Task Images_that_name_an_instance_type_or_a_preference_are_listed_with_their_labels()
    {
        await LoadAsync(
            _images.Labelled("vireo/sized:v1", "instancetype.kubevirt.io/default-instancetype", "u1.nano", Layer)
        );
        await LoadAsync(_images.Labelled("vireo/plain:v1", "maintainer", "somebody", Layer));

        var (name, labels) = _images.Store.Defaults().ShouldHaveSingleItem();

        name.ShouldBe("vireo/sized:v1");
        labels.ShouldHaveSingleItem().ShouldBe(new("instancetype.kubevirt.io/default-instancetype", "u1.nano"));
    }

    [Fact]
    public async Task What_another_program_loads_or_removes_is_seen_at_the_next_look()
    {
        _images.Store.MachineTypes().ShouldBeEmpty();
        var other = new ImageStore(_images.State, _images.Time);

        await other.LoadAsync(_images.Labelled("vireo/old:v1", Label, "pc", Layer), null, CancellationToken.None);
        _images.Store.MachineTypes().Keys.ShouldBe(["vireo/old:v1"]);

        await other.LoadAsync(_images.Labelled("vireo/old:v1", Label, "q35", Layer), null, CancellationToken.None);
        _images.Store.MachineTypes()["vireo/old:v1"].ShouldBe("q35");

        await other.RemoveAsync("vireo/old:v1", CancellationToken.None);
        _images.Store.MachineTypes().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Docker_archive_keeps_its_labels()
    {
        var archive = Path.Combine(_images.Folder, "old.tar");
        var layout = _images.Labelled("vireo/old:v1", Label, "pc", Layer);
        await TestImages.RunAsync(
            "skopeo",
            "--insecure-policy",
            "copy",
            $"oci:{layout}:vireo/old:v1",
            $"docker-archive:{archive}:vireo/old:v1"
        );

        await LoadAsync(archive);

        _images.Store.MachineTypes()["vireo/old:v1"].ShouldBe("pc");
    }

    [Fact]
    public async Task A_damaged_list_names_none_and_a_damaged_configuration_hides_no_other_image()
    {
        await LoadAsync(_images.Labelled("vireo/good:v1", Label, "q35", Layer));
        await LoadAsync(_images.Labelled("vireo/bad:v1", Label, "pc", Layer));
        var bad = Directory
            .EnumerateFiles(Path.Combine(_images.Store.Blobs.Folder, "sha256"))
            .Single(blob => File.ReadAllText(blob).Contains("\"pc\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(bad, new string('x', (int)new FileInfo(bad).Length));
        var store = new ImageStore(_images.State, _images.Time);

        store.MachineTypes().Keys.ShouldBe(["vireo/good:v1"]);

        await File.WriteAllTextAsync(Path.Combine(_images.State, "images", "index.json"), "{");
        store.MachineTypes().ShouldBeEmpty();
    }

    private async Task LoadAsync(string source) => await _images.Store.LoadAsync(source, null, CancellationToken.None);
}
