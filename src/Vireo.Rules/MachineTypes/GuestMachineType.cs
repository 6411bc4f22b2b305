using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What an instance tells of its guest's machine type.</summary>
/// <param name="Started">What the instance was made with: an alias or a versioned name.</param>
/// <param name="Runs">What the domain has: the versioned name; null before it is known.</param>
/// <param name="IsActive">True while the instance has not ended.</param>
internal sealed record GuestMachineType(string? Started, string? Runs, bool IsActive)
{
    /// <summary>What an instance tells; null when there is none.</summary>
    public static GuestMachineType? Of(VirtualMachineInstance? instance) =>
        instance is null
            ? null
            : new(
                Given(instance.Spec.Domain.Machine),
                Given(instance.Status?.Machine),
                !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
            );

    private static string? Given(Machine? machine) => machine?.Type is { Length: > 0 } type ? type : null;
}
