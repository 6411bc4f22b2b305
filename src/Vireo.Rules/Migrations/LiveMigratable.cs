using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Whether a guest can move to another host while it runs, and how its disks would get there.</summary>
/// <remarks>The reasons are KubeVirt's. What a host lacks is not said here but by the choice of the target.</remarks>
public static class LiveMigratable
{
    /// <summary>The condition of an instance that says so.</summary>
    public const string Type = "LiveMigratable";

    /// <summary>How guests move: between sockets of their hosts, which the agents' doors connect.</summary>
    public const string Transport = "Unix";

    /// <summary>The condition of an instance whose guest runs.</summary>
    public static Condition ConditionOf(VirtualMachineInstanceSpec spec) =>
        Obstacle(spec) is { } obstacle
            ? new()
            {
                Type = Type,
                Status = "False",
                Reason = obstacle.Reason,
                Message = obstacle.Message,
            }
            : new() { Type = Type, Status = "True" };

    /// <summary>The conditions of an instance whose guest runs, with this one as it is.</summary>
    public static IReadOnlyList<Condition> Tell(
        IReadOnlyList<Condition>? conditions,
        VirtualMachineInstanceSpec spec,
        DateTimeOffset now
    ) => Conditions.Set(conditions, ConditionOf(spec), now);

    /// <summary>
    /// LiveMigration when all disks that the guest writes are reached from every host; BlockMigration when some have to
    /// be copied.
    /// </summary>
    public static string MethodOf(VirtualMachineInstanceSpec spec) =>
        (spec.Volumes ?? []).All(volume => volume is { CloudInitNoCloud: not null } or { HostDisk.Shared: true })
            ? "LiveMigration"
            : "BlockMigration";

    /// <summary>What the condition of an instance says against it: null when it is not False.</summary>
    public static (string Reason, string Message)? WhyNot(VirtualMachineInstance instance) =>
        Conditions.Find(instance.Status?.Conditions, Type) is { Status: "False" } condition
            ? (condition.Reason ?? "NotMigratable", condition.Message ?? "")
            : null;

    private static (string Reason, string Message)? Obstacle(VirtualMachineInstanceSpec spec)
    {
        var shared = (spec.Volumes ?? [])
            .Where(volume => volume.HostDisk?.Shared == true)
            .Select(volume => volume.Name)
            .ToHashSet(StringComparer.Ordinal);
        if (
            (spec.Domain.Devices.Disks ?? []).FirstOrDefault(disk => disk.Lun is not null) is { } lun
            && !shared.Contains(lun.Name)
        )
        {
            return (
                "DisksNotLiveMigratable",
                $"cannot migrate VMI: LUN disk {lun.Name} is a device of its host and is not shared (hostDisk.shared)"
            );
        }

        if (NeedsClock(spec.Domain) is { } feature)
        {
            return (
                "NoTSCFrequencyNotLiveMigratable",
                $"cannot migrate VMI: {feature} ties the guest to the clock of its host's processor"
            );
        }

        return null;
    }

    private static string? NeedsClock(DomainSpec domain) =>
        domain.Features?.Hyperv?.Reenlightenment is { Enabled: not false } ? "features.hyperv.reenlightenment"
        : (domain.Cpu?.Features ?? []).Any(feature =>
            feature is { Name: "invtsc", Policy: null or "require" or "force" }
        )
            ? "cpu feature invtsc"
        : null;
}
