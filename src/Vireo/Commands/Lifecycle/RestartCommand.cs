using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo restart`: ends the instance of a virtual machine and starts a new one.</summary>
internal static class RestartCommand
{
    public static Command Create()
    {
        var name = Names.Machine();
        var force = new ForceOptions("0 gives the guest no time to shut down; nothing else may be given.");
        var options = new ActionOptions();
        var command = new Command("restart", "Ends the instance of a virtual machine and starts a new one.") { name };
        force.AddTo(command);
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var body = new RestartOptions
                        {
                            GracePeriodSeconds = force.GracePeriod(parse),
                            DryRun = options.DryRun(parse),
                        };
                        return new(
                            target,
                            "restart",
                            (client, end) =>
                                client.PutAsync(target.PathOf("restart"), body, ApiJson.Default.RestartOptions, end)
                        )
                        {
                            Goal = before => new WaitGoal.Running(before.Instance?.Metadata.Uid, OrPaused: true),
                        };
                    },
                    ct
                )
        );
        return command.WithExample("vireo restart web --wait\nvireo restart web --grace-period 0 --force");
    }
}
