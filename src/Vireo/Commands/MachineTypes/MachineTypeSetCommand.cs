using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo machine-type set`: moves one virtual machine to another type.</summary>
internal static class MachineTypeSetCommand
{
    private static readonly string[] Headings = ["Device", "Before", "After"];

    public static Command Create()
    {
        var name = Names.Machine();
        var options = new MachineTypeSetOptions();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only tells what would change, devices included; nothing changes.",
        };
        var output = CommandOptions.Output();
        var client = new ClientOptions();
        var command = new Command(
            "set",
            "Moves a stopped or shelved virtual machine to another machine type, which it keeps for all later boots."
        )
        {
            name,
            dryRun,
            output,
        };
        options.AddTo(command);
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine);
                        return new Update(cluster.Client, target, parse.GetValue(output)).RunAsync(
                            options.Read(parse),
                            parse.GetValue(dryRun),
                            ct
                        );
                    },
                    ct
                )
        );
        return command.WithExample(
            "vireo machine-type set web pc-q35-9.2\n"
                + "vireo machine-type set web pc-q35-9.2 --from pc-q35-6.2 --at-next-boot\n"
                + "vireo machine-type set old q35 --force --dry-run",
            MachineTypeRefusals.ExitCodesExplained
        );
    }

    private sealed class Update(KubernetesClient client, Target target, OutputFormat format)
    {
        public async Task<int> RunAsync(MachineTypeOptions body, bool isDryRun, CancellationToken ct)
        {
            var trial = body with { DryRun = ["All"] };
            try
            {
                // What is forced may hurt the guest: it is told before it is done.
                var isToldFirst = body.Force == true && !isDryRun;
                if (isToldFirst)
                {
                    await TellAsync(Read(await PutAsync(trial, ct)));
                }

                var answer = await PutAsync(isDryRun ? trial : body, ct);
                if (!isToldFirst)
                {
                    await TellAsync(Read(answer));
                }

                await PrintAsync(answer, isDryRun);
                return ExitCodes.Success;
            }
            catch (ApiException e) when (MachineTypeRefusals.Of(e) is { } refusal)
            {
                await Console.Error.WriteLineAsync($"vireo: {e.Message}\n{refusal.Hint.Replace("NAME", target.Name)}");
                return refusal.ExitCode;
            }
        }

        private Task<JsonNode> PutAsync(MachineTypeOptions body, CancellationToken ct) =>
            client.PutJsonAsync(
                target.PathOf("machinetype"),
                JsonSerializer.SerializeToNode(body, ApiJson.Default.MachineTypeOptions)!,
                ct
            );

        /// <summary>What changes for the guest: devices, and what may break.</summary>
        private async Task TellAsync(MachineTypeChange change)
        {
            if (format == OutputFormat.Table && change.DeviceChanges is { Count: > 0 } devices)
            {
                await Console.Out.WriteLineAsync($"{target}: the guest finds its devices changed at its next boot:");
                Table.Write(
                    Console.Out,
                    Headings,
                    devices.Select(device =>
                        (IReadOnlyList<string>)[device.Device, device.Before ?? "-", device.After ?? "-"]
                    )
                );
            }

            foreach (var warning in change.Warnings ?? [])
            {
                await Console.Error.WriteLineAsync($"Warning: {warning}");
            }
        }

        private async Task PrintAsync(JsonNode answer, bool isDryRun)
        {
            if (format != OutputFormat.Table)
            {
                Printer.Print(format, answer);
                return;
            }

            var change = Read(answer);
            var what = change.Outcome switch
            {
                "Unchanged" => $"is {change.Current} already",
                "Pending" =>
                    $"will be {change.Current} from its next boot on; it runs with {change.Previous} until then",
                _ when change.Previous == change.Current =>
                    $"is {change.Current} and stays so: what was to come at its next boot is withdrawn",
                _ => $"is now {change.Current}; it was {change.Previous ?? "not recorded"}",
            };
            await Console.Out.WriteLineAsync(
                $"{target}: its machine type {what}{(isDryRun ? " (dry run: nothing changed)" : "")}"
            );
        }

        private static MachineTypeChange Read(JsonNode answer) =>
            answer.Deserialize(ApiJson.Default.MachineTypeChange)!;
    }
}
