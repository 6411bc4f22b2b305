namespace Vireo.Agent;

/// <summary>Makes files that are there whole or not at all: under another name first, then moved into place.</summary>
/// <remarks>Only their owner may use them: a guest's disk is nobody's business but its own.</remarks>
internal static class WholeFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a file. What an earlier try left is removed.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <param name="make">Makes it under the name that it is given, where nothing is.</param>
    /// <param name="replace">True when a file that is there already may be replaced.</param>
    public static async Task MakeAsync(string path, Func<string, Task> make, bool replace = true)
    {
        var draft = path + ".new";
        File.Delete(draft);
        try
        {
            await make(draft);
            File.SetUnixFileMode(draft, Private);
            File.Move(draft, path, overwrite: replace);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
