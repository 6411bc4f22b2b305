using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Vireo.Agent;
using Vireo.Controllers;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo up`: API server, controllers and agent in one process, on one host.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var state = CommandOptions.StateDir();
        var listen = ServerOptions.Listen();
        var names = ServerOptions.Names();
        var agent = new AgentCommandOptions();
        var command = new Command(
            "up",
            "Runs everything on this host: API server, controllers and agent. Ends on Ctrl+C; guests run on."
        )
        {
            state,
            listen,
            names,
        };
        agent.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(() =>
                    RunAsync(
                        ServerOptions.Parse(parse.GetValue(state)!, parse.GetValue(listen)!),
                        parse.GetValue(names)!,
                        agent.Read(parse, parse.GetValue(state)!),
                        ct
                    )
                )
        );
        return command.WithExample("vireo up --state-dir /var/lib/vireo --listen 127.0.0.1:7443");
    }

    private static async Task<int> RunAsync(
        (string StateFolder, IPEndPoint Listen) server,
        IReadOnlyList<string> names,
        AgentOptions agent,
        CancellationToken ct
    )
    {
        using var pid = PidFile.Take(server.StateFolder);
        using var loggers = Logging.Create();
        await using var api = await ServerOptions.StartAsync(server.StateFolder, server.Listen, names, loggers, ct);
        await Console.Out.WriteLineAsync($"Vireo serves at {api.Address}");
        await Console.Out.WriteLineAsync($"export KUBECONFIG={api.KubeconfigPath}");
        await RunPartsAsync(api, agent, loggers, ct);
        return ExitCodes.Success;
    }

    private static async Task RunPartsAsync(
        ApiServer.ApiServer api,
        AgentOptions agent,
        ILoggerFactory loggers,
        CancellationToken ct
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var forControllers = api.CreateClient("system:vireo:controllers");
        using var forAgent = api.CreateClient($"system:node:{agent.NodeName}");
        var controllers = new ControllerHost(
            new KubernetesClient(forControllers),
            TimeProvider.System,
            loggers,
            new Random()
        );
        Task[] parts =
        [
            controllers.RunAsync(agent.NodeName, stop.Token),
            AgentHost.RunAsync(agent, new KubernetesClient(forAgent), loggers, TimeProvider.System, stop.Token),
        ];
        // One part that ends ends the program: half of it would look alive and do nothing.
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }
}
