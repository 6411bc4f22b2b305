namespace Vireo.Agent;

/// <summary>Finds out whether two hosts have the same file: one writes beside it, the other looks there.</summary>
internal static class SharedFile
{
    /// <summary>What the name of the file beside it ends with.</summary>
    public const string Suffix = ".vireo-probe";

    /// <summary>Writes beside a file. Dispose to remove what was written.</summary>
    public static Mark Write(string path)
    {
        var probe = Guid.NewGuid().ToString("N");
        File.WriteAllText(path + Suffix, probe);
        return new(path + Suffix, probe);
    }

    /// <summary>True when that is what was written beside the file of this path.</summary>
    public static bool Is(string path, string? probe)
    {
        try
        {
            return probe is not null && File.ReadAllText(path + Suffix) == probe;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What was written beside a file.</summary>
    internal sealed record Mark(string Path, string Probe) : IDisposable
    {
        public void Dispose() => File.Delete(Path);
    }
}
