using System.Globalization;
using Vireo.Api;

namespace Vireo.Output;

/// <summary>How far a transition is, in one line.</summary>
internal static class TransitionProgressLine
{
    private const int BarWidth = 24;

    /// <summary>How many of the selected machines need nothing more, and how many that is in percent.</summary>
    public static (int Settled, int Percent) Of(MachineTypeTransitionCounts? counts)
    {
        var all = counts ?? new();
        var settled = all.Selected - all.Waiting - all.Restarting;
        return (settled, all.Selected == 0 ? 0 : (int)(100L * settled / all.Selected));
    }

    /// <summary>For a log: phase, counts, and what it waits for.</summary>
    public static string Plain(MachineTypeTransition transition)
    {
        var counts = transition.Status?.Counts;
        var (settled, percent) = Of(counts);
        var text =
            $"{transition.Metadata.Name}: {Phase(transition)}: {Number(settled)} of {Number(counts?.Selected ?? 0)} "
            + $"({percent}%){Outcomes(counts)}";
        return Why(transition) is { Length: > 0 } why ? $"{text}; {why}" : text;
    }

    /// <summary>For a terminal: a bar, counts and the rate, no wider than it.</summary>
    /// <param name="transition">How far it is.</param>
    /// <param name="rate">Machines in a second; null when that is not known yet.</param>
    /// <param name="width">The terminal's.</param>
    public static string Bar(MachineTypeTransition transition, double? rate, int width)
    {
        var counts = transition.Status?.Counts;
        var (settled, percent) = Of(counts);
        var filled = BarWidth * percent / 100;
        var text =
            $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {percent, 3}%  "
            + $"{Number(settled)}/{Number(counts?.Selected ?? 0)}"
            + Rate(rate, (counts?.Selected ?? 0) - settled)
            + (Phase(transition) is var phase and not "Running" ? $"  {phase}" : "")
            + Outcomes(counts)
            + (Why(transition) is { Length: > 0 } why ? $"; {why}" : "");
        return text.Length < width ? text : text[..Math.Max(0, width - 1)];
    }

    private static string Rate(double? rate, int left)
    {
        if (rate is not > 0)
        {
            return "";
        }

        var each = rate < 10 ? rate.Value.ToString("0.#", CultureInfo.InvariantCulture) : Number((int)rate.Value);
        var end = TimeSpan.FromSeconds(Math.Min(left / rate.Value, TimeSpan.FromDays(99).TotalSeconds));
        return $"  {each}/s" + (left > 0 ? $"  {Left(end)} left" : "");
    }

    private static string Left(TimeSpan left) =>
        left.TotalMinutes < 1 ? $"{Math.Ceiling(left.TotalSeconds)}s"
        : left.TotalHours < 1 ? $"{(int)left.TotalMinutes}m{left.Seconds:00}s"
        : $"{(int)left.TotalHours}h{left.Minutes:00}m";

    private static string Phase(MachineTypeTransition transition) => transition.Status?.Phase ?? "Pending";

    /// <summary>What it waits for; empty while it works, and where the phase says it all.</summary>
    private static string Why(MachineTypeTransition transition)
    {
        var condition = transition.Status?.Conditions?.FirstOrDefault(one => one.Type == "Progressing");
        var says = transition.Status?.Phase is "Running"
            ? condition?.Reason == "Waiting"
            : transition.Status?.Phase is not ("Completed" or "AwaitingRestarts");
        // What follows the first sentence repeats the counts.
        return says ? condition?.Message?.Split(". ")[0].TrimEnd('.') ?? "" : "";
    }

    private static string Outcomes(MachineTypeTransitionCounts? counts)
    {
        (string Word, int Count)[] words =
        [
            ("updated", counts?.Updated ?? 0),
            ("to restart", counts?.RestartRequired ?? 0),
            ("restarting", counts?.Restarting ?? 0),
            ("unchanged", counts?.Unchanged ?? 0),
            ("refused", counts?.Refused ?? 0),
            ("failed", counts?.Failed ?? 0),
        ];
        return string.Concat(words.Where(word => word.Count > 0).Select(word => $", {Number(word.Count)} {word.Word}"));
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
