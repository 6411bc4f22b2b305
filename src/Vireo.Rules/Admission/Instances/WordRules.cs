namespace Vireo.Rules;

/// <summary>Fields that take one of a few words.</summary>
internal static class WordRules
{
    /// <summary>An error when a word is given and is none of those allowed. Empty is not given.</summary>
    public static IEnumerable<FieldError> OneOf(string? value, string field, params IReadOnlyList<string> allowed) =>
        string.IsNullOrEmpty(value) || allowed.Contains(value)
            ? []
            : [FieldError.NotSupported(field, $"{field}: '{value}' is not supported; use {Join(allowed)}.")];

    private static string Join(IReadOnlyList<string> words) =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
}
