using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Reads what a machine refers to, its instance type and its preference, and what it comes to.</summary>
internal sealed class MachineParts(KubernetesClient client)
{
    private static readonly ResourceKey ConfigurationKey = new("kubevirt", "kubevirt");

    /// <summary>The cluster's configuration, as far as the caller may know it.</summary>
    public async Task<KubeVirtSpec> InstallationAsync(CancellationToken ct)
    {
        try
        {
            return (await client.FindAsync<KubeVirt>(ConfigurationKey, ct))?.Spec ?? new();
        }
        catch (ApiException e) when (e.Reason == Reason.Forbidden)
        {
            return new();
        }
    }

    /// <summary>What a machine comes to with what it refers to, as it is in use for it.</summary>
    /// <exception cref="ApiException">Something that it refers to is not there.</exception>
    public async Task<ExpandedMachine> ExpandAsync(
        VirtualMachine machine,
        KubeVirtConfiguration configuration,
        CancellationToken ct
    )
    {
        var type = await ReadAsync(
            MachineMatcher.Of(machine.Spec.Instancetype),
            machine,
            InstanceTypeRevisions.InstancetypeIn,
            InstanceTypeRevisions.InstancetypeOf,
            ct
        );
        var preference = await ReadAsync(
            MachineMatcher.Of(machine.Spec.Preference),
            machine,
            InstanceTypeRevisions.PreferenceIn,
            InstanceTypeRevisions.PreferenceOf,
            ct
        );
        return MachineExpansion.Of(machine.Spec, configuration.GuestArchitecture, type, preference);
    }

    /// <summary>The object that a matcher names, as it is now.</summary>
    /// <exception cref="ApiException">It is not there.</exception>
    public async Task<IResource> RequireAsync(MachineMatcher matcher, string @namespace, CancellationToken ct)
    {
        var (inNamespace, inCluster) = (
            new ResourceKey(@namespace, matcher.Name!),
            new ResourceKey(null, matcher.Name!)
        );
        IResource? found = matcher.Kind?.TypeInfo.Type switch
        {
            var type when type == typeof(VirtualMachineInstancetype) =>
                await client.FindAsync<VirtualMachineInstancetype>(inNamespace, ct),
            var type when type == typeof(VirtualMachineClusterInstancetype) =>
                await client.FindAsync<VirtualMachineClusterInstancetype>(inCluster, ct),
            var type when type == typeof(VirtualMachinePreference) => await client.FindAsync<VirtualMachinePreference>(
                inNamespace,
                ct
            ),
            _ => await client.FindAsync<VirtualMachineClusterPreference>(inCluster, ct),
        };
        return found
            ?? throw new ApiException(Reason.NotFound, $"{matcher.Kind!.GroupResource} \"{matcher.Name}\" not found");
    }

    private async Task<T?> ReadAsync<T>(
        MachineMatcher? matcher,
        VirtualMachine machine,
        Func<ControllerRevision, T?> kept,
        Func<IResource?, T?> live,
        CancellationToken ct
    )
        where T : class
    {
        if (matcher is null)
        {
            return null;
        }

        var reference =
            matcher.Role is MatcherRole.Instancetype ? machine.Status?.InstancetypeRef : machine.Status?.PreferenceRef;
        if (
            InstanceTypeRevisions.InUse(matcher, reference) is { } name
            && await client.FindAsync<ControllerRevision>(new(machine.Metadata.Namespace, name), ct) is { } revision
            && kept(revision) is { } spec
        )
        {
            return spec;
        }

        // What a volume names is the controller's to find out.
        return matcher.Name is null ? null : live(await RequireAsync(matcher, machine.Metadata.Namespace!, ct));
    }
}
