using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo stop`: stops a virtual machine.</summary>
internal static class StopCommand
{
    public static Command Create()
    {
        var name = Names.Machine();
        var force = new ForceOptions("Seconds the guest has to shut down, instead of those of its specification.");
        var options = new ActionOptions();
        var command = new Command("stop", "Stops a virtual machine.") { name };
        force.AddTo(command);
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var body = new StopOptions
                        {
                            GracePeriod = force.GracePeriod(parse),
                            DryRun = options.DryRun(parse),
                        };
                        return new(
                            target,
                            "stop",
                            (client, end) =>
                                client.PutAsync(target.PathOf("stop"), body, ApiJson.Default.StopOptions, end)
                        )
                        {
                            Goal = _ => new WaitGoal.Stopped(),
                        };
                    },
                    ct
                )
        );
        return command.WithExample("vireo stop web --wait\nvireo stop web --grace-period 0 --force");
    }
}
