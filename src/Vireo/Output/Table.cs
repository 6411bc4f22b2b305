namespace Vireo.Output;

/// <summary>Columns as kubectl prints them: upper-case headings, three spaces between, no lines.</summary>
internal static class Table
{
    private const string Gap = "   ";

    public static void Write(TextWriter writer, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines =
        [
            [.. headings.Select(heading => heading.ToUpperInvariant())],
            .. rows,
        ];
        var widths = headings.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            writer.WriteLine(string.Join(Gap, line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
