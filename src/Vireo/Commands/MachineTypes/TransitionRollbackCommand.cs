using System.CommandLine;
using Vireo.Output;

namespace Vireo.Commands;

/// <summary>`vireo machine-type transition rollback`: gives machines back what they had before a transition.</summary>
internal static class TransitionRollbackCommand
{
    public static Command Create()
    {
        var of = TransitionStatusCommand.Transition();
        var name = TransitionCommand.Name();
        var pace = new TransitionPaceOptions();
        var follow = new TransitionFollowOptions();
        var dryRun = TransitionCommand.DryRun();
        var client = new ClientOptions();
        var command = new Command(
            "rollback",
            "Gives the machines of a transition back what they had before it, by a transition of its own."
        )
        {
            of,
            name,
            dryRun,
        };
        pace.AddTo(command);
        follow.AddTo(command);
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var first = await TransitionStatusCommand.RequireAsync(cluster.Client, parse.GetValue(of)!, ct);
                        var draft = TransitionCommand.Draft(
                            parse.GetValue(name),
                            pace.Read(parse, new() { RollbackOf = first.Metadata.Name })
                        );
                        return parse.GetValue(dryRun)
                            ? await TransitionTrial.RunAsync(cluster.Client, draft, follow.Format(parse), ct)
                            : await follow.RunAsync(parse, cluster, draft, ct);
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo machine-type transition rollback fleet --dry-run\n"
                + "vireo machine-type transition rollback fleet --restart-now",
            TransitionReport.ExitCodesExplained
        );
    }
}
