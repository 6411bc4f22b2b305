using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>Reads what the cache unpacks.</summary>
internal static class DiskCacheReading
{
    public static async Task<byte[]> ReadAsync(
        this DiskCache cache,
        TestImages images,
        string image,
        string? path = null
    ) => await File.ReadAllBytesAsync(await cache.LinkAsync(images, image, path));

    public static Task<string> LinkAsync(
        this DiskCache cache,
        TestImages images,
        string image,
        string? path = null,
        string uid = "u1"
    ) =>
        cache.LinkAsync(
            images.Store.Find(image).ShouldNotBeNull(),
            path,
            Path.Combine(images.Instance(uid), "root.base"),
            CancellationToken.None
        );
}
