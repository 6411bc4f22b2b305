using System.Text;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Tests.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>Everything that makes disks, with an API in memory and a store of its own.</summary>
internal sealed class DiskRoom : IDisposable
{
    private readonly DiskPreparer _preparer;

    public DiskRoom()
    {
        HostRoot = Directory.CreateDirectory(Path.Combine(Images.Folder, "host-disks")).FullName;
        var making = new DiskImages(TimeProvider.System);
        var secrets = new SecretReader(Api.Client);
        _preparer = new(
            new(Images.Store, new(Images.Store), making, secrets),
            new(secrets, TimeProvider.System),
            new([HostRoot]),
            making
        );
    }

    public TestImages Images { get; } = new();

    public FakeApi Api { get; } = new();

    public string HostRoot { get; }

    public string Folder(string uid = "u1") => Path.Combine(Images.State, "instances", uid);

    public async Task<PreparedDisk> PrepareAsync(Volume volume, string uid = "u1")
    {
        var instance = Samples.Instance with { Spec = Samples.Instance.Spec with { Volumes = [volume] } };
        return (await _preparer.PrepareAsync(instance, Folder(uid), CancellationToken.None)).ShouldHaveSingleItem();
    }

    public async Task<DiskException> Refused(Volume volume) =>
        await Should.ThrowAsync<DiskException>(() => PrepareAsync(volume));

    public Task SecretAsync(string name, params (string Entry, string Value)[] entries) =>
        Api.Client.CreateAsync(
            new Secret
            {
                Metadata = new() { Name = name, Namespace = Samples.Instance.Metadata.Namespace },
                Data = entries.ToDictionary(
                    entry => entry.Entry,
                    entry => Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value))
                ),
            },
            CancellationToken.None
        );

    public static Volume Container(
        string image,
        string? policy = "IfNotPresent",
        string? secret = null,
        string? path = null
    ) =>
        new()
        {
            Name = "root",
            ContainerDisk = new()
            {
                Image = image,
                ImagePullPolicy = policy,
                ImagePullSecret = secret,
                Path = path,
            },
        };

    /// <summary>What a program of the host says.</summary>
    public static async Task<string> AskAsync(params string[] line)
    {
        var result = await Command.RunAsync(line, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output;
    }

    public void Dispose()
    {
        Images.Dispose();
        Api.Dispose();
    }
}
