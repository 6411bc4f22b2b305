namespace Vireo.Agent;

/// <summary>
/// Marks a disk outside a guest's folder as made for it and not its own yet: what a failed move leaves behind.
/// </summary>
internal static class MadeFile
{
    private const string Suffix = ".vireo-arrival";

    /// <summary>The disk was made for a guest that is to come.</summary>
    public static void Mark(string path, string uid) => File.WriteAllText(path + Suffix, uid);

    /// <summary>True when the disk was made for this guest, which has not come yet.</summary>
    public static bool IsFor(string path, string uid) =>
        File.Exists(path + Suffix) && File.ReadAllText(path + Suffix) == uid;

    /// <summary>The guest has come: the disk is its own.</summary>
    public static void Keep(string path) => File.Delete(path + Suffix);

    /// <summary>The guest does not come.</summary>
    public static void Remove(string path, string uid)
    {
        if (IsFor(path, uid))
        {
            File.Delete(path);
            File.Delete(path + Suffix);
        }
    }
}
