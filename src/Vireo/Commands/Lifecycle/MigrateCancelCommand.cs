using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo migrate-cancel`: ends the move of a guest, which stays where it is.</summary>
internal static class MigrateCancelCommand
{
    public static Command Create()
    {
        var name = Names.Machine();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only checks whether there is a migration to cancel; nothing changes.",
        };
        var (wait, output, client) = (new WaitOptions(), CommandOptions.Output(), new ClientOptions());
        var command = new Command("migrate-cancel", "Ends the move of a guest to another host: it stays where it is.")
        {
            name,
            dryRun,
        };
        wait.AddTo(command);
        command.Options.Add(output);
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    cluster =>
                        RunAsync(
                            cluster.Client,
                            Names.Of(cluster, parse.GetValue(name)!, TargetKind.Machine),
                            new(parse.GetValue(output), parse.GetValue(dryRun), wait.Read(parse)),
                            ct
                        ),
                    ct
                )
        );
        return command.WithExample("vireo migrate-cancel web --wait");
    }

    private static async Task<int> RunAsync(
        KubernetesClient client,
        Target target,
        ActionMode mode,
        CancellationToken ct
    )
    {
        var follower = new MigrationFollower(client, TimeProvider.System, Console.Error);
        var open = (await follower.OfAsync(target.Key, ct)).FirstOrDefault(one => !MigrationNames.IsFinal(one));
        if (open is null)
        {
            await Console.Error.WriteLineAsync($"vireo: Found no migration to cancel for {target.Name}");
            return ExitCodes.Failure;
        }

        var (key, source) = (ResourceKey.Of(open), await HostAsync(client, target, ct));
        var options = new DeleteOptions
        {
            Preconditions = new Preconditions { Uid = open.Metadata.Uid },
            DryRun = mode.IsDryRun ? ["All"] : null,
        };
        await client.DeleteAsync<VirtualMachineInstanceMigration>(key, options, ct);
        var document = new JsonObject
        {
            ["kind"] = target.KindName,
            ["name"] = target.Name,
            ["namespace"] = target.Namespace,
            ["action"] = "migrate-cancel",
            ["migration"] = key.Name,
            ["dryRun"] = mode.IsDryRun,
            ["message"] =
                $"{target} was scheduled to migrate-cancel{(mode.IsDryRun ? " (dry run: nothing changed)" : "")}",
        };
        if (mode.Format == OutputFormat.Table)
        {
            await Console.Out.WriteLineAsync($"{document["message"]}");
        }

        var exit = ExitCodes.Success;
        if (!mode.IsDryRun && mode.Wait is { } limit)
        {
            var (last, why) = await follower.FollowAsync(key, target.Key, limit, ct);
            exit =
                last is not null && why is not null
                    ? await FailAsync(target, why)
                    : await TellAsync(target, source, await HostAsync(client, target, ct), mode.Format);
        }

        if (mode.Format != OutputFormat.Table)
        {
            Printer.Print(mode.Format, document);
        }

        return exit;
    }

    private static async Task<string?> HostAsync(KubernetesClient client, Target target, CancellationToken ct) =>
        (await client.FindAsync<VirtualMachineInstance>(target.Key, ct))?.Status?.NodeName;

    /// <summary>A cancelled migration goes: what came of it is where the guest is.</summary>
    private static async Task<int> TellAsync(Target target, string? before, string? now, OutputFormat format)
    {
        if (now is null || now != before)
        {
            return await FailAsync(
                target,
                now is null ? "the guest has ended" : $"it was too late: the guest is on {now}"
            );
        }

        if (format == OutputFormat.Table)
        {
            await Console.Out.WriteLineAsync($"{target}: cancelled; the guest is on {now}");
        }

        return ExitCodes.Success;
    }

    private static async Task<int> FailAsync(Target target, string why)
    {
        await Console.Error.WriteLineAsync($"vireo: {target}: {why}");
        return ExitCodes.Failure;
    }
}
