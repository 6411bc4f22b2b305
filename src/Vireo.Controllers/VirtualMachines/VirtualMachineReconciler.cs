using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Controllers.InstanceTypes;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.VirtualMachines;

/// <summary>Makes the instance of a virtual machine match its run strategy: read, decide, tell, act.</summary>
/// <remarks>
/// The status is written before an instance is deleted, because it carries what the deletion destroys; it is written
/// after one was created, because a start that fails is part of what there is to tell.
/// </remarks>
internal sealed class VirtualMachineReconciler(
    KubernetesClient client,
    ClusterView cluster,
    MachineRecords records,
    InstanceWrites writes,
    EventRecorder events,
    TimeProvider time,
    Random random
) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        var instance = cluster.Instances.Find(key);
        if (cluster.Machines.Find(key) is not { } found)
        {
            await ReleaseOrphanAsync(instance, ct);
            return Outcome.Settled;
        }

        var expansion = await records.InstanceTypes.ExpandAsync(found, ct);
        var machine = expansion.Machine;
        if (StateChangeRequests.IsInDoubt(machine.Status, instance) || Shelf.IsMissing(machine.Status, instance))
        {
            instance = await client.FindAsync<VirtualMachineInstance>(key, ct);
        }

        var decision = Held(
            RunStrategies.Decide(machine, instance, time.GetUtcNow(), random.NextDouble()),
            expansion.Failure
        );
        switch (decision.Step)
        {
            case RunStep.LetGo:
                await ReleaseAsync(decision, instance, ct);
                await RemoveFinalizerAsync(expansion.Stored, ct);
                return Outcome.Settled;
            case RunStep.Start start:
                var (created, failure) = await writes.CreateAsync(expansion, start.Paused, ct);
                var told = await TellAsync(new(expansion, created ?? instance, decision, failure), ct);
                return OutcomeOf(failure) ?? told.Outcome;
            default:
                return await FollowAsync(expansion, instance, decision, ct);
        }
    }

    /// <summary>A machine that cannot be expanded is not started; all else is done for it as for others.</summary>
    private static RunDecision Held(RunDecision decision, SyncFailure? failure) =>
        failure is not null && decision.Step is RunStep.Start
            ? decision with
            {
                Step = new RunStep.Refuse(failure.Reason, failure.Message),
            }
            : decision;

    private async Task<Outcome> FollowAsync(
        Expansion expansion,
        VirtualMachineInstance? instance,
        RunDecision decision,
        CancellationToken ct
    )
    {
        var machine = expansion.Machine;
        UpdatePlan? update = null;
        var unreached = expansion.Failure;
        if (
            decision.Step is RunStep.None
            && unreached is null
            && Ownership.IsOwned(instance, machine)
            && LiveChanges.CanReach(instance)
        )
        {
            (update, instance, unreached) = await UpdateAsync(machine, instance, ct);
        }

        // What must end first is seen when it does: that is told, and not tried again before.
        var failure = unreached ?? update?.Failure ?? FailureBefore(machine, decision.Step);
        var pass = new Pass(expansion, instance, decision, failure, update);
        var told = await TellAsync(pass, ct);
        await ReleaseAsync(decision, instance, ct);
        if (decision.Step is RunStep.None && Ownership.IsOwned(instance, machine))
        {
            await records.Starts.RemoveOthersAsync(machine, instance, ct);
        }

        var acted = await ActAsync(pass with { Expansion = told.Expansion }, ct);
        // Most that a machine lacks tells when it comes; a copy that somebody brings back does not.
        return OutcomeOf(expansion.Failure) ?? acted ?? OutcomeOf(unreached) ?? told.Outcome;
    }

    private async Task<Outcome?> ActAsync(Pass pass, CancellationToken ct)
    {
        var machine = pass.Expansion.Stored;
        switch (pass.Decision.Step)
        {
            case RunStep.Delete delete:
                var failure = await writes.DeleteAsync(machine, delete.Uid, ct);
                if (failure is not null)
                {
                    await TellAsync(pass with { Failure = failure }, ct);
                }

                return OutcomeOf(failure);
            case RunStep.Adopt adopt:
                await writes.AdoptAsync(machine, adopt.Uid, ct);
                return null;
            case RunStep.Wait wait:
                return new Outcome.Waiting("the pause after failed starts", wait.Until - time.GetUtcNow());
            case RunStep.Refuse refuse:
                return new Outcome.Blocked(refuse.Reason, refuse.Message);
            default:
                return null;
        }
    }

    /// <summary>Brings what can change while the guest runs to its instance.</summary>
    /// <returns>What the instance lacks, null when nobody knows what it was started from; the instance as it is then.
    /// </returns>
    private async Task<(UpdatePlan? Plan, VirtualMachineInstance Instance, SyncFailure? Failure)> UpdateAsync(
        VirtualMachine machine,
        VirtualMachineInstance instance,
        CancellationToken ct
    )
    {
        if (LiveChanges.IsUpToDate(machine, instance))
        {
            return (UpdatePlan.Empty, instance, null);
        }

        if (await records.Starts.FindAsync(instance, ct) is not { } startedFrom)
        {
            return (null, instance, null);
        }

        var configuration = cluster.Configuration;
        var plan = LiveUpdate.Plan(machine, instance, startedFrom, configuration);
        if (LiveChanges.Of(machine, instance, startedFrom, plan, configuration) is not { } changes)
        {
            return (plan, instance, null);
        }

        var (updated, failure) = await writes.UpdateAsync(instance, changes, ct);
        return (plan, updated, failure);
    }

    private async Task<(Outcome Outcome, Expansion Expansion)> TellAsync(Pass pass, CancellationToken ct)
    {
        var (machine, now) = (pass.Expansion.Machine, time.GetUtcNow());
        var owned = Ownership.IsOwned(pass.Instance, machine) ? pass.Instance : null;
        var status = VirtualMachineStatuses.Of(
            machine,
            owned,
            pass.Decision,
            pass.Failure,
            now,
            pass.Update,
            cluster.Configuration,
            pass.Expansion.PreferredMachineType
        );
        switch (VirtualMachineReport.Urgency(machine.Status, status, owned, now))
        {
            case ReportUrgency.Nothing:
                return (Outcome.Settled, pass.Expansion);
            case ReportUrgency.Soon:
                return (new Outcome.Waiting("the guest to start", VirtualMachineReport.Patience), pass.Expansion);
            default:
                var told = await client.ReplaceStatusAsync(pass.Expansion.Stored with { Status = status }, ct);
                foreach (var news in VirtualMachineReport.News(machine.Status, status))
                {
                    await events.RecordAsync(machine, news.Type, news.Reason, news.Message, ct);
                }

                return (Outcome.Settled, pass.Expansion.As(told));
        }
    }

    private Task ReleaseAsync(RunDecision decision, VirtualMachineInstance? instance, CancellationToken ct) =>
        decision.ReleasesInstance && instance is not null ? RemoveFinalizerAsync(instance, ct) : Task.CompletedTask;

    /// <summary>An instance whose machine is gone has nobody who waits to see its end.</summary>
    private Task ReleaseOrphanAsync(VirtualMachineInstance? instance, CancellationToken ct) =>
        instance is { Metadata.DeletionTimestamp: not null } or { Metadata.OwnerReferences: null or [] }
            ? RemoveFinalizerAsync(instance, ct)
            : Task.CompletedTask;

    private async Task RemoveFinalizerAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource
    {
        if (resource.Metadata.Finalizers?.Contains(KubeVirtNames.VirtualMachineFinalizer) != true)
        {
            return;
        }

        var left = resource.Metadata.Finalizers.Where(name => name != KubeVirtNames.VirtualMachineFinalizer);
        var change = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = resource.Metadata.ResourceVersion,
                ["finalizers"] = new JsonArray([.. left.Select(name => (JsonNode)name)]),
            },
        };
        try
        {
            await client.PatchAsync<T>(ResourceKey.Of(resource), Patch.Merge(change), ct);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // Somebody else removed the last finalizer first.
        }
    }

    /// <summary>What stands in the way of a step before it is tried: a deletion that failed fails until it does not.
    /// </summary>
    private static SyncFailure? FailureBefore(VirtualMachine machine, RunStep step) =>
        (step, Conditions.Find(machine.Status?.Conditions, "Failure")) switch
        {
            (RunStep.Refuse refuse, _) => new(refuse.Reason, refuse.Message),
            (RunStep.Delete, { Reason: "FailedDelete" } failure) => new(failure.Reason, failure.Message ?? ""),
            _ => null,
        };

    private static Outcome? OutcomeOf(SyncFailure? failure) =>
        failure is null ? null : new Outcome.Failed(failure.Reason, failure.Message);

    /// <summary>What one pass saw, decided and came to.</summary>
    private sealed record Pass(
        Expansion Expansion,
        VirtualMachineInstance? Instance,
        RunDecision Decision,
        SyncFailure? Failure,
        UpdatePlan? Update = null
    );
}
