namespace Vireo.Agent;

/// <summary>Follows the links in a path, as the system does when it opens the file.</summary>
internal static class HostPath
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MaxLinks = 40;

    /// <summary>
    /// The path without a link in it; null when its links lead in a circle. What is not there may be named.
    /// </summary>
    public static string? Resolve(string path)
    {
        var resolved = "/";
        var links = 0;
        var left = new Stack<string>(PartsOf(path));
        while (left.TryPop(out var part))
        {
            var next = part == ".." ? Path.GetDirectoryName(resolved) ?? "/" : Path.Combine(resolved, part);
            if (part == ".." || new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            // A link's target counts from the link's folder, and may itself go through links.
            resolved = target.StartsWith('/') ? "/" : resolved;
            foreach (var targetPart in PartsOf(target))
            {
                left.Push(targetPart);
            }
        }

        return resolved;
    }

    /// <summary>True when a path is inside a folder; both without links in them.</summary>
    public static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The names in a path, the last first.</summary>
    private static IEnumerable<string> PartsOf(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();
}
