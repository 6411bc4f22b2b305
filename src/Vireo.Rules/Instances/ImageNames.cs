namespace Vireo.Rules;

/// <summary>Names of container images: one image may be written in several ways.</summary>
public static class ImageNames
{
    /// <summary>What an image's name begins with when it names no registry, in full; the longer first.</summary>
    private static readonly string[] Unsaid = ["docker.io/library/", "docker.io/"];

    /// <summary>
    /// The way in which a host's store writes it: short, with its tag, <c>:latest</c> when it has neither tag nor
    /// digest.
    /// </summary>
    public static string Normalize(string name)
    {
        var prefix = Unsaid.FirstOrDefault(each => name.StartsWith(each, StringComparison.Ordinal)) ?? "";
        name = name[prefix.Length..];
        var last = name[(name.LastIndexOf('/') + 1)..];
        return last.Contains(':', StringComparison.Ordinal) ? name : $"{name}:latest";
    }
}
