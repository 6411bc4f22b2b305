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
        var access = new AccessOptions();
        var command = new Command("server", "Runs the API server alone.") { state, listen, names };
        access.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var told = ServerOptions.Parse(
                        parse.GetValue(state)!,
                        parse.GetValue(listen)!,
                        parse.GetValue(names)!
                    );
                    var options = access.Read(parse, told);
                    using var pid = PidFile.Take(options.StateFolder);
                    using var loggers = Logging.Create();
                    await using var api = await ApiServer.ApiServer.StartAsync(options with { Logging = loggers }, ct);
                    await Console.Out.WriteLineAsync($"Vireo serves at {api.Address}");
                    await Console.Out.WriteLineAsync($"export KUBECONFIG={api.KubeconfigPath}");
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo server --listen 127.0.0.1:7443");
    }
}
