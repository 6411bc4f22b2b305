using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Vireo.Agent;
using Vireo.ApiServer;
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
        var door = DoorOptions.Listen(
            "When not given: the address of --listen where that is not loopback's, else only a socket of this machine."
        );
        var agent = new AgentCommandOptions();
        var access = new AccessOptions();
        var command = new Command(
            "up",
            "Runs everything on this host: API server, controllers and agent. Ends on Ctrl+C; guests run on."
        )
        {
            state,
            listen,
            names,
            door,
        };
        agent.AddTo(command);
        access.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(() =>
                {
                    var server = ServerOptions.Parse(
                        parse.GetValue(state)!,
                        parse.GetValue(listen)!,
                        parse.GetValue(names)!
                    );
                    return RunAsync(
                        access.Read(parse, server),
                        (agent.Read(parse, parse.GetValue(state)!), parse.GetValue(door) ?? Beside(server)),
                        ct
                    );
                })
        );
        return command.WithExample("vireo up --state-dir /var/lib/vireo --listen 127.0.0.1:7443");
    }

    private static async Task<int> RunAsync(
        ApiServerOptions server,
        (AgentOptions Options, IPEndPoint? Door) agent,
        CancellationToken ct
    )
    {
        using var pid = PidFile.Take(server.StateFolder);
        using var loggers = Logging.Create();
        await using var api = await ApiServer.ApiServer.StartAsync(server with { Logging = loggers }, ct);
        await Console.Out.WriteLineAsync($"Vireo serves at {api.Address}");
        await Console.Out.WriteLineAsync($"export KUBECONFIG={api.KubeconfigPath}");
        var options = agent.Door is { } door ? await OwnHost.JoinAsync(api, agent.Options, door, ct) : agent.Options;
        await RunPartsAsync(api, options, loggers, ct);
        return ExitCodes.Success;
    }

    /// <summary>Where other hosts can come to the server they can come to its own host.</summary>
    private static IPEndPoint? Beside(ApiServerOptions server) =>
        IPAddress.IsLoopback(server.Address) ? null : new(server.Address, DoorEndpoint.DefaultPort);

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
