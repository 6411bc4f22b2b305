using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.VirtualMachines;

/// <summary>Keeps what each instance was started from, while there is an instance that was.</summary>
internal sealed class StartRevisions(KubernetesClient client, Informer<ControllerRevision> revisions)
{
    private const string ByOwner = "owner";

    /// <summary>Keeps the records findable by the machine they belong to; call before the informer runs.</summary>
    public static void Index(Informer<ControllerRevision> revisions) =>
        revisions.Index(
            ByOwner,
            static revision => (revision.Metadata.OwnerReferences ?? []).Select(owner => owner.Uid)
        );

    /// <summary>The machine's spec that an instance was started from; null when nobody knows any more.</summary>
    public async Task<VirtualMachineSpec?> FindAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        if (instance.Status?.VirtualMachineRevisionName is not { } name)
        {
            return null;
        }

        var key = new ResourceKey(instance.Metadata.Namespace, name);
        try
        {
            var revision = revisions.Find(key) ?? await client.FindAsync<ControllerRevision>(key, ct);
            return revision is null ? null : StartRevision.SpecIn(revision);
        }
        catch (ApiException)
        {
            // What it would tell is not worth holding up the machine.
            return null;
        }
    }

    /// <summary>Makes the record of a start from the machine as it is, unless there is one.</summary>
    public async Task KeepAsync(VirtualMachine machine, CancellationToken ct)
    {
        var revision = StartRevision.Of(machine);
        if (revisions.Find(ResourceKey.Of(revision)) is not null)
        {
            return;
        }

        try
        {
            await client.CreateAsync(revision, ct);
        }
        catch (ApiException e) when (e.Reason is Reason.AlreadyExists)
        {
            // An earlier pass was ended after it made it.
        }
    }

    /// <summary>Removes the records of a machine's starts before the one that its instance names.</summary>
    /// <remarks>Later ones stay: the instance may be an old copy, and the next one there already.</remarks>
    public async Task RemoveEarlierAsync(
        VirtualMachine machine,
        VirtualMachineInstance instance,
        CancellationToken ct
    )
    {
        var all = revisions.ByIndex(ByOwner, machine.Metadata.Uid!).ToList();
        var kept = all.Find(one => one.Metadata.Name == instance.Status?.VirtualMachineRevisionName);
        if (all.Count < 2 || kept is null)
        {
            return;
        }

        var prefix = StartRevision.PrefixOf(machine);
        foreach (var one in all.Where(one => one.Revision < kept.Revision))
        {
            if (one.Metadata.Name!.StartsWith(prefix, StringComparison.Ordinal))
            {
                await client.DeleteAsync<ControllerRevision>(ResourceKey.Of(one), null, ct);
            }
        }
    }
}
