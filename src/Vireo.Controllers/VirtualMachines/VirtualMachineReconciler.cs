using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vireo.Api;
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
    Informer<VirtualMachine> machines,
    Informer<VirtualMachineInstance> instances,
    EventRecorder events,
    TimeProvider time,
    Random random,
    ILogger logger
) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        var instance = instances.Find(key);
        if (machines.Find(key) is not { } machine)
        {
            await ReleaseOrphanAsync(instance, ct);
            return Outcome.Settled;
        }

        var decision = RunStrategies.Decide(machine, instance, time.GetUtcNow(), random.NextDouble());

        if (decision.Step is RunStep.LetGo)
        {
            await ReleaseAsync(decision, instance, ct);
            await RemoveFinalizerAsync(machine, ct);
            return Outcome.Settled;
        }

        if (decision.Step is RunStep.Start start)
        {
            var (created, failure) = await CreateAsync(machine, start.Paused, ct);
            var told = await TellAsync(machine, created ?? instance, decision, failure, ct);
            return failure is null ? told : new Outcome.Failed(failure.Reason, failure.Message);
        }

        var outcome = await TellAsync(machine, instance, decision, RefusalOf(decision.Step), ct);
        return await ActAsync(decision, machine, instance, ct) ?? outcome;
    }

    private async Task<Outcome?> ActAsync(
        RunDecision decision,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        CancellationToken ct
    )
    {
        await ReleaseAsync(decision, instance, ct);
        switch (decision.Step)
        {
            case RunStep.Delete delete:
                await DeleteAsync(machine, delete.Uid, ct);
                return null;
            case RunStep.Adopt adopt:
                await AdoptAsync(machine, adopt.Uid, ct);
                return null;
            case RunStep.Wait wait:
                return new Outcome.Waiting("the pause after failed starts", wait.Until - time.GetUtcNow());
            case RunStep.Refuse refuse:
                if (Conditions.Find(machine.Status?.Conditions, "Failure")?.Message != refuse.Message)
                {
                    await events.RecordAsync(machine, "Warning", refuse.Reason, refuse.Message, ct);
                }

                return new Outcome.Blocked(refuse.Reason, refuse.Message);
            default:
                return null;
        }
    }

    private async Task<(VirtualMachineInstance? Created, SyncFailure? Failure)> CreateAsync(
        VirtualMachine machine,
        bool paused,
        CancellationToken ct
    )
    {
        try
        {
            var created = await client.CreateAsync(InstanceComposition.Compose(machine, paused), ct);
            logger.InstanceCreated(ResourceKey.Of(machine), created.Metadata.Uid);
            await events.RecordAsync(
                machine,
                "Normal",
                "SuccessfulCreate",
                $"Started the virtual machine by creating the new virtual machine instance {created.Metadata.Name}",
                ct
            );
            return (created, null);
        }
        catch (ApiException e) when (e.Reason is Reason.AlreadyExists)
        {
            // The copy is behind what an earlier pass did: the instance will show up.
            return (null, null);
        }
        catch (ApiException e) when (e.Reason is Reason.Invalid or Reason.Forbidden or Reason.BadRequest)
        {
            await events.RecordAsync(machine, "Warning", "FailedCreate", e.Message, ct);
            return (null, new("FailedCreate", e.Message));
        }
    }

    private async Task DeleteAsync(VirtualMachine machine, string uid, CancellationToken ct)
    {
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = uid } };
        try
        {
            if (!await client.DeleteAsync<VirtualMachineInstance>(ResourceKey.Of(machine), options, ct))
            {
                return;
            }
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict)
        {
            // Another instance bears the name by now; the copy will show it.
            return;
        }

        logger.InstanceDeleted(ResourceKey.Of(machine), uid);
        await events.RecordAsync(
            machine,
            "Normal",
            "SuccessfulDelete",
            $"Stopped the virtual machine by deleting the virtual machine instance {uid}",
            ct
        );
    }

    private Task AdoptAsync(VirtualMachine machine, string uid, CancellationToken ct)
    {
        var owner = JsonSerializer.SerializeToNode(
            InstanceComposition.OwnerOf(machine),
            ApiJson.Default.OwnerReference
        );
        var change = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = uid, ["ownerReferences"] = new JsonArray(owner) },
        };
        return client.PatchAsync<VirtualMachineInstance>(ResourceKey.Of(machine), Patch.Merge(change), ct);
    }

    private async Task<Outcome> TellAsync(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        RunDecision decision,
        SyncFailure? failure,
        CancellationToken ct
    )
    {
        var owned = IsOwned(instance, machine) ? instance : null;
        var status = VirtualMachineStatuses.Of(machine, owned, decision, failure, time.GetUtcNow());
        switch (VirtualMachineReport.Urgency(machine.Status, status, owned, time.GetUtcNow()))
        {
            case ReportUrgency.Nothing:
                return Outcome.Settled;
            case ReportUrgency.Soon:
                return new Outcome.Waiting("the guest to start", VirtualMachineReport.Patience);
            default:
                await client.ReplaceStatusAsync(machine with { Status = status }, ct);
                return Outcome.Settled;
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

    private static bool IsOwned(VirtualMachineInstance? instance, VirtualMachine machine) =>
        instance?.Metadata.OwnerReferences?.Any(owner => owner.Uid == machine.Metadata.Uid) == true;

    private static SyncFailure? RefusalOf(RunStep step) =>
        step is RunStep.Refuse refuse ? new(refuse.Reason, refuse.Message) : null;
}
