using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// From where to where machine types move when a transition names no steps: all constants in one place.
/// </summary>
/// <remarks>
/// The minimum of each line is the oldest type that its vendor still keeps. The target is the newest type of the line
/// that every host offers; the one named here where hosts do not tell. No line moves to another family.
/// <list type="bullet">
/// <item>RHEL 10 drops all types before RHEL 9, and those of 64-bit ARM before 9.4; its i440fx begins anew.</item>
/// <item>Ubuntu drops the types of a release when its support ends: those before 22.04 (jammy) are out of it.</item>
/// <item>QEMU drops types six years (18 releases) after their release: 12.2 will not know what is before 7.0.</item>
/// </list>
/// </remarks>
public static class TransitionDefaults
{
    /// <summary>The word for the newest type of a line that every host offers.</summary>
    public const string Newest = "newest";

    /// <summary>How many machines may be restarting at once.</summary>
    public const int MaxConcurrentRestarts = 10;

    /// <summary>How many outcomes the status of a transition lists.</summary>
    public const int OutcomesListed = 100;

    private static readonly (string Below, string Target)[] Table =
    [
        ("pc-q35-rhel9.0.0", "pc-q35-rhel9.6.0"),
        ("pc-i440fx-rhel10.0.0", "pc-i440fx-rhel10.0.0"),
        ("virt-rhel9.4.0", "virt-rhel9.6.0"),
        ("s390-ccw-virtio-rhel9.0.0", "s390-ccw-virtio-rhel9.6.0"),
        ("pc-q35-jammy", "pc-q35-noble"),
        ("pc-i440fx-jammy", "pc-i440fx-noble"),
        ("virt-jammy", "virt-noble"),
        ("s390-ccw-virtio-jammy", "s390-ccw-virtio-noble"),
        ("pc-q35-7.0", "pc-q35-9.2"),
        ("pc-i440fx-7.0", "pc-i440fx-9.2"),
        ("virt-7.0", "virt-9.2"),
        ("s390-ccw-virtio-7.0", "s390-ccw-virtio-9.2"),
    ];

    /// <summary>The steps, with the targets for where hosts do not tell.</summary>
    public static IReadOnlyList<MachineTypeStep> Steps { get; } =
    [.. Table.Select(row => new MachineTypeStep { Below = row.Below, Target = row.Target })];

    /// <summary>The target of a line where hosts do not tell; null for lines that the table does not have.</summary>
    public static string? TargetOf(string family, string vendor) =>
        Steps
            .FirstOrDefault(step =>
                MachineType.Parse(step.Target) is { } target && target.Family == family && target.Vendor == vendor
            )
            ?.Target;

    /// <summary>The oldest type of a line that its vendor still keeps; null for lines that the table does not have.
    /// </summary>
    public static MachineType? MinimumOf(string family, string vendor) =>
        Steps
            .Select(step => MachineType.Parse(step.Below))
            .FirstOrDefault(below => below is not null && below.Family == family && below.Vendor == vendor);
}
