using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypes;

/// <summary>Decides when a virtual machine that was labelled restart-vm-required needs no restart any more.</summary>
internal static class RestartLabelPlan
{
    /// <summary>True for a machine that bears the label, whatever its value.</summary>
    public static bool HasLabel(VirtualMachine machine) =>
        machine.Metadata.Labels?.ContainsKey(KubeVirtNames.RestartRequiredLabel) == true;

    /// <summary>True when its guest has the type that its next boot would bring, or does not run.</summary>
    /// <remarks>
    /// Asked of the record as it is to be, not as it is written: the label comes in the same write as the new type,
    /// before its controller has seen either. A guest that is about to start has nothing yet.
    /// </remarks>
    public static bool IsDone(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        KubeVirtConfiguration configuration,
        DateTimeOffset now
    )
    {
        if (!Ownership.IsOwned(instance, machine) || VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase))
        {
            return true;
        }

        return instance.Status?.Machine?.Type is { Length: > 0 }
            && MachineTypeRecords.Next(machine, instance, configuration, now) is { Pending: null };
    }
}
