using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo migrate`: moves a guest to another host while it runs.</summary>
internal static class MigrateCommand
{
    private const string HostnameLabel = "kubernetes.io/hostname";

    public static Command Create()
    {
        var name = Names.Machine();
        var labels = new Option<Dictionary<string, string>>("--addedNodeSelector", "--added-node-selector")
        {
            Description = "A label that the new host must have, for example disk=fast; may be given several times.",
            HelpName = "key=value",
            CustomParser = ParseLabels,
        };
        var to = new Option<string?>("--to")
        {
            Description = "The new host; one is chosen when not given.",
            HelpName = "host",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only checks whether it would be allowed; nothing changes.",
        };
        var (wait, output, client) = (new WaitOptions(), CommandOptions.Output(), new ClientOptions());
        var command = new Command("migrate", "Moves the guest of a virtual machine to another host while it runs.")
        {
            name,
            labels,
            to,
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
                            Selector(parse.GetValue(labels), parse.GetValue(to)),
                            new(parse.GetValue(output), parse.GetValue(dryRun), wait.Read(parse)),
                            ct
                        ),
                    ct
                )
        );
        return command.WithExample("vireo migrate web --wait\nvireo migrate web --to host-2 --wait -o json");
    }

    private static async Task<int> RunAsync(
        KubernetesClient client,
        Target target,
        Dictionary<string, string>? selector,
        ActionMode mode,
        CancellationToken ct
    )
    {
        var follower = new MigrationFollower(client, TimeProvider.System, Console.Error);
        var limit = mode.IsDryRun ? null : mode.Wait;
        var before = limit is null ? [] : await follower.OfAsync(target.Key, ct);
        var body = new MigrateOptions { AddedNodeSelector = selector, DryRun = mode.IsDryRun ? ["All"] : null };
        await client.PutAsync(target.PathOf("migrate"), body, ApiJson.Default.MigrateOptions, ct);
        var document = new JsonObject
        {
            ["kind"] = target.KindName,
            ["name"] = target.Name,
            ["namespace"] = target.Namespace,
            ["action"] = "migrate",
            ["dryRun"] = mode.IsDryRun,
            ["message"] = $"{target} was scheduled to migrate{(mode.IsDryRun ? " (dry run: nothing changed)" : "")}",
        };
        if (mode.Format == OutputFormat.Table)
        {
            await Console.Out.WriteLineAsync($"{document["message"]}");
        }

        var exit = limit is { } longest
            ? await FollowAsync(follower, target, before, longest, document, mode.Format, ct)
            : ExitCodes.Success;
        if (mode.Format != OutputFormat.Table)
        {
            Printer.Print(mode.Format, document);
        }

        return exit;
    }

    private static async Task<int> FollowAsync(
        MigrationFollower follower,
        Target target,
        IReadOnlyList<VirtualMachineInstanceMigration> before,
        TimeSpan limit,
        JsonObject document,
        OutputFormat format,
        CancellationToken ct
    )
    {
        var known = before.Select(one => one.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var made = (await follower.OfAsync(target.Key, ct)).FirstOrDefault(one => !known.Contains(one.Metadata.Uid));
        var (last, why) = made is null
            ? (null, "the migration has gone already")
            : await follower.FollowAsync(ResourceKey.Of(made), target.Key, limit, ct);
        foreach (
            var (field, value) in last is null ? [] : MigrationText.Document(last).Where(one => one.Value is not null)
        )
        {
            document[field] = value!.DeepClone();
        }

        why ??=
            last?.Status?.Phase is VirtualMachineInstanceMigrationPhase.Failed
                ? last.Status.MigrationState?.FailureReason ?? "the migration failed"
                : null;
        if (why is not null)
        {
            document["failure"] = why;
            await Console.Error.WriteLineAsync($"vireo: {target}: {why}");
            return ExitCodes.Failure;
        }

        if (format == OutputFormat.Table)
        {
            await Console.Out.WriteLineAsync($"{target}: {MigrationText.Success(last?.Status?.MigrationState)}");
        }

        return ExitCodes.Success;
    }

    private static Dictionary<string, string>? Selector(Dictionary<string, string>? labels, string? host)
    {
        if (host is null)
        {
            return labels;
        }

        return new(labels ?? [], StringComparer.Ordinal) { [HostnameLabel] = host };
    }

    private static Dictionary<string, string>? ParseLabels(ArgumentResult result)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (part.Split('=', 2) is not [{ Length: > 0 } key, var value])
            {
                result.AddError($"--addedNodeSelector: '{part}' is no label: write it like disk=fast.");
                return null;
            }

            labels[key] = value;
        }

        return labels;
    }
}
