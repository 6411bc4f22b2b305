namespace Vireo.Tests.Rules;

/// <summary>Reads the table in a type's doc comment, so that the comment cannot say what the code does not.</summary>
internal static class DocTable
{
    /// <summary>One row: what stands in each column, by the column's heading.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string file)
    {
        var lines = File.ReadLines(Path.Combine(Root(), file))
            .Select(line => line.Trim())
            .SkipWhile(line => line != "/// <code>")
            .Skip(1)
            .TakeWhile(line => line != "/// </code>")
            .Select(line => line["///".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        lines.Count.ShouldBeGreaterThan(1, $"{file} has no table");
        lines.ShouldAllBe(cells => cells.Length == lines[0].Length);
        return
        [
            .. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second)),
        ];
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Vireo.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not inside the repository.");
        }

        return folder;
    }
}
