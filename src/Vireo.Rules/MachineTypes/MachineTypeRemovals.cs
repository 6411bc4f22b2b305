using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>When machine types are removed: all constants in one place.</summary>
/// <remarks>
/// QEMU deprecates its own versioned types after three years and removes them after six, counted in major versions, of
/// which it makes one a year with three releases each: 10.2 has nothing before 5.0, 11.0 nothing before 5.1. RHEL and
/// Ubuntu drop types with a release of their own; below the minima of <see cref="TransitionDefaults"/> the next one has
/// none.
/// </remarks>
public static class MachineTypeRemovals
{
    /// <summary>A type is removed by a QEMU whose major is ahead of its own by so many, the minor not behind.</summary>
    private const int MajorsKept = 6;

    private const int ReleasesOfMajor = 3;

    /// <summary>Two years: a distribution's next release comes with a QEMU about so much newer.</summary>
    private const int ReleasesAhead = 6;

    /// <summary>Why a type is removed soon, for a person; null when it is not, or nobody knows.</summary>
    /// <param name="type">The type; an alias is never removed by its age.</param>
    /// <param name="qemu">The newest QEMU of the hosts; null when that is not known.</param>
    public static string? SoonOf(string type, Version? qemu) =>
        MachineType.Parse(type) switch
        {
            null or { IsVersioned: false } => null,
            { Vendor: "" } own => qemu is null ? null : OfQemu(own, qemu),
            var other => OfVendor(other),
        };

    private static string? OfQemu(MachineType type, Version qemu)
    {
        var (major, minor) = (type.Version[0] + MajorsKept, type.Version.ElementAtOrDefault(1));
        if (minor >= ReleasesOfMajor)
        {
            // Before 4.0 minors went up to 12, which no later one reaches.
            (major, minor) = (major + 1, 0);
        }

        return ReleaseOf(major, minor) - ReleaseOf(qemu.Major, qemu.Minor) <= ReleasesAhead
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"QEMU {major}.{minor} drops it, and a host has QEMU {qemu.Major}.{qemu.Minor}"
            )
            : null;
    }

    private static string? OfVendor(MachineType type) =>
        TransitionDefaults.MinimumOf(type.Family, type.Vendor) is { } minimum
        && MachineType.Compare(type, minimum) is MachineTypeOrder.Older
            ? $"the next release of {NameOf(type.Vendor)} has nothing before {minimum}"
            : null;

    private static string NameOf(string vendor) =>
        vendor switch
        {
            MachineType.RedHat => "RHEL",
            MachineType.Ubuntu => "Ubuntu",
            _ => vendor,
        };

    private static int ReleaseOf(int major, int minor) => (major * ReleasesOfMajor) + minor;
}
