using System.CommandLine;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo machine-type transition report`: what came of every machine.</summary>
internal static class TransitionReportCommand
{
    public static Command Create()
    {
        var name = TransitionStatusCommand.Transition();
        var outcomes = new Option<string[]>("--outcome")
        {
            Description = "Only machines that this came of, for example Failed; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        outcomes.AcceptOnlyFromAmong(
            "Waiting",
            "Updated",
            "RestartRequired",
            "Restarting",
            "Unchanged",
            "Refused",
            "Failed"
        );
        var output = CommandOptions.Output(csv: true);
        var client = new ClientOptions();
        var command = new Command("report", "Lists what came of every machine of a transition, and why.")
        {
            name,
            outcomes,
            output,
        };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var transition = await TransitionStatusCommand.RequireAsync(
                            cluster.Client,
                            parse.GetValue(name)!,
                            ct
                        );
                        var wanted = parse.GetValue(outcomes)!;
                        var all = await TransitionOutcomeList
                            .ReadAsync(cluster.Client, transition, ct)
                            .Where(outcome => wanted is [] || wanted.Contains(outcome.Outcome, StringComparer.Ordinal))
                            .ToListAsync(ct);
                        TransitionReport.PrintOutcomes(parse.GetValue(output), all);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo machine-type transition report fleet\n"
                + "vireo machine-type transition report fleet --outcome Failed --outcome Refused -o csv"
        );
    }
}
