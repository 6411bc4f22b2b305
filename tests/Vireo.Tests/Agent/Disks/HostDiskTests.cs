using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>Disks in the host's file system: never outside of what its administrator named.</summary>
public sealed class HostDiskTests : IDisposable
{
    private readonly DiskRoom _room = new();
    private readonly string _outside;

    public HostDiskTests()
    {
        _outside = Directory.CreateDirectory(Path.Combine(_room.Images.Folder, "outside")).FullName;
        File.WriteAllBytes(Path.Combine(_outside, "secret"), TestImages.Disk(9));
    }

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task A_disk_below_an_allowed_folder_is_raw_whatever_its_content_says()
    {
        var path = Path.Combine(_room.HostRoot, "a", "disk.img");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await TestImages.RunAsync(
            "qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", Path.Combine(_outside, "secret"), path
        );
        await using (var file = File.Open(path, FileMode.Open))
        {
            file.SetLength((file.Length + 511) / 512 * 512);
        }

        var disk = await _room.PrepareAsync(Volume(path));

        disk.ShouldBe(new PreparedDisk("data", path, "raw", false, new FileInfo(path).Length, null));
    }

    [Fact]
    public async Task A_host_that_allows_no_folder_says_how_to_allow_one()
    {
        var error = await Should.ThrowAsync<DiskException>(() =>
            new HostDiskMaker([]).MakeAsync("data", new() { Path = "/x", Type = "Disk" })
        );

        error.Message.ShouldContain("--host-disk-root");
        error.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_outside_is_refused_however_it_is_written()
    {
        var root = _room.HostRoot;
        var sibling = Directory.CreateDirectory(root + "-other").FullName;
        await File.WriteAllBytesAsync(Path.Combine(sibling, "disk"), TestImages.Disk());
        string[] paths =
        [
            Path.Combine(_outside, "secret"),
            $"{root}/../outside/secret",
            $"{root}/a/../../outside/secret",
            $"{root}//..//outside/secret",
            Path.Combine(sibling, "disk"),
            root,
            root + "/",
            root + "/.",
            "/",
            "/etc/shadow",
        ];
        foreach (var path in paths)
        {
            foreach (var type in (string[])["Disk", "DiskOrCreate"])
            {
                var error = await _room.Refused(Volume(path, type));

                error.Message.ShouldContain($"'{path}' is not below {root}");
                error.IsTransient.ShouldBeFalse();
            }
        }
    }

    [Theory]
    [InlineData("disk.img")]
    [InlineData("")]
    [InlineData("/a\0b")]
    public async Task A_path_that_is_none_is_refused(string path)
    {
        (await _room.Refused(Volume(path))).Message.ShouldContain("is no absolute path");
    }

    [Fact]
    public async Task Links_out_of_the_allowed_folder_are_refused()
    {
        var root = _room.HostRoot;
        File.CreateSymbolicLink($"{root}/file", Path.Combine(_outside, "secret"));
        Directory.CreateSymbolicLink($"{root}/folder", _outside);
        Directory.CreateSymbolicLink($"{root}/relative", "../outside");
        // Each looks as if it stayed inside until the next is followed.
        File.CreateSymbolicLink($"{root}/first", $"{root}/folder/secret");
        File.CreateSymbolicLink($"{root}/second", "first");
        File.CreateSymbolicLink($"{root}/dangling", Path.Combine(_outside, "new"));
        foreach (var name in (string[])["file", "folder/secret", "relative/secret", "first", "second", "dangling"])
        {
            (await _room.Refused(Volume($"{root}/{name}", "DiskOrCreate"))).Message.ShouldContain("is not below");
        }

        File.Exists(Path.Combine(_outside, "new")).ShouldBeFalse();
    }

    [Fact]
    public async Task Links_that_stay_inside_are_followed()
    {
        var root = _room.HostRoot;
        var file = Path.Combine(root, "real");
        await File.WriteAllBytesAsync(file, TestImages.Disk());
        Directory.CreateSymbolicLink($"{root}/self", ".");
        File.CreateSymbolicLink($"{root}/link", "self/real");

        (await _room.PrepareAsync(Volume($"{root}/link"))).Path.ShouldBe(file);
        (await _room.PrepareAsync(Volume($"{root}/self/self/../host-disks/real"))).Path.ShouldBe(file);
    }

    [Fact]
    public async Task An_allowed_folder_may_itself_be_a_link()
    {
        var link = Path.Combine(_room.Images.Folder, "root-link");
        Directory.CreateSymbolicLink(link, _room.HostRoot);
        var file = Path.Combine(_room.HostRoot, "disk");
        File.WriteAllBytes(file, TestImages.Disk());

        (await new HostDiskMaker([link + "/"]).MakeAsync("data", Source($"{link}/disk"))).Path.ShouldBe(file);
        (await new HostDiskMaker([link]).MakeAsync("data", Source(file))).Path.ShouldBe(file);
    }

    [Fact]
    public async Task Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink($"{_room.HostRoot}/a", "b");
        File.CreateSymbolicLink($"{_room.HostRoot}/b", "a");

        (await _room.Refused(Volume($"{_room.HostRoot}/a"))).Message.ShouldContain("lead in a circle");
    }

    [Fact]
    public async Task A_disk_that_is_missing_is_waited_for_unless_it_may_be_made()
    {
        var path = Path.Combine(_room.HostRoot, "new", "disk.img");

        var error = await _room.Refused(Volume(path));

        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain("DiskOrCreate");
        File.Exists(path).ShouldBeFalse();

        var disk = await _room.PrepareAsync(Volume(path, "DiskOrCreate", "1000"));
        disk.SizeBytes.ShouldBe(1024);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_disk_that_is_there_is_not_made_again()
    {
        var path = Path.Combine(_room.HostRoot, "disk");
        await File.WriteAllBytesAsync(path, TestImages.Disk());

        (await _room.PrepareAsync(Volume(path, "DiskOrCreate", "1Mi"))).SizeBytes.ShouldBe(4096);

        (await File.ReadAllBytesAsync(path)).ShouldBe(TestImages.Disk());
    }

    [Fact]
    public async Task What_lies_where_a_disk_is_made_is_not_written_through()
    {
        var path = Path.Combine(_room.HostRoot, "disk");
        File.CreateSymbolicLink(path + ".new", Path.Combine(_outside, "secret"));

        await _room.PrepareAsync(Volume(path, "DiskOrCreate", "1Mi"));

        (await File.ReadAllBytesAsync(Path.Combine(_outside, "secret"))).ShouldBe(TestImages.Disk(9));
    }

    [Fact]
    public async Task A_disk_to_be_made_needs_a_size()
    {
        var error = await _room.Refused(Volume(Path.Combine(_room.HostRoot, "disk"), "DiskOrCreate"));

        error.Message.ShouldContain("hostDisk.capacity");
        error.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_no_disk_is_refused()
    {
        var path = Path.Combine(_room.HostRoot, "note");
        await File.WriteAllTextAsync(path, "hello");
        var folder = Directory.CreateDirectory(Path.Combine(_room.HostRoot, "folder")).FullName;
        var pipe = Path.Combine(_room.HostRoot, "pipe");
        await TestImages.RunAsync("mkfifo", pipe);

        (await _room.Refused(Volume(path))).Message.ShouldContain("5 bytes are not whole sectors");
        (await _room.Refused(Volume(folder, "DiskOrCreate", "1Mi"))).Message.ShouldContain("is a folder");
        (await _room.Refused(Volume(pipe))).Message.ShouldContain("not whole sectors");
        (await _room.Refused(Volume(pipe, "DiskOrCreate", "1Mi"))).Message.ShouldContain("not whole sectors");
    }

    private static HostDisk Source(string path) => new() { Path = path, Type = "Disk" };

    private static Volume Volume(string path, string type = "Disk", string? capacity = null) =>
        new()
        {
            Name = "data",
            HostDisk = new()
            {
                Path = path,
                Type = type,
                Capacity = capacity is null ? null : Quantity.Parse(capacity),
            },
        };
}
