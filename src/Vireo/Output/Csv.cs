using System.Buffers;

namespace Vireo.Output;

/// <summary>Rows as RFC 4180 has them, but with the line ends of this system's tools.</summary>
internal static class Csv
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static void Write(TextWriter writer, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (var row in rows.Prepend([.. headings.Select(heading => heading.ToLowerInvariant())]))
        {
            writer.Write(string.Join(',', row.Select(Cell)));
            writer.Write('\n');
        }
    }

    /// <remarks>
    /// A spreadsheet runs what begins like a formula; what is said here may be the words of whoever named a machine.
    /// </remarks>
    private static string Cell(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@', ..] ? $"'{text}" : text;
        return safe.AsSpan().ContainsAny(Special) ? $"\"{safe.Replace("\"", "\"\"")}\"" : safe;
    }
}
