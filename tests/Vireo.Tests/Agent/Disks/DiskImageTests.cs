using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>What a file says of itself, and which files are not let near a guest.</summary>
public sealed class DiskImageTests : IDisposable
{
    private readonly TestImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task A_qcow2_image_of_either_version_tells_its_size()
    {
        foreach (var version in (string[])["0.10", "1.1"])
        {
            DiskImage.Read(await QemuAsync("qcow2", $"compat={version}")).ShouldBe(new("qcow2", 16 << 20));
        }
    }

    [Fact]
    public void Whole_sectors_are_a_raw_image()
    {
        DiskImage.Read(_images.File("disk", TestImages.Disk())).ShouldBe(new("raw", 4096));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    [InlineData(4097)]
    public void Anything_else_is_no_disk(int bytes)
    {
        Refused(_images.File("disk", TestImages.Disk(bytes: bytes))).ShouldContain($"{bytes} bytes is no disk image");
    }

    [Fact]
    public void A_text_file_is_no_disk()
    {
        Refused(_images.File("disk", "<html>404</html>"u8.ToArray())).ShouldContain("is no disk image");
    }

    [Theory]
    [InlineData("vmdk", "")]
    [InlineData("vmdk", "subformat=monolithicFlat")]
    [InlineData("vhdx", "")]
    [InlineData("vdi", "")]
    [InlineData("vpc", "")]
    [InlineData("qed", "")]
    public async Task Images_of_other_programs_are_named_with_what_to_do(string format, string options)
    {
        var message = Refused(await QemuAsync(format, options));

        message.ShouldContain(format);
        message.ShouldContain("convert it to qcow2 or raw");
    }

    [Fact]
    public async Task A_qcow2_image_that_leads_to_another_file_is_refused()
    {
        var secret = _images.File("secret", TestImages.Disk());
        var backed = Path.Combine(_images.Folder, "backed");
        await TestImages.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", secret, backed);
        var external = await QemuAsync("qcow2", $"data_file={_images.Folder}/data");

        Refused(backed).ShouldContain("refers to another file");
        Refused(external).ShouldContain("refers to another file");
    }

    [Fact]
    public async Task A_qcow2_image_of_an_unknown_kind_is_refused()
    {
        var image = await QemuAsync("qcow2", "compat=1.1");
        var content = await File.ReadAllBytesAsync(image);
        byte[] Changed(int at, byte to)
        {
            var changed = (byte[])content.Clone();
            changed[at] = to;
            return changed;
        }

        Refused(_images.File("version", Changed(7, 9))).ShouldContain("unknown version");
        Refused(_images.File("encrypted", Changed(35, 1))).ShouldContain("encrypted");
        Refused(_images.File("huge", Changed(24, 0xFF))).ShouldContain("damaged");
        Refused(_images.File("short", content[..20])).ShouldContain("damaged");
        Refused(_images.File("far", Changed(8, 0xFF))).ShouldContain("refers to another file");
    }

    [Fact]
    public async Task The_header_tells_what_an_overlay_is_made_over()
    {
        var below = _images.File("below", TestImages.Disk());
        var overlay = Path.Combine(_images.Folder, "overlay");
        await TestImages.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", below, overlay);

        using var file = File.OpenHandle(overlay);

        QcowHeader.Read(file)!.BackingFile.ShouldBe(below);
    }

    private async Task<string> QemuAsync(string format, string options)
    {
        var path = Path.Combine(_images.Folder, Guid.NewGuid().ToString("N"));
        string[] more = options.Length == 0 ? [] : ["-o", options];
        await TestImages.RunAsync(["qemu-img", "create", "-q", "-f", format, .. more, path, "16M"]);
        return path;
    }

    private static string Refused(string path)
    {
        var error = Should.Throw<DiskException>(() => DiskImage.Read(path));
        error.Reason.ShouldBe("InvalidDisk");
        error.IsTransient.ShouldBeFalse();
        return error.Message;
    }
}
