using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo host uncordon`: lets guests on a host again that was drained.</summary>
internal static class HostUncordonCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("host") { Description = "The host." };
        var (output, client) = (CommandOptions.Output(), new ClientOptions());
        var command = new Command(
            "uncordon",
            "Lets guests on a host again, and those stay that were to leave it and have not yet."
        )
        {
            name,
            output,
        };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var host = parse.GetValue(name)!;
                        var drain = new HostDrain(cluster.Client, host);
                        await drain.RequireAsync(ct);
                        await drain.EndAsync(await drain.ConfigurationAsync(ct), ct);
                        var message = $"host {host} takes guests again";
                        if (parse.GetValue(output) is OutputFormat.Table)
                        {
                            await Console.Out.WriteLineAsync(message);
                        }
                        else
                        {
                            Printer.Print(
                                parse.GetValue(output),
                                new JsonObject
                                {
                                    ["kind"] = "Host",
                                    ["name"] = host,
                                    ["action"] = "uncordon",
                                    ["message"] = message,
                                }
                            );
                        }

                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo host uncordon host-1");
    }
}
