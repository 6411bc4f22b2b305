using System.CommandLine;
using Vireo.Agent;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo agent`: the node agent alone, on a host of a cluster.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description =
                "The kubeconfig of the cluster, for an agent on the server's own machine. Without it: what the host kept "
                + "when it joined, $KUBECONFIG, then ~/.kube/config.",
        };
        var state = CommandOptions.StateDir();
        var options = new AgentCommandOptions();
        var join = new JoinOptions();
        var command = new Command("agent", "Runs the guests that a cluster binds to this host.") { kubeconfig, state };
        join.AddTo(command);
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(kubeconfig) is not null && join.IsAsked(result))
            {
                result.AddError("--join gets this host a kubeconfig of its own: leave --kubeconfig out.");
            }
        });
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var agent = options.Read(parse, parse.GetValue(state)!);
                    using var pid = PidFile.Take(agent.StateFolder);
                    using var loggers = Logging.Create();
                    var identity = parse.GetValue(kubeconfig) is null
                        ? await join.IdentifyAsync(parse, agent.StateFolder, options.NodeName(parse), ct)
                        : null;
                    agent = identity is null ? agent : join.Complete(parse, agent, identity);
                    var client = identity?.Connect() ?? CommandOptions.Connect(parse.GetValue(kubeconfig));
                    await AgentHost.RunAsync(agent, client, loggers, TimeProvider.System, ct);
                    return ExitCodes.Success;
                })
        );
        return command.WithExample(
            "vireo agent --join https://10.0.0.1:7443 --token \"$TOKEN\" --node-name host2\nvireo agent --node-name host2\n"
                + "vireo agent --kubeconfig /etc/vireo/agent.kubeconfig --node-name host2"
        );
    }
}
