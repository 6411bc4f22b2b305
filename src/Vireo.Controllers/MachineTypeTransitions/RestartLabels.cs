using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Says when a machine has no need of the label any more that asks for its restart.</summary>
internal static class RestartLabels
{
    /// <summary>True for a label that a transition put on, when the guest runs with what it is to run with, or not at
    /// all.</summary>
    public static bool IsOver(MachineSight sight) =>
        IsOn(sight.Machine)
        && TransitionMark.Of(sight.Machine) is not null
        && (sight.Alive is null || sight.Running == sight.Template);

    /// <summary>True when the label is on.</summary>
    public static bool IsOn(VirtualMachine machine) =>
        machine.Metadata.Labels?.GetValueOrDefault(KubeVirtNames.RestartRequiredLabel) == "true";
}
