using System.Text;
using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>
/// Every command of docs/lifecycle.md, in its order and in one shell, and what the text says it shows.
/// </summary>
public sealed partial class LifecycleWalkTests(VireoHost host)
{
    private const string Mark = "@@@";

    [Fact]
    public async Task The_walk_shows_what_it_says()
    {
        var steps = Steps(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "lifecycle.md")));
        steps.Count.ShouldBeGreaterThan(50);
        await using var tiny = new Guest(host, "tiny");
        await using var node = new MicroGuest(host, "node");
        (await host.KubectlAsync("apply", "-f", "examples/tiny-vm.yaml")).ShouldSucceed();
        await tiny.BootedAsync();

        var outputs = await RunAsync(steps);

        for (var index = 0; index < steps.Count; index++)
        {
            var (output, exitCode) = outputs[index];
            var account =
                $"$ {steps[index].Command}\n{output}\nended with {exitCode}; the text says:\n{steps[index].Shows}";
            (exitCode == 0).ShouldBe(!steps[index].IsRefused, account);
            Pattern(steps[index].Shows).IsMatch(output + "\n").ShouldBeTrue(account);
        }
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
            ["bash", "-c", $"exec 2>&1\n{script}"],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["KUBECONFIG"] = host.Kubeconfig,
                ["VIREO_STATE"] = host.StateFolder,
                ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}",
            },
            timeoutSeconds: 300
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
