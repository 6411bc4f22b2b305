using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo expand`: a virtual machine with type, preference and defaults written into it.</summary>
internal static class ExpandCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--file", "-f") { Description = "A manifest of a VirtualMachine; - reads it." };
        var machine = new Option<string?>("--vm") { Description = "A VirtualMachine of the cluster." };
        var output = CommandOptions.Output();
        output.DefaultValueFactory = _ => OutputFormat.Yaml;
        var client = new ClientOptions();
        var command = new Command("expand", "Prints a VirtualMachine with all that it would get written out.")
        {
            file,
            machine,
            output,
        };
        client.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is null == result.GetValue(machine) is null)
            {
                result.AddError("Give either --file FILE or --vm NAME.");
            }
        });
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var expanded = parse.GetValue(file) is { } path
                            ? await ExpandFileAsync(cluster, await ReadAsync(path, ct), ct)
                            : await cluster.Client.GetJsonAsync(
                                Names.Of(cluster, parse.GetValue(machine)!, TargetKind.Machine).PathOf("expand-spec"),
                                ct
                            );
                        Printer.Print(parse.GetValue(output), expanded);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo expand --vm web\nvireo expand -f vm.yaml -o json");
    }

    private static Task<JsonNode> ExpandFileAsync(Cluster cluster, JsonNode manifest, CancellationToken ct)
    {
        var @namespace = (string?)manifest["metadata"]?["namespace"] ?? cluster.Namespace;
        return cluster.Client.PutJsonAsync(
            $"/apis/{Subresources.Group}/{Subresources.Versions[0]}/namespaces/{@namespace}/expand-vm-spec",
            manifest,
            ct
        );
    }

    private static async Task<JsonNode> ReadAsync(string path, CancellationToken ct)
    {
        var text = path == "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        try
        {
            return Yaml.ToJson(text) is [JsonObject manifest]
                ? manifest
                : throw new UsageException($"{path}: must hold one manifest, of a VirtualMachine.");
        }
        catch (FormatException e)
        {
            throw new StartException($"{path}: {e.Message}", e);
        }
    }
}
