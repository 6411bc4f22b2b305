using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How processors and memory come to a guest that runs.</summary>
/// <param name="Reason">
/// <see cref="Hotplug.InPlace"/>, <see cref="Hotplug.LiveMigrate"/>, <see cref="Hotplug.NoRoom"/> while neither can be,
/// or <see cref="HostsUnknown"/>.
/// </param>
/// <param name="Message">The same for a person.</param>
public sealed record HotplugWay(string Reason, string Message)
{
    /// <summary>The way depends on hosts that who asks may not read.</summary>
    public const string HostsUnknown = "HostsUnknown";

    private static readonly HotplugWay InPlace = new(Hotplug.InPlace, "The guest is given it where it runs.");

    /// <summary>Chooses.</summary>
    /// <remarks>
    /// By a migration where the cluster's owner asks for that, the guest can migrate, and another host has room for it;
    /// else where it runs, as long as there is room.
    /// </remarks>
    /// <param name="instance">The instance, its spec as wanted.</param>
    /// <param name="installation">What the administrator wants of the cluster.</param>
    /// <param name="hosts">
    /// All hosts, with what the instances on them claim: this one with its spec as wanted. Null for who may not know
    /// them.
    /// </param>
    public static HotplugWay Of(
        VirtualMachineInstance instance,
        KubeVirtSpec? installation,
        IReadOnlyList<HostCandidate>? hosts
    )
    {
        var wantsMove = Migrates(installation) && Conditions.IsTrue(instance.Status?.Conditions, LiveMigratable.Type);
        if (hosts is null)
        {
            return wantsMove ? new(HostsUnknown, "by a migration if another host has room for the guest, else in place")
                : Grows(instance) ? new(HostsUnknown, "in place, once its host has room")
                : InPlace;
        }

        var own = hosts.FirstOrDefault(host => host.Name == instance.Status?.NodeName);
        var configuration = installation?.Configuration ?? new();
        if (
            wantsMove
            && MigrationTargets.Choose(instance, null, hosts, configuration) is PlacementDecision.Placed(var other)
        )
        {
            return new(Hotplug.LiveMigrate, $"The guest has it once it has moved to another host, such as {other}.");
        }

        return own is { FreeMemoryBytes: < 0 } && Grows(instance)
            ? new(
                Hotplug.NoRoom,
                $"{own.Name} lacks {Amounts.Memory(-own.FreeMemoryBytes)} of memory for it, and no other host can take "
                    + "the guest. Stop or move another guest, or set the size back."
            )
            : InPlace;
    }

    /// <summary>True when changes are made by moving guests, where that can be.</summary>
    public static bool Migrates(KubeVirtSpec? installation) =>
        installation?.WorkloadUpdateStrategy?.WorkloadUpdateMethods?.Contains(Hotplug.LiveMigrate) == true;

    private static bool Grows(VirtualMachineInstance instance) =>
        instance.Spec.Domain.Memory?.Guest > instance.Status?.Memory?.GuestCurrent;
}
