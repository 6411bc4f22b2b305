using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.Migrations;

/// <summary>
/// The agent of one simulated host as far as moves go: it decides by <see cref="SourcePlan" /> and
/// <see cref="TargetPlan" /> and tells by <see cref="MoveReport" />, as the real one does.
/// </summary>
internal sealed class SimulatedMover(KubernetesClient client, string host, SimulatedMoves moves) : IReconciler
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, DateTimeOffset> _hereSince = new(StringComparer.Ordinal);
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);

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
        if (instance.Status!.MigrationState is not { } state)
        {
            return null;
        }

        return state.TargetNode == host ? await ArriveAsync(instance, ct)
            : state.SourceNode == host ? await LeaveAsync(instance, state, ct)
            : null;
    }

    private async Task<Outcome?> LeaveAsync(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState state,
        CancellationToken ct
    )
    {
        var (uid, move) = (instance.Metadata.Uid!, state.MigrationUid!);
        var hasBegun = _begun.Contains(move);
        var view = new SourceView
        {
            Instance = instance,
            Node = host,
            Here = moves.StandOf(host, uid),
            End = moves.HasLeft(host, uid) ? new(GuestState.Migrated) : null,
            HasBegun = hasBegun,
            IsRunning = hasBegun && moves.HasJob(uid),
            Fault = _faults.GetValueOrDefault(move),
        };
        var step = SourcePlan.Next(view);
        if (step is SourceStep.Ask)
        {
            step = SourcePlan.Next(view with { There = moves.StandOf(state.TargetNode!, uid).Place });
        }

        if (step is SourceStep.Begin && HoldOf(instance) is HoldAt.Begin)
        {
            return Again();
        }

        var next = view.IsRunning && step is SourceStep.Wait ? Follow(instance, move) : Act(step, instance, state);
        await WriteAsync(instance, next, ct);
        if (step is SourceStep.Begin)
        {
            // Not before it is written: whoever comes after this agent must know that the guest may be gone.
            moves.Begin(uid, host, state.TargetNode!);
            _begun.Add(move);
        }

        return step is SourceStep.None or SourceStep.Release ? null : Again();
    }

    private VirtualMachineInstance Act(
        SourceStep step,
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState state
    )
    {
        var (uid, move, now) = (instance.Metadata.Uid!, state.MigrationUid!, TimeProvider.System.GetUtcNow());
        switch (step)
        {
            case SourceStep.Begin:
                return MoveReport.Begun(instance, move, now);
            case SourceStep.Abort:
                moves.Cut(uid);
                _faults.TryAdd(move, MigrationStates.Cancelled);
                return MoveReport.Aborting(instance, move);
            case SourceStep.Fail(var why):
                return MoveReport.Failed(instance, move, why, now);
            case SourceStep.Complete when HoldOf(instance) is not HoldAt.Tell:
                return MoveReport.Completed(instance, move, null, now);
            default:
                return instance;
        }
    }

    private VirtualMachineInstance Follow(VirtualMachineInstance instance, string move)
    {
        var (uid, name) = (instance.Metadata.Uid!, instance.Metadata.Name!);
        if (moves.Faults.TryGetValue(name, out var fault))
        {
            _faults[move] = fault;
            moves.Cut(uid);
            return instance;
        }

        if (HoldOf(instance) is HoldAt.Arrive)
        {
            return instance.Status!.MigrationState!.Progress is null
                ? MoveReport.Progressed(instance, move, new() { MemoryTotal = 100, MemoryRemaining = 50 }, null)
                : instance;
        }

        moves.Arrive(uid);
        return instance;
    }

    private async Task<Outcome?> ArriveAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        var (uid, now) = (instance.Metadata.Uid!, TimeProvider.System.GetUtcNow());
        var state = instance.Status!.MigrationState!;
        var here = moves.StandOf(host, uid);
        DateTimeOffset? since = null;
        if (here.Place is GuestPlace.Running)
        {
            since = _hereSince.TryGetValue(uid, out var known) ? known : _hereSince[uid] = now;
        }

        var view = new TargetView
        {
            Instance = instance,
            Node = host,
            Endpoint = $"unix:///{host}/agent.sock",
            Here = here,
            IsPrepared = moves.IsOpen(host, uid),
            RunsSince = since,
            Now = now,
        };
        var step = TargetPlan.Next(view);
        if (step is TargetStep.Ask)
        {
            step = TargetPlan.Next(view with { There = moves.StandOf(state.SourceNode!, uid).Place });
        }

        await WriteAsync(instance, Act(step, instance, view), ct);
        return step is TargetStep.None or TargetStep.Release ? null : Again();
    }

    private VirtualMachineInstance Act(TargetStep step, VirtualMachineInstance instance, TargetView view)
    {
        var (uid, move) = (instance.Metadata.Uid!, instance.Status!.MigrationState!.MigrationUid!);
        switch (step)
        {
            case TargetStep.Prepare when HoldOf(instance) is not HoldAt.Prepare:
                moves.Open(host, uid);
                return instance;
            case TargetStep.Invite:
                return MoveReport.Invited(instance, move, view.Endpoint);
            case TargetStep.Fail(var why):
                return MoveReport.Failed(instance, move, why, view.Now);
            case TargetStep.Claim:
                return MoveReport.Claimed(instance, move, view.Now);
            case TargetStep.Discard:
                moves.CleanUp(host, uid);
                return instance;
            default:
                return instance;
        }
    }

    private HoldAt? HoldOf(VirtualMachineInstance instance) =>
        moves.Holds.TryGetValue(instance.Metadata.Name!, out var at) ? at : null;

    private async Task WriteAsync(VirtualMachineInstance before, VirtualMachineInstance next, CancellationToken ct)
    {
        if (!ReferenceEquals(before, next))
        {
            await client.ReplaceAsync(next, ct);
        }
    }

    private static Outcome Again() => new Outcome.Waiting("the move", Soon);

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
                CurrentCPUTopology = CpuTopologies.Of(instance.Spec.Domain.Cpu),
                Memory = new()
                {
                    GuestAtBoot = instance.Spec.Domain.Memory?.Guest,
                    GuestRequested = instance.Spec.Domain.Memory?.Guest,
                    GuestCurrent = instance.Spec.Domain.Memory?.Guest,
                },
                Conditions =
                [
                    .. instance.Status.Conditions ?? [],
                    new() { Type = "Ready", Status = "True" },
                    LiveMigratable.ConditionOf(instance.Spec),
                ],
            },
        };
}
