using System.Text.Json.Nodes;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>How an action is to be carried out and told.</summary>
/// <param name="Format">How its outcome is printed.</param>
/// <param name="IsDryRun">True when nothing is to change.</param>
/// <param name="Wait">The longest wait for it to happen; null to leave once the server has agreed.</param>
internal sealed record ActionMode(OutputFormat Format, bool IsDryRun, TimeSpan? Wait);

/// <summary>One action on one object.</summary>
/// <param name="Target">The object.</param>
/// <param name="Action">What is done, in the words of messages: <c>soft-reboot</c>.</param>
/// <param name="Send">Asks the server.</param>
internal sealed record ActionCall(Target Target, string Action, Func<KubernetesClient, CancellationToken, Task> Send)
{
    /// <summary>What a wait for it waits for, from what was there before; null for nothing.</summary>
    public Func<Life, WaitGoal>? Goal { get; init; }

    /// <summary>What to try when a wait for it was in vain; null for nothing of its own.</summary>
    public string? Advice { get; init; }

    /// <summary>What a wait looks at, when it is not the target itself.</summary>
    public Target? Awaited { get; init; }

    /// <summary>Asks, waits where that is wanted, and prints what came of it.</summary>
    public async Task<int> RunAsync(Cluster cluster, ActionMode mode, CancellationToken ct)
    {
        var wait = mode.IsDryRun || Goal is null ? null : mode.Wait;
        var awaited = Awaited ?? Target;
        var before = wait is null ? null : await LifeWatch.ReadAsync(cluster.Client, awaited.Key, ct);
        await Send(cluster.Client, ct);
        var named = Awaited is null ? $"{Target}" : $"{Awaited} of {Target}";
        var message = $"{named} was scheduled to {Action}{(mode.IsDryRun ? " (dry run: nothing changed)" : "")}";
        if (mode.Format == OutputFormat.Table)
        {
            await Console.Out.WriteLineAsync(message);
        }

        var outcome =
            wait is { } limit && before is not null
                ? await new Wait(cluster.Client, TimeProvider.System, Console.Error).UntilAsync(
                    // The instance's own tale ends with it; the machine's goes on.
                    awaited.Kind == TargetKind.Instance
                    && before.Machine is not null
                        ? awaited with
                        {
                            Kind = TargetKind.Machine,
                        }
                        : awaited,
                    Goal!(before),
                    limit,
                    ct
                )
                : null;
        var exit = await WaitReport.PrintAsync(mode.Format, Document(message, mode), awaited, outcome);
        if (outcome is WaitDecision.Failed && Advice is not null)
        {
            await Console.Error.WriteLineAsync(Advice);
        }

        return exit;
    }

    private JsonObject Document(string message, ActionMode mode) =>
        new()
        {
            ["kind"] = Target.KindName,
            ["name"] = Target.Name,
            ["namespace"] = Target.Namespace,
            ["action"] = Action,
            ["instance"] = Awaited?.Name,
            ["dryRun"] = mode.IsDryRun,
            ["message"] = message,
        };
}
