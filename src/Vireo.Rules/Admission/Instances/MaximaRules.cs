using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How far a guest can grow is part of what it booted with: no instance changes it.</summary>
internal static class MaximaRules
{
    /// <summary>The errors of a change, whoever makes it, in KubeVirt's words.</summary>
    public static IEnumerable<FieldError> Unchanged(
        VirtualMachineInstanceSpec old,
        VirtualMachineInstanceSpec? next,
        string path
    )
    {
        if (old.Domain.Cpu?.MaxSockets != next?.Domain?.Cpu?.MaxSockets)
        {
            yield return FieldError.Invalid($"{path}.cpu.maxSockets", "CPU topology maxSockets changed");
        }

        if (old.Domain.Memory?.MaxGuest != next?.Domain?.Memory?.MaxGuest)
        {
            yield return FieldError.Invalid($"{path}.memory.maxGuest", "Memory maxGuest changed");
        }
    }
}
