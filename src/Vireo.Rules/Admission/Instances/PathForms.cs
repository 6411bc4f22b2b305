namespace Vireo.Rules;

/// <summary>Forms of paths.</summary>
internal static class PathForms
{
    /// <summary>True for <c>/a/b</c>: absolute, not the root itself, with nothing to resolve in it.</summary>
    public static bool IsPlainAbsolute(string path) =>
        path.Length is > 1 and <= 4096
        && path[0] == '/'
        && !path.Any(char.IsControl)
        && path[1..].Split('/').All(part => part is not ("" or "." or ".."));
}
