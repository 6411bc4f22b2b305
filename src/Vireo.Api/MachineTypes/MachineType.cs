using System.Globalization;

namespace Vireo.Api;

/// <summary>The name of a machine type, read: <c>q35</c>, <c>pc-q35-9.2</c>, <c>pc-i440fx-rhel7.6.0</c>.</summary>
/// <remarks>
/// Order exists only inside one family and vendor, and there only between the same variants. <c>-v2</c> is a fix inside
/// a release: newer than the release itself. <c>-hpb</c>, <c>-maxcpus</c>, <c>-sxxm</c> and whatever else stands behind
/// a version name another machine of the same version (more address bits, more vCPUs, other mitigations): a guest that
/// moves between such variants gains or loses more than a version, so they cannot be compared, whatever the versions.
/// </remarks>
public sealed record MachineType
{
    /// <summary>Red Hat, as a vendor.</summary>
    public const string RedHat = "rhel";

    /// <summary>Ubuntu, as a vendor.</summary>
    public const string Ubuntu = "ubuntu";

    private readonly string _name;
    private readonly string _variant;
    private readonly int _fix;

    internal MachineType(
        string name,
        string scheme,
        string family,
        string vendor,
        IReadOnlyList<int> version,
        string suffix,
        bool isAlias
    )
    {
        (_name, Scheme, Family, Vendor) = (name, scheme, family, vendor);
        (Version, Suffix, IsAlias) = (version, suffix, isAlias);
        (_variant, _fix) = Split(suffix);
    }

    /// <summary>What the name begins with, for example pc-q35; the whole name where it has no version.</summary>
    public string Scheme { get; }

    /// <summary>
    /// The chipset: pc for i440fx under each of its names, q35, virt, s390-ccw-virtio, pseries; the name itself for
    /// boards that have no versions, such as microvm.
    /// </summary>
    public string Family { get; }

    /// <summary>Whose versions they are: rhel, ubuntu, or empty for QEMU's own.</summary>
    public string Vendor { get; }

    /// <summary>The version, for example 4, 0, 1; the release for Ubuntu's: 24, 4 for noble; empty where there is none.
    /// </summary>
    public IReadOnlyList<int> Version { get; }

    /// <summary>What stands behind the version, with its dash: -v2, -hpb-maxcpus; mostly empty.</summary>
    public string Suffix { get; }

    /// <summary>
    /// True for a name that stands for the newest version of a family, which one depends on the host.
    /// </summary>
    public bool IsAlias { get; }

    /// <summary>True for a name that means the same machine on each host that offers it, and has a version.</summary>
    public bool IsVersioned => Version.Count > 0;

    /// <summary>True for a name that is no variant of a version; a fix of it, as -v2, is plain too.</summary>
    public bool IsPlain => _variant.Length == 0;

    /// <summary>Reads a name; null when it is none: empty, too long, or with characters that no name has.</summary>
    /// <remarks>A name that is not known is a family of its own, and comparable with nothing but itself.</remarks>
    public static MachineType? Parse(string? text) => MachineTypeReader.Read(text);

    /// <summary>How the first stands to the second.</summary>
    public static MachineTypeOrder Compare(MachineType a, MachineType b)
    {
        if (a.Equals(b))
        {
            return MachineTypeOrder.Same;
        }

        if (!a.IsVersioned || !b.IsVersioned || !a.IsOfLineOf(b) || a._variant != b._variant)
        {
            return MachineTypeOrder.NotComparable;
        }

        return CompareVersions(a, b) switch
        {
            < 0 => MachineTypeOrder.Older,
            > 0 => MachineTypeOrder.Newer,
            _ => MachineTypeOrder.Same,
        };
    }

    /// <summary>True when both are of one family and one vendor.</summary>
    public bool IsOfLineOf(MachineType other) => Family == other.Family && Vendor == other.Vendor;

    /// <summary>True when both are the same name.</summary>
    public bool Equals(MachineType? other) => other is not null && _name == other._name;

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_name);

    /// <summary>The name.</summary>
    public override string ToString() => _name;

    private static int CompareVersions(MachineType a, MachineType b)
    {
        for (var index = 0; index < Math.Max(a.Version.Count, b.Version.Count); index++)
        {
            var order = At(a, index).CompareTo(At(b, index));
            if (order != 0)
            {
                return order;
            }
        }

        return a._fix.CompareTo(b._fix);
    }

    private static int At(MachineType type, int index) => index < type.Version.Count ? type.Version[index] : 0;

    private static (string Variant, int Fix) Split(string suffix)
    {
        var parts = suffix.Split('-', StringSplitOptions.RemoveEmptyEntries);
        return (string.Join('-', parts.Where(part => FixOf(part) == 0)), parts.Sum(FixOf));
    }

    /// <summary>2 for v2; 0 for what is no fix.</summary>
    private static int FixOf(string part) =>
        part is ['v', .. { Length: <= 4 } number]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var fix)
            ? fix
            : 0;
}
