using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// Rules on a change of the memory while the guest runs: up to the maximum, and down again to what it booted with.
/// </summary>
/// <remarks>
/// The order of the checks and their texts are KubeVirt's: clients compare them. Two of its checks are not made:
/// memory is changed where the guest runs, so that it need not be able to migrate; and guests that booted with less
/// than 1Gi take more as others do.
/// </remarks>
internal static class MemoryUpdate
{
    public const string Path = "domain.memory.guest";

    private const string InProgress = "another memory hotplug is in progress";
    private const string Migrating = "memory hotplug is not allowed while VMI is migrating";
    private const string NotSupported = "memory hotplug not supported, ";
    private const string BelowBoot = "memory updated in template spec to a value lower than what the VM started with";
    private const string NoMaximum =
        "memory updated in template spec. Memory-hotplug is not available for this VM configuration";

    private const string Failed =
        "memory updated in template spec. Memory-hotplug failed and is not available for this VM configuration";

    /// <summary>The change as it takes effect.</summary>
    /// <param name="change">From what the instance was told to what is wanted.</param>
    /// <param name="instance">The instance; it runs.</param>
    /// <param name="wanted">The memory that is wanted.</param>
    public static FieldChange Rule(FieldChange change, VirtualMachineInstance instance, Quantity wanted)
    {
        var memory = instance.Spec.Domain.Memory;
        var status = instance.Status?.Memory;
        var pending = Conditions.Find(instance.Status?.Conditions, Hotplug.MemoryChange);
        return pending switch
        {
            _ when status?.GuestCurrent is null => Held(null),
            { Status: "False" } => wanted == status.GuestCurrent ? Live() : Restart(Failed),
            _ when memory?.MaxGuest is null => Restart(NoMaximum),
            { Status: "True" } when !MayBeAnother(instance, pending) => Held(InProgress),
            _ when Hotplug.IsMigrating(instance) => Held(Migrating),
            _ when MemoryHotplug.WhyNot(wanted, memory.MaxGuest, instance.Spec.Architecture) is { } why => Restart(
                NotSupported + why
            ),
            _ when wanted < status.GuestAtBoot => Restart(BelowBoot),
            _ => Live(),
        };

        FieldChange Live() => change with { Effect = FieldEffect.Live };
        FieldChange Held(string? why) => change with { Effect = FieldEffect.Held, Why = why };
        FieldChange Restart(string why) => change with { Effect = FieldEffect.Restart, Why = why };
    }

    /// <summary>What is to be said where the instance was told what is wanted; null when nothing is.</summary>
    public static FieldChange? AfterFailure(VirtualMachineInstance instance) =>
        Conditions.Find(instance.Status?.Conditions, Hotplug.MemoryChange) is { Status: "False" }
            ? new(Path, FieldEffect.Restart) { Why = Failed }
            : null;

    private static bool MayBeAnother(VirtualMachineInstance instance, Condition pending) =>
        Hotplug.HasNotBegun(instance, pending) || Hotplug.IsOver(instance, pending);
}
