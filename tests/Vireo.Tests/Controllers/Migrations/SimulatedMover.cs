using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.Migrations;

/// <summary>
/// The agent of one simulated host as far as moves go: it decides by <see cref="MigrationSteps" /> and writes by
/// <see cref="MigrationStates" />, as the real one does.
/// </summary>
internal sealed class SimulatedMover(KubernetesClient client, string host, SimulatedMoves moves) : IReconciler
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, DateTimeOffset> _hereSince = new(StringComparer.Ordinal);

    public static RunningPart Run(KubernetesClient client, string host, SimulatedMoves moves) =>
        new(async ct =>
        {
            var instances = new Informer<VirtualMachineInstance>(
                client,
                new ListQuery(),
                TimeProvider.System,
                NullLogger.Instance
            );
            var mover = new SimulatedMover(client, host, moves);
            using var controller = new Controller(host, mover, TimeProvider.System, NullLogger.Instance);
            controller.Watch(instances, instance => [ResourceKey.Of(instance)]);
            await Task.WhenAll(instances.RunAsync(ct), controller.RunAsync(1, ct));
        });

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (await client.FindAsync<VirtualMachineInstance>(key, ct) is not { Status: { } status } instance)
        {
            return Outcome.Settled;
        }

        var outcome = await MoveAsync(instance, ct);
        if (outcome is not null)
        {
            return outcome;
        }

        if (status.NodeName != host)
        {
            return Outcome.Settled;
        }

        if (instance.Metadata.DeletionTimestamp is not null)
        {
            await EndAsync(instance, ct);
        }
        else if (status.Phase is VirtualMachineInstancePhase.Scheduled)
        {
            moves.Set(host, instance.Metadata.Uid!, MovingGuest.Here);
            await client.ReplaceAsync(Running(instance), ct);
        }

        return Outcome.Settled;
    }

    private async Task<Outcome?> MoveAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        var (uid, now) = (instance.Metadata.Uid!, TimeProvider.System.GetUtcNow());
        var state = instance.Status!.MigrationState;
        var guest = moves.On(host, uid);
        var isTarget = state?.TargetNode == host;
        DateTimeOffset? since = null;
        if (isTarget && guest is MovingGuest.Here)
        {
            since = _hereSince.TryGetValue(uid, out var known) ? known : _hereSince[uid] = now;
        }

        var drives = isTarget ? moves.IsOpen(host, uid) : moves.HasJob(uid);
        var step = MigrationSteps.Next(new(instance, host, guest, drives, now) { HereSince = since });
        var written = await StepAsync(step, instance, state, ct);
        if (written is not null)
        {
            await client.ReplaceAsync(written, ct);
        }

        return step switch
        {
            MigrationStep.None => null,
            MigrationStep.CleanUp => isTarget ? Outcome.Settled : null,
            MigrationStep.Wait when !isTarget => instance.Metadata.DeletionTimestamp is null ? Again() : null,
            _ => Again(),
        };

        static Outcome Again() => new Outcome.Waiting("the move", Soon);
    }

    private Task<VirtualMachineInstance?> StepAsync(
        MigrationStep step,
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState? state,
        CancellationToken ct
    )
    {
        var (uid, name, now) = (instance.Metadata.Uid!, instance.Metadata.Name!, TimeProvider.System.GetUtcNow());
        HoldAt? hold = moves.Holds.TryGetValue(name, out var at) ? at : null;
        switch (step)
        {
            case MigrationStep.Prepare when hold is not HoldAt.Prepare:
                moves.Open(host, uid);
                return Written(MigrationStates.Prepared(instance, $"unix:///{host}/agent.sock"));
            case MigrationStep.Begin when hold is not HoldAt.Begin:
                return BeginAsync(instance, state!, ct);
            case MigrationStep.Follow:
                return Written(Follow(instance, hold, now));
            case MigrationStep.Abort:
                moves.Cut(uid);
                return Written(
                    state is { EndTimestamp: null } && state.AbortStatus != "Aborting"
                        ? MigrationStates.Aborting(instance)
                        : null
                );
            case MigrationStep.Fail(var why):
                return Written(MigrationStates.Failed(instance, why, now));
            case MigrationStep.LeaveToTarget when hold is not HoldAt.Tell:
            case MigrationStep.Claim:
                return Written(MigrationStates.Succeeded(instance, now));
            case MigrationStep.GiveUp(var why):
                moves.CleanUp(host, uid);
                return Written(MigrationStates.Failed(instance, why, now));
            case MigrationStep.CleanUp:
                moves.CleanUp(host, uid);
                return Written(null);
            default:
                return Written(null);
        }

        static Task<VirtualMachineInstance?> Written(VirtualMachineInstance? next) => Task.FromResult(next);
    }

    private async Task<VirtualMachineInstance?> BeginAsync(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState state,
        CancellationToken ct
    )
    {
        await client.ReplaceAsync(MigrationStates.Begun(instance, TimeProvider.System.GetUtcNow()), ct);
        moves.Begin(instance.Metadata.Uid!, host, state.TargetNode!);
        return null;
    }

    private VirtualMachineInstance? Follow(VirtualMachineInstance instance, HoldAt? hold, DateTimeOffset now)
    {
        var (uid, name) = (instance.Metadata.Uid!, instance.Metadata.Name!);
        if (moves.Faults.TryGetValue(name, out var fault))
        {
            moves.Cut(uid);
            return MigrationStates.Failed(instance, fault, now);
        }

        if (hold is HoldAt.Arrive)
        {
            return instance.Status!.MigrationState!.Progress is null
                ? MigrationStates.Progressed(instance, new() { MemoryTotal = 100, MemoryRemaining = 50 })
                : null;
        }

        return moves.Arrive(uid) && hold is not HoldAt.Tell ? MigrationStates.Succeeded(instance, now) : null;
    }

    private async Task EndAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        moves.Set(host, instance.Metadata.Uid!, MovingGuest.Ended);
        await client.ReplaceAsync(
            instance with
            {
                Metadata = instance.Metadata with
                {
                    Finalizers =
                    [
                        .. (instance.Metadata.Finalizers ?? []).Where(name => name != KubeVirtNames.InstanceFinalizer),
                    ],
                },
                Status = instance.Status! with { Phase = VirtualMachineInstancePhase.Succeeded },
            },
            ct
        );
    }

    private static VirtualMachineInstance Running(VirtualMachineInstance instance) =>
        instance with
        {
            Status = instance.Status! with
            {
                Phase = VirtualMachineInstancePhase.Running,
                Machine = new() { Type = "q35" },
                Conditions =
                [
                    .. instance.Status.Conditions ?? [],
                    new() { Type = "Ready", Status = "True" },
                    LiveMigratable.ConditionOf(instance.Spec),
                ],
            },
        };
}
