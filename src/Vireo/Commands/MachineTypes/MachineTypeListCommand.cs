using System.CommandLine;
using System.CommandLine.Parsing;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo machine-type list`: what each virtual machine has.</summary>
internal static class MachineTypeListCommand
{
    public static Command Create()
    {
        var unset = new Option<bool>("--unset") { Description = "Only machines that nothing is recorded of." };
        var deprecated = new Option<bool>("--deprecated")
        {
            Description =
                "Only machines whose type QEMU drops or has dropped: deprecated, soon removed, offered by no host.",
        };
        var below = new Option<MachineType?>("--below")
        {
            Description = "Only machines whose type in effect is older than this, of its family and vendor.",
            HelpName = "type",
            CustomParser = ParseType,
        };
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Machines of all namespaces." };
        var selector = Selector();
        var output = CommandOptions.Output(csv: true);
        var client = new ClientOptions();
        var command = new Command("list", "Lists the machine types of virtual machines: recorded, running, to come.")
        {
            unset,
            deprecated,
            below,
            all,
            selector,
            output,
        };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var query = new Runtime.ListQuery(
                            parse.GetValue(all) ? null : cluster.Namespace,
                            parse.GetValue(selector)
                        );
                        var rows = (await MachineTypeSurvey.ReadAsync(cluster.Client, query, ct))
                            .Where(row => !parse.GetValue(unset) || row.Recorded is null)
                            .Where(row => !parse.GetValue(deprecated) || IsOutdated(row.Verdict))
                            .Where(row => parse.GetValue(below) is not { } minimum || row.IsBelow(minimum))
                            .ToList();
                        MachineTypeTable.Print(parse.GetValue(output), MachineTypeTable.ToJson(rows), rows);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo machine-type list -A --below pc-q35-rhel9.0.0\nvireo machine-type list -n shop -l tier=web -o csv"
        );
    }

    /// <summary>Labels that the server compares.</summary>
    public static Option<string?> Selector() =>
        new("--selector", "-l") { Description = "Only machines with these labels, for example app=web,tier!=test." };

    private static bool IsOutdated(MachineTypeVerdict verdict) =>
        verdict is MachineTypeVerdict.Deprecated or MachineTypeVerdict.SoonRemoved or MachineTypeVerdict.NotOffered;

    private static MachineType? ParseType(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        switch (MachineType.Parse(text))
        {
            case { IsVersioned: true } type:
                return type;
            case null:
                result.AddError($"--below: '{text}' is no name of a machine type: write it like pc-q35-9.2.");
                return null;
            default:
                result.AddError($"--below: '{text}' has no version that others could be older than: pc-q35-9.2 has.");
                return null;
        }
    }
}
