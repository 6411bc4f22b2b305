namespace Vireo.Runtime;

/// <summary>
/// The order in which kubectl prints keys: as text, but numbers in them by value (<c>disk2</c> before <c>disk10</c>).
/// </summary>
internal sealed class YamlKeyOrder : IComparer<string>
{
    public static YamlKeyOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[same], right[same]);
        if (char.IsLetter(a) != char.IsLetter(b))
        {
            // Letters come last, but a number that goes on is longer than one that ends here.
            return char.IsLetter(a) == (same > 0 && char.IsDigit(left[same - 1])) ? -1 : 1;
        }

        var byNumber = char.IsLetter(a) ? 0 : Number(left, same).CompareTo(Number(right, same));
        return byNumber != 0 ? byNumber : a.CompareTo(b);
    }

    /// <summary>
    /// The number around a place, or -1 when there is none; a very long one counts by its first digits.
    /// </summary>
    private static long Number(ReadOnlySpan<char> word, int at)
    {
        var start = at;
        while (start > 0 && char.IsAsciiDigit(word[start - 1]))
        {
            start--;
        }

        var end = at;
        while (end < word.Length && char.IsAsciiDigit(word[end]) && end - start < 18)
        {
            end++;
        }

        return end == start ? -1 : long.Parse(word[start..end], System.Globalization.CultureInfo.InvariantCulture);
    }
}
