using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo config`: starts and stops instances of a VirtualMachineInstanceConfig.</summary>
internal static class ConfigCommand
{
    public static Command Create() =>
        new Command("config", "Starts and stops instances of a VirtualMachineInstanceConfig.")
        {
            Create(
                "start",
                "Makes an instance from a configuration; one configuration can have several.",
                _ => new WaitGoal.Running(OrPaused: true)
            ),
            Create("stop", "Stops an instance that was made from a configuration.", _ => new WaitGoal.Stopped()),
        }.WithExample("vireo config start worker --name worker-1");

    private static Command Create(string verb, string description, Func<Life, WaitGoal> goal)
    {
        var config = new Argument<string>("config") { Description = "The VirtualMachineInstanceConfig's name." };
        var instance = new Option<string?>("--name")
        {
            Description = "The instance's name; the configuration's own when not given.",
        };
        var options = new ActionOptions();
        var command = new Command(verb, description) { config, instance };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                options.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = new Target(TargetKind.Config, cluster.Namespace, parse.GetValue(config)!);
                        var body = new InstanceConfigOptions
                        {
                            Name = parse.GetValue(instance),
                            DryRun = options.DryRun(parse),
                        };
                        return new(target, verb, SendAsync)
                        {
                            Goal = goal,
                            Awaited = new(TargetKind.Instance, target.Namespace, body.Name ?? target.Name),
                        };

                        Task SendAsync(KubernetesClient client, CancellationToken end) =>
                            client.PutAsync(target.PathOf(verb), body, ApiJson.Default.InstanceConfigOptions, end);
                    },
                    ct
                )
        );
        return command.WithExample($"vireo config {verb} worker\nvireo config {verb} worker --name worker-1 --wait");
    }
}
