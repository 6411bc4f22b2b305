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
    public static bool Includes(
        MachineTypeTransitionSpec spec,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        KubeVirtConfiguration configuration
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
                string.IsNullOrEmpty(spec.MachineTypes) || IsOfType(spec.MachineTypes, machine, instance, configuration)
            );
    }

    private static bool IsOfType(
        string glob,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        KubeVirtConfiguration configuration
    ) =>
        new[] { TransitionPlan.InEffect(machine, instance, configuration), MachineTypeSources.TemplateOf(machine) }.Any(
            type => type is not null && FileSystemName.MatchesSimpleExpression(glob, type, ignoreCase: false)
        );
}
