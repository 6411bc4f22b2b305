using System.CommandLine;
using System.Globalization;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>`vireo host drain`: empties a host.</summary>
internal static class HostDrainCommand
{
    private const string ExitTexts =
        "Exit codes: 0 all guests have left, or are leaving; 1 refused or failed, the message says why; 2 typed "
        + "wrongly; 7 some guests stay: the table says which and why.";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var name = new Argument<string>("host") { Description = "The host." };
        var stop = new Option<bool>("--stop")
        {
            Description =
                "Also stops the guests that stay and may be stopped; those of machines that are to run start on "
                + "another host.",
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only shows what would become of each guest; nothing changes.",
        };
        var (wait, output, client) = (new WaitOptions(), CommandOptions.Output(csv: true), new ClientOptions());
        var command = new Command(
            "drain",
            "Lets no more guests on a host, and moves those on it to others, as their eviction strategies say."
        )
        {
            name,
            stop,
            dryRun,
        };
        wait.AddTo(command);
        command.Options.Add(output);
        client.AddTo(command, hasNamespace: false);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    cluster =>
                        RunAsync(
                            cluster.Client,
                            parse.GetValue(name)!,
                            parse.GetValue(stop),
                            new(parse.GetValue(output), parse.GetValue(dryRun), wait.Read(parse)),
                            ct
                        ),
                    ct
                )
        );
        return command.WithExample("vireo host drain host-1 --wait\nvireo host drain host-1 --dry-run", ExitTexts);
    }

    private static async Task<int> RunAsync(
        KubernetesClient client,
        string host,
        bool stops,
        ActionMode mode,
        CancellationToken ct
    )
    {
        var drain = new HostDrain(client, host);
        await drain.RequireAsync(ct);
        var configuration = await drain.ConfigurationAsync(ct);
        if (!mode.IsDryRun)
        {
            await drain.BeginAsync(configuration, TimeProvider.System.GetUtcNow(), ct);
        }

        var guests = await drain.GuestsAsync(configuration, ct);
        DrainTable.Print(mode.Format, guests, stops);
        var stopped = guests.Where(guest => stops && guest.Answer is EvictionAnswer.MayStop).ToList();
        if (!mode.IsDryRun)
        {
            foreach (var guest in stopped)
            {
                await drain.StopAsync(guest, ct);
            }
        }

        var stay = guests.Where(guest => !guest.Leaves && !stopped.Contains(guest)).ToList();
        if (!mode.IsDryRun && mode.Wait is { } limit)
        {
            var awaited = guests.Except(stay).Select(guest => guest.Instance.Metadata.Uid!).ToHashSet();
            if (!await EmptyAsync(client, drain, host, awaited, limit, ct))
            {
                return ExitCodes.Failure;
            }
        }

        if (stay is [])
        {
            return ExitCodes.Success;
        }

        await Console.Error.WriteLineAsync(
            $"vireo: host {host}: {Count(stay.Count, "guest")} {(stay.Count == 1 ? "stays" : "stay")}: "
                + $"{string.Join(", ", stay.Select(guest => guest.Name))}. "
                + (stops ? "Stop them, or let them move." : "--stop ends those that may be stopped.")
        );
        return ExitCodes.Partial;
    }

    /// <summary>Waits until the guests have left; false when they do not in time.</summary>
    private static async Task<bool> EmptyAsync(
        KubernetesClient client,
        HostDrain drain,
        string host,
        IReadOnlySet<string> awaited,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var (time, told) = (TimeProvider.System, "");
        var start = time.GetTimestamp();
        while (true)
        {
            var left = await LeftAsync(drain, awaited, ct);
            if (left is { Count: 0 })
            {
                await Console.Error.WriteLineAsync($"host {host}: all that were to leave have left");
                return true;
            }

            if (left is not null)
            {
                var line = await LineAsync(client, left, awaited.Count, ct);
                if (line != told)
                {
                    told = line;
                    await Console.Error.WriteLineAsync($"host {host}: {line}");
                }
            }

            if (time.GetElapsedTime(start) >= limit)
            {
                await Console.Error.WriteLineAsync(
                    $"vireo: host {host} is not empty within {Durations.Text(limit)}; it goes on. --timeout waits longer."
                );
                return false;
            }

            await Task.Delay(Look, time, ct);
        }
    }

    private static async Task<IReadOnlyList<DrainedGuest>?> LeftAsync(
        HostDrain drain,
        IReadOnlySet<string> awaited,
        CancellationToken ct
    )
    {
        try
        {
            var guests = await drain.GuestsAsync(new(), ct);
            return [.. guests.Where(guest => awaited.Contains(guest.Instance.Metadata.Uid!))];
        }
        catch (ApiException e) when (e.IsTransient)
        {
            return null;
        }
    }

    private static async Task<string> LineAsync(
        KubernetesClient client,
        IReadOnlyList<DrainedGuest> left,
        int all,
        CancellationToken ct
    )
    {
        const int named = 3;
        var migrations = await client.ListAllAsync<VirtualMachineInstanceMigration>(new(), ct);
        var texts = left.Take(named)
            .Select(guest =>
            {
                var migration = migrations.FirstOrDefault(one =>
                    one.Spec.VmiName == guest.Instance.Metadata.Name
                    && one.Metadata.Namespace == guest.Instance.Metadata.Namespace
                    && !MigrationNames.IsFinal(one)
                );
                return migration is null ? guest.Name : $"{guest.Name} {MigrationText.Line(migration, guest.Instance)}";
            });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{all - left.Count} of {all} have left; {string.Join("; ", texts)}"
                + $"{(left.Count > named ? $"; and {left.Count - named} more" : "")}"
        );
    }

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
