using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.InstanceTypes;

/// <summary>Follows the references of machines to instance types, preferences, and the kept copies of them.</summary>
internal sealed class ReferenceReader(
    KubernetesClient client,
    Informer<ControllerRevision> revisions,
    Informer<Host> hosts
)
{
    /// <summary>Where a reference of a machine leads.</summary>
    public async Task<FollowedReference> FollowAsync(VirtualMachine machine, MatcherRole role, CancellationToken ct)
    {
        var kept = await FindInUseAsync(machine, role, ct);
        var step = ReferencePlan.Decide(machine, role, kept, image => ImageDefaults.Of(hosts.All, image));
        switch (step)
        {
            case ReferenceStep.Nothing nothing:
                return new(nothing.Reference);
            case ReferenceStep.UseRevision use:
                return new(use.Reference, use.Revision);
            case ReferenceStep.UseObject use:
                // Not from a copy: it may be behind what the user did right before he made the machine.
                var found = await FindAsync(use.Kind, new ResourceKey(use.Namespace, use.Name), ct);
                return found is null ? new(Error: use.Missing) : new(Used: found, Matcher: use.Matcher);
            case ReferenceStep.Refuse refuse:
                return new(Error: refuse.Error);
            default:
                throw new InvalidOperationException($"No way to follow {step}.");
        }
    }

    private async Task<ControllerRevision?> FindInUseAsync(
        VirtualMachine machine,
        MatcherRole role,
        CancellationToken ct
    )
    {
        if (
            MachineMatcher.Of(machine.Spec, role) is not { } matcher
            || InstanceTypeRevisions.InUse(matcher, ReferencePlan.InStatus(machine.Status, role)) is not { } name
        )
        {
            return null;
        }

        var key = new ResourceKey(machine.Metadata.Namespace, name);
        return revisions.Find(key) ?? await client.FindAsync<ControllerRevision>(key, ct);
    }

    private async Task<IResource?> FindAsync(ResourceKind kind, ResourceKey key, CancellationToken ct) =>
        kind switch
        {
            ResourceKind<VirtualMachineInstancetype> => await client.FindAsync<VirtualMachineInstancetype>(key, ct),
            ResourceKind<VirtualMachineClusterInstancetype> =>
                await client.FindAsync<VirtualMachineClusterInstancetype>(key, ct),
            ResourceKind<VirtualMachinePreference> => await client.FindAsync<VirtualMachinePreference>(key, ct),
            ResourceKind<VirtualMachineClusterPreference> => await client.FindAsync<VirtualMachineClusterPreference>(
                key,
                ct
            ),
            _ => throw new InvalidOperationException($"Machines do not refer to {kind.Kind}."),
        };
}
