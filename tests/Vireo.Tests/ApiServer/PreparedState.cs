using Vireo.ApiServer;

namespace Vireo.Tests.ApiServer;

/// <summary>
/// The state of a server that has started once: a server that begins with a copy of it need not make its roles, its
/// definitions and its instance types, which takes longer than most tests.
/// </summary>
internal static class PreparedState
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>Puts a copy into a folder that has no state yet.</summary>
    public static async Task CopyAsync(string folder)
    {
        var made = await Made.Value;
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Copy(made, folder);
        }
    }

    private static async Task<string> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-prepared-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var options = new ApiServerOptions { StateFolder = folder, Port = 0 };
        await using (await Vireo.ApiServer.ApiServer.StartAsync(options, CancellationToken.None))
        {
            return folder;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.GetDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
