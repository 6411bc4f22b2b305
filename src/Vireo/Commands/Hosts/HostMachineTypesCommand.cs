using System.CommandLine;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo host machine-types`: what the QEMU of one host, of each, or of all together offers.</summary>
internal static class HostMachineTypesCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("host")
        {
            Description = "The host; all hosts when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var common = new Option<bool>("--common") { Description = "Only types that every host offers." };
        var output = CommandOptions.Output(csv: true);
        var client = new ClientOptions();
        var command = new Command("machine-types", "Lists the machine types that hosts offer to virtual machines.")
        {
            name,
            common,
            output,
        };
        client.AddTo(command, hasNamespace: false);
        command.Validators.Add(result =>
        {
            if (result.GetValue(common) && result.GetValue(name) is not null)
            {
                result.AddError("--common is about all hosts: leave out the host's name.");
            }
        });
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var hosts = await HostsAsync(cluster.Client, parse.GetValue(name), ct);
                        var rows = HostMachineTypeTable.Rows(hosts, parse.GetValue(common));
                        HostMachineTypeTable.Print(parse.GetValue(output), rows);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo host machine-types --common\nvireo host machine-types host-1 -o json | jq '.[] | select(.deprecated)'"
        );
    }

    private static async Task<IReadOnlyList<Host>> HostsAsync(
        KubernetesClient client,
        string? name,
        CancellationToken ct
    )
    {
        var hosts = await client.ListAllAsync<Host>(new(), ct);
        return name is null ? hosts
            : hosts.Where(host => host.Metadata.Name == name).ToArray() is [var one] ? [one]
            : throw new StartException(
                $"there is no host {name}. Hosts: {string.Join(", ", hosts.Select(host => host.Metadata.Name))}."
            );
    }
}
