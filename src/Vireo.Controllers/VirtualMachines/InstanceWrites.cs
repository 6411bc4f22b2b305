using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Controllers.InstanceTypes;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.VirtualMachines;

/// <summary>Carries out what was decided for the instance of a virtual machine.</summary>
/// <remarks>What is refused is the caller's to tell.</remarks>
internal sealed class InstanceWrites(
    KubernetesClient client,
    ClusterView cluster,
    StartRevisions revisions,
    EventRecorder events,
    ILogger logger
)
{
    /// <summary>Makes the instance, and before it the record of what it is made from.</summary>
    /// <returns>The instance, or why it was refused; neither when it is there already.</returns>
    public async Task<(VirtualMachineInstance? Created, SyncFailure? Failure)> CreateAsync(
        Expansion expansion,
        bool paused,
        CancellationToken ct
    )
    {
        var machine = expansion.Machine;
        VirtualMachineInstance created;
        try
        {
            if (await IsBehindAsync(machine, ct))
            {
                return (null, null);
            }

            await revisions.KeepAsync(machine, ct);
            created = await client.CreateAsync(
                InstanceComposition.Compose(
                    machine,
                    paused,
                    cluster.Configuration,
                    [.. cluster.Hosts.All],
                    expansion.PreferredMachineType
                ),
                ct
            );
        }
        catch (ApiException e) when (e.Reason is Reason.AlreadyExists)
        {
            // The copy is behind what an earlier pass did: the instance will show up.
            return (null, null);
        }
        catch (ApiException e) when (IsRefusal(e))
        {
            return (null, new("FailedCreate", e.Message));
        }

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

    /// <summary>Deletes exactly this instance.</summary>
    /// <returns>Why it was refused; null when it was not.</returns>
    public async Task<SyncFailure?> DeleteAsync(VirtualMachine machine, string uid, CancellationToken ct)
    {
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = uid } };
        try
        {
            if (!await client.DeleteAsync<VirtualMachineInstance>(ResourceKey.Of(machine), options, ct))
            {
                return null;
            }
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict)
        {
            // Another instance bears the name by now; the copy will show it.
            return null;
        }
        catch (ApiException e) when (IsRefusal(e))
        {
            return new("FailedDelete", e.Message);
        }

        logger.InstanceDeleted(ResourceKey.Of(machine), uid);
        await events.RecordAsync(
            machine,
            "Normal",
            "SuccessfulDelete",
            $"Stopped the virtual machine by deleting the virtual machine instance {uid}",
            ct
        );
        return null;
    }

    /// <summary>Makes the machine the owner of an instance.</summary>
    public Task AdoptAsync(VirtualMachine machine, string uid, CancellationToken ct)
    {
        var owner = JsonSerializer.SerializeToNode(
            InstanceComposition.OwnerOf(machine),
            ApiJson.Default.OwnerReference
        );
        var change = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = uid,
                ["ownerReferences"] = new JsonArray(owner),
                // It may have been another machine's once, which counted on its own.
                ["annotations"] = new JsonObject { [KubeVirtNames.StartSerialAnnotation] = null },
            },
        };
        return client.PatchAsync<VirtualMachineInstance>(ResourceKey.Of(machine), Patch.Merge(change), ct);
    }

    /// <summary>Writes on the instance what reaches it while it runs.</summary>
    /// <returns>The instance as it is then, and why the write was refused where it was.</returns>
    public async Task<(VirtualMachineInstance Instance, SyncFailure? Failure)> UpdateAsync(
        VirtualMachineInstance instance,
        JsonArray changes,
        CancellationToken ct
    )
    {
        var key = ResourceKey.Of(instance);
        try
        {
            return (await client.PatchAsync<VirtualMachineInstance>(key, Patch.Json(changes), ct), null);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // It ended meanwhile.
            return (instance, null);
        }
        catch (ApiException e) when (IsRefusal(e))
        {
            var now = await client.FindAsync<VirtualMachineInstance>(key, ct);
            var isOld = now?.Metadata.ResourceVersion != instance.Metadata.ResourceVersion;
            // A copy that is behind fails the patch's own tests: the newer one is on its way.
            return (instance, isOld ? null : new("FailedUpdateError", e.Message));
        }
    }

    /// <summary>
    /// True when the machine is not as the copy has it: a start may be done or taken back that the copy still shows.
    /// </summary>
    private async Task<bool> IsBehindAsync(VirtualMachine machine, CancellationToken ct)
    {
        var present = await client.FindAsync<VirtualMachine>(ResourceKey.Of(machine), ct);
        return present?.Metadata.ResourceVersion != machine.Metadata.ResourceVersion;
    }

    private static bool IsRefusal(ApiException e) =>
        e.Reason is Reason.Invalid or Reason.Forbidden or Reason.BadRequest;
}
