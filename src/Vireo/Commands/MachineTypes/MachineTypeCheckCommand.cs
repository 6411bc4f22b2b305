using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>
/// `vireo machine-type check`: whether all virtual machines can boot on all hosts, and still could soon.
/// </summary>
internal static class MachineTypeCheckCommand
{
    private const string ExitCodesExplained =
        "Exit codes: 0 all are recorded (those that never booted: by their first boot), and every host offers them;\n"
        + "1 there are warnings: deprecated, soon removed, offered by some hosts only, an alias that is not settled;\n"
        + "2 something is not recorded, or no host offers it (or typed wrongly); 3 it could not be checked.";

    public static Command Create()
    {
        var only = new Option<string?>("--namespace", "-n")
        {
            Description = "Only machines of this namespace; all namespaces when not given.",
        };
        var selector = MachineTypeListCommand.Selector();
        var output = CommandOptions.Output(csv: true);
        var client = new ClientOptions();
        var command = new Command(
            "check",
            "Checks before hosts are upgraded that every virtual machine has a type which every host offers."
        )
        {
            only,
            selector,
            output,
        };
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var query = new Runtime.ListQuery(parse.GetValue(only), parse.GetValue(selector));
                        var rows = await MachineTypeSurvey.ReadAsync(cluster.Client, query, ct);
                        var exit = MachineTypeAudit.ExitCode(rows);
                        await PrintAsync(parse.GetValue(output), rows, exit);
                        return exit;
                    },
                    ct,
                    ExitCodes.NotChecked
                )
        );
        return command.WithExample(
            "vireo machine-type check && ./upgrade-hosts\nvireo machine-type check -o json | jq .counts",
            ExitCodesExplained
        );
    }

    private static async Task PrintAsync(OutputFormat format, IReadOnlyList<MachineTypeAuditRow> rows, int exit)
    {
        var counts = rows.CountBy(row => row.Verdict).OrderByDescending(count => count.Key).ToList();
        // People want to know what is to be done; programs get everything.
        var toDo = rows.Where(row => row.Verdict > MachineTypeVerdict.NotBooted)
            .OrderByDescending(row => row.Verdict)
            .ToList();
        if (format != OutputFormat.Table || toDo.Count > 0)
        {
            MachineTypeTable.Print(
                format,
                new JsonObject
                {
                    ["exitCode"] = exit,
                    ["counts"] = new JsonObject([
                        .. counts.Select(count => KeyValuePair.Create(count.Key.ToString(), (JsonNode?)count.Value)),
                    ]),
                    ["items"] = MachineTypeTable.ToJson(rows),
                },
                format == OutputFormat.Csv ? rows : toDo
            );
        }

        if (format == OutputFormat.Table)
        {
            var summary = string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"));
            await Console.Out.WriteLineAsync(
                $"{(toDo.Count > 0 ? "\n" : "")}Virtual machines: {rows.Count}{(rows.Count > 0 ? $" ({summary})" : "")}. "
                    + exit switch
                    {
                        0 when rows.All(row => row.Verdict == MachineTypeVerdict.Ok) =>
                            "All are recorded, and every host offers them.",
                        0 => "All that have booted are recorded, and every host offers what each has or will have.",
                        1 => "All can start; look at the warnings before you upgrade hosts.",
                        _ => "Some are not safe: see above what to do.",
                    }
            );
        }
    }
}
