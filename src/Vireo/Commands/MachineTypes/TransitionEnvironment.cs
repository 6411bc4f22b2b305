using Vireo.Clusters;

namespace Vireo.Commands;

/// <summary>
/// The options of a run that come from its environment, which is how a Job is told what to do (design 0).
/// </summary>
internal static class TransitionEnvironment
{
    private static readonly (string Variable, string Option)[] Texts =
    [
        ("NAMESPACE", "--namespace"),
        ("LABEL_SELECTOR", "--selector"),
        ("STATE", "--state"),
        ("MACHINE_TYPES", "--machine-types"),
        ("BELOW", "--below"),
        ("TARGET", "--target"),
        ("MAX_CONCURRENT_RESTARTS", "--max-concurrent-restarts"),
        ("BATCH_SIZE", "--batch-size"),
        ("BATCH_INTERVAL", "--batch-interval"),
        ("WINDOW", "--window"),
        ("MAX_FAILURES", "--max-failures"),
        ("TRANSITION_NAME", "--name"),
        ("TRANSITION_ID", "--run-id"),
    ];

    private static readonly (string Variable, string Option)[] Switches =
    [
        ("RESTART_NOW", "--restart-now"),
        ("ALLOW_FAMILY_CHANGE", "--allow-family-change"),
        ("WAIT", "--wait"),
        ("DRY_RUN", "--dry-run"),
    ];

    /// <summary>The variables, for people.</summary>
    public static string Explained { get; } =
        $"Options may come from the environment: {string.Join(", ", Texts.Concat(Switches).Select(row => row.Variable))}.";

    /// <summary>The options that variables stand for; empty variables stand for none.</summary>
    /// <exception cref="UsageException">A variable is neither true nor false, and should be.</exception>
    public static IEnumerable<string[]> Options(Func<string, string?> variable)
    {
        foreach (var (name, option) in Texts)
        {
            if (variable(name)?.Trim() is not { Length: > 0 } text)
            {
                continue;
            }

            // Only namespaces can be several.
            string[] values = name == "NAMESPACE" ? text.Split(',', StringSplitOptions.TrimEntries) : [text];
            yield return [.. values.SelectMany(value => (string[])[option, value])];
        }

        foreach (var (name, option) in Switches)
        {
            switch (variable(name)?.Trim().ToUpperInvariant())
            {
                case null or "" or "FALSE" or "F" or "0":
                    break;
                case "TRUE" or "T" or "1":
                    yield return [option];
                    break;
                default:
                    throw new UsageException($"{name}: '{variable(name)}' is neither true nor false.");
            }
        }
    }
}
