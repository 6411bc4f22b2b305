namespace Vireo.Acceptance;

/// <summary>Images made for one test, with the scripts that users have.</summary>
internal static class Images
{
    /// <summary>
    /// An image with a small guest that prints a banner of its own: no other image shares its content.
    /// </summary>
    public static async Task<string> OfMicroGuestAsync(string folder, string banner, params string[] labels)
    {
        var disk = Path.Combine(folder, "disk.img");
        await RunAsync("images/micro-guest/build", banner, disk);
        return await WrapAsync(disk, folder, $"micro/{banner}:v1", labels);
    }

    /// <summary>An image with a small guest that reboots when it is asked to power off.</summary>
    public static async Task<string> OfStubbornGuestAsync(string folder, string name)
    {
        var disk = Path.Combine(folder, "disk.img");
        await RunAsync("images/micro-guest/build", "--stubborn", "STUBBORN-READY", disk);
        return await WrapAsync(disk, folder, name);
    }

    /// <summary>An image that holds any file at the place of its disk.</summary>
    public static async Task<string> OfFileAsync(string folder, string content, string name)
    {
        var file = Path.Combine(folder, "disk.img");
        await File.WriteAllTextAsync(file, content);
        return await WrapAsync(file, folder, name);
    }

    private static async Task<string> WrapAsync(string disk, string folder, string name, params string[] labels)
    {
        var layout = Path.Combine(folder, "layout");
        await RunAsync(["images/oci-layout", disk, layout, name, .. labels]);
        return layout;
    }

    private static async Task RunAsync(params string[] command) =>
        (await Shell.RunAsync([Path.Combine(Checkout.Root, command[0]), .. command[1..]])).ShouldSucceed();
}
