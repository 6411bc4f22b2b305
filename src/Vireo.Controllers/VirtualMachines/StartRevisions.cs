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
    /// <remarks>
    /// A record of the same generation tells something else when the machine's instance type became another under the
    /// same name; no instance was started from that one any more.
    /// </remarks>
    public async Task KeepAsync(VirtualMachine machine, CancellationToken ct)
    {
        var revision = StartRevision.Of(machine);
        var key = ResourceKey.Of(revision);
        if (Tells(revisions.Find(key), machine))
        {
            return;
        }

        try
        {
            await client.CreateAsync(revision, ct);
        }
        catch (ApiException e) when (e.Reason is Reason.AlreadyExists)
        {
            // Most times an earlier pass was ended after it made it.
            if (!Tells(await client.FindAsync<ControllerRevision>(key, ct), machine))
            {
                await client.DeleteAsync<ControllerRevision>(key, null, ct);
                await client.CreateAsync(revision, ct);
            }
        }
    }

    private static bool Tells(ControllerRevision? revision, VirtualMachine machine) =>
        revision is not null
        && SameJson.Are(StartRevision.SpecIn(revision), machine.Spec, ApiJson.Default.VirtualMachineSpec);

    /// <summary>Removes the records of a machine's starts but the one that its instance names.</summary>
    public async Task RemoveOthersAsync(VirtualMachine machine, VirtualMachineInstance instance, CancellationToken ct)
    {
        var (prefix, kept) = (StartRevision.PrefixOf(machine), instance.Status?.VirtualMachineRevisionName);
        var others = revisions
            .ByIndex(ByOwner, machine.Metadata.Uid!)
            .Where(one => one.Metadata.Name!.StartsWith(prefix, StringComparison.Ordinal) && one.Metadata.Name != kept)
            .ToList();
        if (others is [] || kept is null)
        {
            return;
        }

        // The copy may be of an instance that another has followed, which needs what looks like left over.
        var present = await client.FindAsync<VirtualMachineInstance>(ResourceKey.Of(instance), ct);
        if (present?.Metadata.Uid != instance.Metadata.Uid)
        {
            return;
        }

        foreach (var other in others)
        {
            await client.DeleteAsync<ControllerRevision>(ResourceKey.Of(other), null, ct);
        }
    }

    /// <summary>The machine that a record belongs to.</summary>
    public static IEnumerable<ResourceKey> MachineOf(ControllerRevision revision) =>
        (revision.Metadata.OwnerReferences ?? [])
            .Where(owner => owner.Controller == true)
            .Select(owner => new ResourceKey(revision.Metadata.Namespace, owner.Name));
}
