using System.CommandLine;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo server`: the API server alone.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var state = CommandOptions.StateDir();
        var listen = ServerOptions.Listen();
        var names = ServerOptions.Names();
        var origins = ServerOptions.Origins();
        var command = new Command("server", "Runs the API server alone.") { state, listen, names, origins };
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var (folder, endPoint) = ServerOptions.Parse(parse.GetValue(state)!, parse.GetValue(listen)!);
                    using var pid = PidFile.Take(folder);
                    using var loggers = Logging.Create();
                    await using var api = await ServerOptions.StartAsync(
                        folder,
                        endPoint,
                        (parse.GetValue(names)!, parse.GetValue(origins)!),
                        loggers,
                        ct
                    );
                    await Console.Out.WriteLineAsync($"Vireo serves at {api.Address}");
                    await Console.Out.WriteLineAsync($"export KUBECONFIG={api.KubeconfigPath}");
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo server --listen 127.0.0.1:7443");
    }
}
