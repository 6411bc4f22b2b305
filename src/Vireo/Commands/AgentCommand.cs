using System.CommandLine;
using Vireo.Agent;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo agent`: the node agent alone, on a host of a cluster.</summary>
internal static class AgentCommand
{
    public static Command Create()
    {
        var kubeconfig = CommandOptions.Kubeconfig();
        var state = CommandOptions.StateDir();
        var options = new AgentCommandOptions();
        var command = new Command("agent", "Runs the guests that a cluster binds to this host.") { kubeconfig, state };
        options.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var agent = options.Read(parse, parse.GetValue(state)!);
                    using var pid = PidFile.Take(agent.StateFolder);
                    using var loggers = Logging.Create();
                    var client = CommandOptions.Connect(parse.GetValue(kubeconfig));
                    await AgentHost.RunAsync(agent, client, loggers, TimeProvider.System, ct);
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo agent --kubeconfig /etc/vireo/agent.kubeconfig --node-name host2");
    }
}
