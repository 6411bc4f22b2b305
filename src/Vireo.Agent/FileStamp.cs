namespace Vireo.Agent;

/// <summary>A file as it was when it was looked at: another one when it was replaced or written to.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Length">Its size in bytes; -1 when it was not there.</param>
/// <param name="Written">When its content was last written. A package's file bears the time it was built.</param>
/// <param name="Made">When the file came into being here, where the file system knows.</param>
internal sealed record FileStamp(string Path, long Length, DateTime Written, DateTime Made)
{
    /// <summary>The file as it is now.</summary>
    public static FileStamp Look(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return new(path, target.Length, target.LastWriteTimeUtc, target.CreationTimeUtc);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(path, -1, default, default);
        }
    }
}
