using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo wait`: ends when a virtual machine has come to a state.</summary>
internal static class WaitCommand
{
    private static readonly string[] States =
    [
        "running",
        "stopped",
        "paused",
        "unpaused",
        "shelved",
        "reboot",
        "restart-required",
    ];

    public static Command Create()
    {
        var name = new Argument<string>("vm")
        {
            Description = "The VirtualMachine, or vmi/NAME for an instance alone.",
        };
        var state = new Option<string>("--for")
        {
            Description = "What to wait for. A reboot is one that comes after this command began, or after --since.",
            Required = true,
        };
        state.AcceptOnlyFromAmong(States);
        var since = new Option<DateTimeOffset?>("--since")
        {
            Description = "With --for reboot: one at or after this time counts, for example 2026-01-31T12:00:00Z.",
            HelpName = "time",
            CustomParser = ParseTime,
        };
        var timeout = WaitOptions.Timeout();
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command("wait", "Ends when a virtual machine has come to a state, and says when and why.")
        {
            name,
            state,
            since,
            timeout,
            output,
        };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    cluster =>
                        RunAsync(
                            cluster,
                            Target.Parse(parse.GetValue(name)!, cluster.Namespace, TargetKind.Machine),
                            new Request(
                                parse.GetValue(state)!,
                                parse.GetValue(since),
                                parse.GetValue(timeout) ?? WaitOptions.Usual,
                                parse.GetValue(output)
                            ),
                            ct
                        ),
                    ct
                )
        );
        return command.WithExample(
            "vireo wait web --for running\nvireo wait web --for reboot --since 2026-01-31T12:00:00Z -o json"
        );
    }

    private static async Task<int> RunAsync(Cluster cluster, Target target, Request request, CancellationToken ct)
    {
        if (target.Kind == TargetKind.Instance && request.State == "restart-required")
        {
            throw new UsageException(
                "--for restart-required: only a VirtualMachine can require a restart: give its name alone."
            );
        }

        var before = await LifeWatch.ReadAsync(cluster.Client, target.Key, ct);
        target.RequireIn(before);
        var goal = GoalOf(request.State, request.Since, before);
        var outcome = await new Wait(cluster.Client, TimeProvider.System, Console.Error).UntilAsync(
            target,
            goal,
            request.Timeout,
            ct
        );
        return await WaitReport.PrintAsync(request.Output, Document(target, request.State), target, outcome);
    }

    private static WaitGoal GoalOf(string state, DateTimeOffset? since, Life before) =>
        state switch
        {
            "running" => new WaitGoal.Running(),
            "stopped" => new WaitGoal.Stopped(),
            "paused" => new WaitGoal.Paused(),
            "unpaused" => new WaitGoal.Unpaused(),
            "shelved" => new WaitGoal.Shelved(),
            "restart-required" => new WaitGoal.RestartRequired(),
            // Reboots are told in whole seconds: one in the second of the time given may be later than it.
            _ when since is { } time => new WaitGoal.Rebooted(time.AddSeconds(-1)),
            _ => new WaitGoal.Rebooted(
                VirtualMachineWaits.NewestReboot(before.Machine, before.Instance)?.LastTransitionTime
            ),
        };

    private static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        result.AddError($"--since: '{text}' is no time: write it like 2026-01-31T12:00:00Z.");
        return null;
    }

    private static JsonObject Document(Target target, string state) =>
        new()
        {
            ["kind"] = target.KindName,
            ["name"] = target.Name,
            ["namespace"] = target.Namespace,
            ["action"] = "wait",
            ["for"] = state,
        };

    private sealed record Request(string State, DateTimeOffset? Since, TimeSpan Timeout, OutputFormat Output);
}
