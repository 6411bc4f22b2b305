namespace Vireo.Acceptance;

/// <summary>An image in the host's store for one test.</summary>
internal sealed class TestImage(VireoHost host, string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>A micro guest whose power button reboots it; its banner is STUBBORN-READY.</summary>
    public static async Task<TestImage> StubbornAsync(VireoHost host, string name)
    {
        var folder = Directory.CreateTempSubdirectory("vireo-image-");
        var layout = await Images.OfStubbornGuestAsync(folder.FullName, name);
        (await host.RunAsync("image", "load", layout)).ShouldSucceed();
        folder.Delete(recursive: true);
        return new(host, name);
    }

    public async ValueTask DisposeAsync() => await host.RunAsync("image", "rm", Name);
}
