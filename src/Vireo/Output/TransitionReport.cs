using System.Globalization;
using System.Text.Json;
using Vireo.Api;
using Vireo.Running;

namespace Vireo.Output;

/// <summary>How transitions, and what came of their machines, are shown.</summary>
internal static class TransitionReport
{
    /// <summary>What the exit codes of a transition mean, for people.</summary>
    public const string ExitCodesExplained =
        "Exit codes: 0 done, or nothing to do, restarts by the machines' owners left aside; 1 failed, the message says\n"
        + "why; 2 typed wrongly; 7 ended, but some machines could not be moved or must not be.";

    private static readonly string[] OutcomeHeadings =
    [
        "Namespace",
        "Name",
        "Outcome",
        "From",
        "To",
        "Reason",
        "Message",
    ];

    private static readonly string[] CountHeadings =
    [
        "Name",
        "Phase",
        "Selected",
        "Updated",
        "Restart required",
        "Restarting",
        "Waiting",
        "Unchanged",
        "Refused",
        "Failed",
    ];

    /// <summary>Shows a transition's counts and what is to be done, and makes an exit code of how it ended.</summary>
    /// <param name="format">How.</param>
    /// <param name="transition">The transition at its end.</param>
    /// <param name="isReported">True when the server has it, so that a report can be had.</param>
    public static async Task<int> PrintEndAsync(
        OutputFormat format,
        MachineTypeTransition transition,
        bool isReported = true
    )
    {
        PrintList(format, transition, [transition]);
        var (status, name) = (transition.Status, transition.Metadata.Name);
        if (format == OutputFormat.Table && status?.Counts?.RestartRequired > 0)
        {
            await Console.Error.WriteLineAsync(
                "Machines with the label restart-vm-required get their new type when they restart: "
                    + "'kubectl get vm -A -l restart-vm-required' lists them."
            );
        }

        var counts = status?.Counts ?? new();
        var isPartial = counts.Failed + counts.Refused > 0;
        var isEndedEarly = status?.Phase is "Failed" or "Cancelled";
        if (isEndedEarly)
        {
            var why = Progressing(transition)?.Message ?? "no reason is given";
            await Console.Error.WriteLineAsync($"vireo: transition {name}: {status!.Phase}: {why}");
        }
        else if (isPartial)
        {
            await Console.Error.WriteLineAsync(
                $"vireo: transition {name}: not all were moved: {counts.Failed} failed, {counts.Refused} refused"
            );
        }

        if (isPartial && isReported)
        {
            await Console.Error.WriteLineAsync(
                $"'vireo machine-type transition report {name}' names each machine and why."
            );
        }
        else if (isPartial && format == OutputFormat.Table)
        {
            PrintOutcomes(format, [.. (status?.Outcomes ?? []).Where(one => one.Outcome is "Failed" or "Refused")]);
        }

        return isPartial ? ExitCodes.Partial
            : isEndedEarly ? ExitCodes.Failure
            : ExitCodes.Success;
    }

    /// <summary>Shows how far a transition is, and the machines that need somebody.</summary>
    public static async Task<int> PrintStatusAsync(OutputFormat format, MachineTypeTransition transition)
    {
        PrintList(format, transition, [transition]);
        var status = transition.Status;
        if (format != OutputFormat.Table)
        {
            return ExitCodes.Success;
        }

        // The built-in table has a line for each family, most of which are of no concern here.
        foreach (var step in transition.Spec.Steps is null ? [] : status?.Steps ?? transition.Spec.Steps)
        {
            await Console.Out.WriteLineAsync(
                $"Step: below {step.Below ?? "the target"} to {step.Target ?? "the newest"}"
            );
        }

        if (Progressing(transition) is { } progressing)
        {
            await Console.Out.WriteLineAsync($"{progressing.Reason}: {progressing.Message}");
        }

        var needy = (status?.Outcomes ?? [])
            .Where(outcome => outcome.Outcome is not ("Updated" or "Unchanged"))
            .ToList();
        if (needy.Count > 0)
        {
            await Console.Out.WriteLineAsync();
            PrintOutcomes(format, needy);
        }

        if (status?.OutcomesOmitted > 0)
        {
            await Console.Error.WriteLineAsync(
                $"{status.OutcomesOmitted} machines are not shown here: 'vireo machine-type transition report "
                    + $"{transition.Metadata.Name}' shows all."
            );
        }

        return ExitCodes.Success;
    }

    /// <summary>Shows transitions, one a line.</summary>
    /// <param name="format">How.</param>
    /// <param name="document">What programs get.</param>
    /// <param name="transitions">What people get.</param>
    public static void PrintList(
        OutputFormat format,
        MachineTypeTransition document,
        IReadOnlyList<MachineTypeTransition> transitions
    ) =>
        Printer.Print(
            format,
            JsonSerializer.SerializeToNode(document, ApiJson.Default.MachineTypeTransition)!,
            CountHeadings,
            transitions.Select(CountRow)
        );

    /// <summary>Shows transitions, one a line.</summary>
    public static void PrintList(OutputFormat format, IReadOnlyList<MachineTypeTransition> transitions) =>
        Printer.Print(
            format,
            new System.Text.Json.Nodes.JsonArray([
                .. transitions.Select(transition =>
                    JsonSerializer.SerializeToNode(transition, ApiJson.Default.MachineTypeTransition)
                ),
            ]),
            CountHeadings,
            transitions.Select(CountRow)
        );

    /// <summary>Shows what came of machines, one a line.</summary>
    public static void PrintOutcomes(OutputFormat format, IReadOnlyList<MachineTypeOutcome> outcomes) =>
        Printer.Print(
            format,
            new System.Text.Json.Nodes.JsonArray([
                .. outcomes.Select(outcome =>
                    JsonSerializer.SerializeToNode(outcome, ApiJson.Default.MachineTypeOutcome)
                ),
            ]),
            OutcomeHeadings,
            outcomes.Select(outcome =>
                (IReadOnlyList<string>)
                    [
                        outcome.Namespace,
                        outcome.Name,
                        outcome.Outcome,
                        outcome.From ?? "",
                        outcome.To ?? "",
                        outcome.Reason ?? "",
                        outcome.Message ?? "",
                    ]
            )
        );

    private static IReadOnlyList<string> CountRow(MachineTypeTransition transition)
    {
        var counts = transition.Status?.Counts ?? new();
        int[] numbers =
        [
            counts.Selected,
            counts.Updated,
            counts.RestartRequired,
            counts.Restarting,
            counts.Waiting,
            counts.Unchanged,
            counts.Refused,
            counts.Failed,
        ];
        return
        [
            transition.Metadata.Name ?? "",
            transition.Status?.Phase ?? "Pending",
            .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static Condition? Progressing(MachineTypeTransition transition) =>
        transition.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Progressing");
}
