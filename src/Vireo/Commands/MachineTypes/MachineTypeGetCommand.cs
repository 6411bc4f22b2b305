using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo machine-type get`: what one virtual machine has.</summary>
internal static class MachineTypeGetCommand
{
    private static readonly string[] Headings =
    [
        "Name",
        "Recorded",
        "Source",
        "Since",
        "Running",
        "Next boot",
        "Template",
        "Offered by",
    ];

    public static Command Create()
    {
        var name = Names.Machine();
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command("get", "Shows the machine type of a virtual machine: recorded, running, to come.")
        {
            name,
            output,
        };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        var answer = await cluster.Client.GetJsonAsync(target.PathOf("machinetype"), ct);
                        var type = answer.Deserialize(ApiJson.Default.VirtualMachineMachineType)!;
                        Printer.Print(parse.GetValue(output), answer, Headings, [Row(target.Name, type)]);
                        if (type.Recorded?.Resolved is null)
                        {
                            await Console.Error.WriteLineAsync(
                                $"{target}: nothing is recorded: its first boot records what it boots with, "
                                    + "'vireo machine-type set' records a type now."
                            );
                        }

                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo machine-type get web\nvireo machine-type get web -n shop -o json | jq -r .recorded.resolved"
        );
    }

    private static IReadOnlyList<string> Row(string name, VirtualMachineMachineType type) =>
        [
            name,
            type.Recorded?.Resolved is { } recorded
                ? recorded + (type.Deprecated == true ? " (deprecated)" : "")
                : "<none>",
            type.Recorded?.Source ?? "",
            type.Recorded?.RecordedAt?.ToUniversalTime()
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
                ?? "",
            type.Running ?? "<not running>",
            type.Recorded?.Pending?.Type ?? type.Recorded?.Resolved ?? type.Template ?? "<by default>",
            type.Template ?? "<none>",
            type.OfferedBy is { Count: > 0 } hosts ? string.Join(',', hosts) : "<no host>",
        ];
}
