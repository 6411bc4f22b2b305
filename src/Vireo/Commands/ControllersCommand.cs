using System.CommandLine;
using Vireo.Controllers;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo controllers`: the controllers alone, against any server of the API.</summary>
internal static class ControllersCommand
{
    public static Command Create()
    {
        var kubeconfig = CommandOptions.Kubeconfig();
        var command = new Command("controllers", "Runs the controllers alone; several may run, one leads.")
        {
            kubeconfig,
        };
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    using var loggers = Logging.Create();
                    var client = CommandOptions.Connect(parse.GetValue(kubeconfig));
                    var host = new ControllerHost(client, TimeProvider.System, loggers, new Random());
                    await host.RunAsync($"{Environment.MachineName}-{Environment.ProcessId}", ct);
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo controllers --kubeconfig /etc/vireo/controllers.kubeconfig");
    }
}
