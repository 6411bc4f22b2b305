namespace Vireo.Agent;

/// <summary>Lets one at a time change the store: the agent and <c>vireo image</c> may meet there.</summary>
/// <param name="folder">The store's folder.</param>
/// <param name="time">Times the looks at a lock that another process holds.</param>
internal sealed class StoreLock(string folder, TimeProvider time)
{
    /// <summary>The system's number for a lock that another holds: EWOULDBLOCK.</summary>
    private const int IsHeld = 11;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the store; dispose to let others in.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return new Entry(await OpenAsync(ct), _turn);
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    private async Task<FileStream> OpenAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, ".lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult == IsHeld)
            {
                await Task.Delay(Pause, time, ct);
            }
        }
    }

    private sealed class Entry(FileStream file, SemaphoreSlim turn) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            turn.Release();
        }
    }
}
