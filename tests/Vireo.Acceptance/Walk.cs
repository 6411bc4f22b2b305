using System.Text;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>
/// Every command of a document, in its order and in one shell, and what the text says it shows.
/// </summary>
/// <remarks>A command whose output begins with <c>vireo: </c> is refused; all others end with 0.</remarks>
internal sealed partial class Walk(VireoHost host)
{
    private const string Mark = "@@@";

    /// <summary>Goes through a document.</summary>
    /// <param name="name">Its name, in docs.</param>
    /// <param name="atLeast">How many commands there are at least: fewer would mean that they are not found.</param>
    public async Task ThroughAsync(string name, int atLeast)
    {
        var steps = Steps(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", name)));
        steps.Count.ShouldBeGreaterThan(atLeast);

        var outputs = await RunAsync(steps);

        steps
            .Zip(outputs)
            .Where(pair =>
                (pair.Second.ExitCode == 0) == pair.First.IsRefused
                || !Pattern(pair.First.Shows).IsMatch(pair.Second.Output + "\n")
            )
            .Select(pair =>
                $"$ {pair.First.Command}\n{pair.Second.Output}\nended with {pair.Second.ExitCode}; the text says:\n"
                + pair.First.Shows
            )
            .ShouldBeEmpty();
    }

    /// <summary>All commands in one bash, which keeps its variables; a line between two of them.</summary>
    private async Task<IReadOnlyList<(string Output, int ExitCode)>> RunAsync(IReadOnlyList<Step> steps)
    {
        var script = new StringBuilder();
        foreach (var step in steps)
        {
            script.Append(step.Command).Append($"\nprintf '\\n{Mark} %s\\n' $?\n");
        }

        var folder = Path.GetDirectoryName(Checkout.Program)!;
        var run = await Shell.RunAsync(
            [.. host.Inside, "bash", "-c", $"exec 2>&1\n{script}"],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["KUBECONFIG"] = host.Kubeconfig,
                ["VIREO_STATE"] = host.StateFolder,
                ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}",
            },
            timeoutSeconds: 600
        );
        var parts = End().Matches(run.Output);
        parts.Count.ShouldBe(steps.Count, run.Output);
        return
        [
            .. parts.Select(part =>
                (
                    part.Groups["output"].Value.Replace("\r", "", StringComparison.Ordinal),
                    int.Parse(part.Groups["code"].Value, System.Globalization.CultureInfo.InvariantCulture)
                )
            ),
        ];
    }

    private static List<Step> Steps(string document) =>
        [
            .. Block()
                .Matches(document)
                .SelectMany(block =>
                    ("\n" + block.Groups["lines"].Value).Split("\n$ ", StringSplitOptions.RemoveEmptyEntries)
                )
                .Select(step => step.Split('\n', 2))
                .Select(step => new Step(step[0].Trim(), step.Length > 1 ? step[1].Trim('\n') : "")),
        ];

    /// <summary>
    /// The lines in their order, white space as wide as it may be. A line of three dots is any lines, three dots in a
    /// line are any text of that line.
    /// </summary>
    private static Regex Pattern(string shows)
    {
        var lines = shows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Trim() != "...");
        var patterns = lines.Select(line =>
            string.Join(
                    @"[ \t]*",
                    line.Split("...")
                        .Select(part =>
                            string.Join(
                                @"\s+",
                                part.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape)
                            )
                        )
                )
                .Replace(@"[ \t]*", "[^\n]*", StringComparison.Ordinal)
        );
        return new(string.Join(".*?\n", patterns), RegexOptions.Singleline, TimeSpan.FromSeconds(5));
    }

    private sealed record Step(string Command, string Shows)
    {
        public bool IsRefused => Shows.StartsWith("vireo: ", StringComparison.Ordinal);
    }

    [GeneratedRegex("```console\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [GeneratedRegex("(?<output>.*?)\n@@@ (?<code>\\d+)\n", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex End();
}
