namespace Vireo.Agent;

/// <summary>Lets one process at a time change the store: the agent and `vireo image` may meet there.</summary>
internal static class StoreLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the store; dispose to let others in.</summary>
    public static async Task<IDisposable> EnterAsync(string folder, TimeProvider time, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, ".lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Pause, time, ct);
            }
        }
    }
}
