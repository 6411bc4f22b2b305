using System.Text;
using System.Text.Json.Nodes;
using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>What a guest's cloud-init finds on its disk labelled cidata.</summary>
public sealed class CloudInitTests : IDisposable
{
    private const string UserData = "#cloud-config\nhostname: tiny\n# ünï\n";
    private const string Network = "version: 2\n";

    private readonly DiskRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task Inline_settings_are_on_the_disk_as_they_were_written()
    {
        var disk = await _room.PrepareAsync(Volume(new() { UserData = UserData, NetworkData = Network }));

        disk.Format.ShouldBe("raw");
        disk.ReadOnly.ShouldBeTrue();
        disk.SizeBytes.ShouldBe(new FileInfo(disk.Path).Length);
        (await FilesAsync(disk)).ShouldBe(["meta-data", "network-config", "user-data"], ignoreOrder: true);
        (await ReadAsync(disk, "user-data")).ShouldBe(UserData);
        (await ReadAsync(disk, "network-config")).ShouldBe(Network);
        (await DiskRoom.AskAsync("blkid", "-o", "value", "-s", "LABEL", disk.Path)).Trim().ShouldBe("cidata");
    }

    [Fact]
    public async Task The_guest_is_told_who_it_is()
    {
        var disk = await _room.PrepareAsync(Volume(new() { UserData = UserData }));

        var told = JsonNode.Parse(await ReadAsync(disk, "meta-data"))!;

        ((string?)told["instance-id"]).ShouldBe(Samples.Instance.Spec.Domain.Firmware!.Uuid);
        ((string?)told["local-hostname"]).ShouldBe("tiny");
        (await FilesAsync(disk)).ShouldNotContain("network-config");
    }

    [Fact]
    public void A_hostname_and_a_subdomain_are_told()
    {
        var instance = Samples.Instance with
        {
            Spec = Samples.Instance.Spec with { Hostname = "web", Subdomain = "shop" },
        };

        ((string?)JsonNode.Parse(CloudInitMetadata.Of(instance))!["local-hostname"]).ShouldBe("web.shop");
    }

    [Fact]
    public async Task Settings_in_base64_are_decoded()
    {
        var disk = await _room.PrepareAsync(
            Volume(new() { UserDataBase64 = Base64(UserData), NetworkDataBase64 = Base64(Network) })
        );

        (await ReadAsync(disk, "user-data")).ShouldBe(UserData);
        (await ReadAsync(disk, "network-config")).ShouldBe(Network);
    }

    [Fact]
    public async Task What_is_not_base64_is_refused_by_its_field()
    {
        var error = await _room.Refused(Volume(new() { UserDataBase64 = "%%" }));

        error.Message.ShouldBe("Volume cloudinit: cloudInitNoCloud.userDataBase64 is not base64.");
        error.IsTransient.ShouldBeFalse();
    }

    [Theory]
    [InlineData("userdata", "networkdata")]
    [InlineData("userData", "networkData")]
    public async Task Settings_are_read_from_secrets_under_both_spellings(string user, string network)
    {
        await _room.SecretAsync("settings", (user, UserData), (network, Network));

        var disk = await _room.PrepareAsync(
            Volume(new() { SecretRef = new() { Name = "settings" }, NetworkDataSecretRef = new() { Name = "settings" } })
        );

        (await ReadAsync(disk, "user-data")).ShouldBe(UserData);
        (await ReadAsync(disk, "network-config")).ShouldBe(Network);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_yet_is_waited_for()
    {
        var volume = Volume(new() { SecretRef = new() { Name = "settings" } });

        var error = await _room.Refused(volume);

        error.Message.ShouldBe("Volume cloudinit: There is no Secret default/settings: create it.");
        error.IsTransient.ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(Path.Combine(_room.Folder(), "disks")).ShouldBeEmpty();
        await _room.SecretAsync("settings", ("userdata", UserData));
        (await ReadAsync(await _room.PrepareAsync(volume), "user-data")).ShouldBe(UserData);
    }

    [Fact]
    public async Task A_secret_without_the_entry_is_named_with_it()
    {
        await _room.SecretAsync("settings", ("other", UserData));

        var error = await _room.Refused(Volume(new() { SecretRef = new() { Name = "settings" } }));

        error.Message.ShouldContain("The Secret default/settings has no entry userdata");
        error.IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task An_API_that_does_not_answer_is_tried_again()
    {
        _room.Api.IsDown = true;

        var error = await _room.Refused(Volume(new() { SecretRef = new() { Name = "settings" } }));

        error.Reason.ShouldBe("FailedSecret");
        error.IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task A_disk_that_is_there_is_not_made_again()
    {
        var disk = await _room.PrepareAsync(Volume(new() { UserData = UserData }));

        await _room.PrepareAsync(Volume(new() { UserData = "other" }));

        (await ReadAsync(disk, "user-data")).ShouldBe(UserData);
    }

    [Fact]
    public async Task What_a_killed_try_left_is_not_on_the_disk()
    {
        var disks = Path.Combine(_room.Folder(), "disks");
        Directory.CreateDirectory(Path.Combine(disks, "cloudinit.d"));
        await File.WriteAllTextAsync(Path.Combine(disks, "cloudinit.d", "network-config"), "old");
        await File.WriteAllTextAsync(Path.Combine(disks, "cloudinit.iso.new"), "half");

        var disk = await _room.PrepareAsync(Volume(new() { UserData = UserData }));

        (await FilesAsync(disk)).ShouldNotContain("network-config");
        Directory.EnumerateFileSystemEntries(disks).ShouldBe([disk.Path]);
    }

    [Fact]
    public async Task Only_the_guest_s_owner_reads_its_settings()
    {
        var disk = await _room.PrepareAsync(Volume(new() { UserData = UserData }));

        File.GetUnixFileMode(disk.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static Volume Volume(CloudInitNoCloudSource source) => new() { Name = "cloudinit", CloudInitNoCloud = source };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<string[]> FilesAsync(PreparedDisk disk) =>
        [
            .. (await DiskRoom.AskAsync("xorriso", "-indev", disk.Path, "-find", "/", "-type", "f"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Trim('\'', '/')),
        ];

    private async Task<string> ReadAsync(PreparedDisk disk, string file)
    {
        var copy = Path.Combine(_room.Images.Folder, Guid.NewGuid().ToString("N"));
        await TestImages.RunAsync("xorriso", "-osirrox", "on", "-indev", disk.Path, "-extract", "/" + file, copy);
        return await File.ReadAllTextAsync(copy);
    }
}
