using System.IO.Enumeration;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Which virtual machines a transition is about.</summary>
public static class TransitionSelection
{
    /// <summary>True when the machine is one of them, before anything was done to it.</summary>
    /// <remarks>
    /// A machine that the transition has changed stays one of them, whatever state or type it has now: that is for its
    /// mark to say.
    /// </remarks>
    /// <param name="spec">The transition's.</param>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static bool Includes(
        MachineTypeTransitionSpec spec,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        KubeVirtConfiguration configuration,
        string? preference = null
    )
    {
        var isActive = GuestMachineType.Of(instance)?.IsActive == true;
        return (spec.Namespaces is null or [] || spec.Namespaces.Contains(machine.Metadata.Namespace))
            && LabelSelectors.Matches(spec.Selector, machine.Metadata.Labels)
            && spec.State switch
            {
                "Running" => isActive,
                "Stopped" => !isActive,
                _ => true,
            }
            && (
                string.IsNullOrEmpty(spec.MachineTypes)
                || IsOfType(
                    spec.MachineTypes,
                    MachineTypeSources.TemplateOf(machine),
                    TransitionPlan.InEffect(machine, instance, configuration, preference)
                )
            );
    }

    private static bool IsOfType(string glob, params ReadOnlySpan<string?> types)
    {
        foreach (var type in types)
        {
            if (type is not null && FileSystemName.MatchesSimpleExpression(glob, type, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }
}
