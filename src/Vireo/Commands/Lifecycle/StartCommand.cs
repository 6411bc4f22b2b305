using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;

namespace Vireo.Commands;

/// <summary>`vireo start`: starts a virtual machine.</summary>
internal static class StartCommand
{
    public static Command Create()
    {
        var name = Names.Machine();
        var paused = new Option<bool>("--paused")
        {
            Description = "Lets the guest wait before its first instruction until 'vireo unpause'.",
        };
        var options = new ActionOptions();
        var command = new Command("start", "Starts a virtual machine.") { name, paused };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var body = new StartOptions
                        {
                            Paused = parse.GetValue(paused) ? true : null,
                            DryRun = options.DryRun(parse),
                        };
                        return new(
                            target,
                            "start",
                            (client, end) =>
                                client.PutAsync(target.PathOf("start"), body, ApiJson.Default.StartOptions, end)
                        )
                        {
                            Goal = before => new WaitGoal.Running(before.Instance?.Metadata.Uid, OrPaused: true),
                        };
                    },
                    ct
                )
        );
        return command.WithExample("vireo start web --wait\nvireo start web --paused -n shop");
    }
}
