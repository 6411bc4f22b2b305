using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo machine-type transition list`: all transitions, and how far each is.</summary>
internal static class TransitionListCommand
{
    public static Command Create()
    {
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command("list", "Lists transitions, and how far each is.") { output };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var all = await cluster.Client.ListAllAsync<MachineTypeTransition>(new(), ct);
                        TransitionReport.PrintList(parse.GetValue(output), all);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo machine-type transition list");
    }
}
