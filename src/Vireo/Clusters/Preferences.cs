using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Reads the preference that a virtual machine uses, or would use.</summary>
internal static class Preferences
{
    /// <summary>The preference; null when the machine has none, or it is not there.</summary>
    public static async Task<VirtualMachinePreferenceSpec?> FindAsync(
        KubernetesClient client,
        VirtualMachine machine,
        CancellationToken ct
    )
    {
        if (MachineMatcher.Of(machine.Spec.Preference) is not { } matcher)
        {
            return null;
        }

        var kept = InstanceTypeRevisions.InUse(matcher, machine.Status?.PreferenceRef) is { } name
            ? await client.FindAsync<ControllerRevision>(new(machine.Metadata.Namespace, name), ct)
            : null;
        // What images say is known once a machine has run, and then its machine type is recorded.
        return ReferencePlan.Decide(machine, MatcherRole.Preference, kept, static _ => null) switch
        {
            ReferenceStep.UseRevision use => InstanceTypeRevisions.PreferenceIn(use.Revision),
            ReferenceStep.UseObject { Namespace: { } space, Name: var own } => (
                await client.FindAsync<VirtualMachinePreference>(new(space, own), ct)
            )?.Spec,
            ReferenceStep.UseObject { Name: var shared } => (
                await client.FindAsync<VirtualMachineClusterPreference>(new(null, shared), ct)
            )?.Spec,
            _ => null,
        };
    }
}
