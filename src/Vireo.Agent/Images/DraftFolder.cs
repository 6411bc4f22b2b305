namespace Vireo.Agent;

/// <summary>Where copies of images come into being.</summary>
/// <param name="folder">Holds a folder for each copy.</param>
/// <param name="time">Tells how old a copy is.</param>
internal sealed class DraftFolder(string folder, TimeProvider time)
{
    /// <summary>Twice as long as a copy may take: what is older was left by a process that was killed.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>A folder for one copy, which goes with it; removes what was left by others.</summary>
    public Draft Create()
    {
        var drafts = Directory.CreateDirectory(folder);
        foreach (var left in drafts.EnumerateDirectories())
        {
            if (time.GetUtcNow() - new DateTimeOffset(left.LastWriteTimeUtc, TimeSpan.Zero) > Lifetime)
            {
                left.Delete(recursive: true);
            }
        }

        return new Draft(Path.Combine(folder, Guid.NewGuid().ToString("N")));
    }
}

/// <summary>The folder of one copy.</summary>
internal sealed class Draft : IDisposable
{
    private readonly string _folder;

    public Draft(string folder)
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, mode);
        _folder = folder;
        Layout = Path.Combine(folder, "layout");
    }

    /// <summary>Where the copier writes the image's manifest.</summary>
    public string Layout { get; }

    /// <summary>Keeps something for as long as the copy is made, from all but this user.</summary>
    /// <returns>The file.</returns>
    public string Keep(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
