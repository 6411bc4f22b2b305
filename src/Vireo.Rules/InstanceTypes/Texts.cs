namespace Vireo.Rules;

/// <summary>Texts that are empty when nothing was given.</summary>
internal static class Texts
{
    /// <summary>What was given; where nothing was, what is to hold instead.</summary>
    public static string? Or(this string? given, string? otherwise) =>
        string.IsNullOrEmpty(given) && !string.IsNullOrEmpty(otherwise) ? otherwise : given;
}
