using System.Globalization;
using System.Text.RegularExpressions;

namespace Vireo.Api;

/// <summary>Reads the names of machine types.</summary>
/// <remarks>
/// A name is a scheme, and behind it a version: <c>9.2</c> upstream, <c>rhel9.6.0</c> of Red Hat, <c>noble</c> of
/// Ubuntu (which carried an upstream version before it once: <c>1.0-precise</c>), and then a suffix. What is behind a
/// scheme and is none of these is a suffix without a version: such a name is used, but not compared.
/// </remarks>
internal static partial class MachineTypeReader
{
    // The longest of those that begin alike comes first.
    private static readonly (string Scheme, string Family)[] Schemes =
    [
        ("pc-i440fx", "pc"),
        ("pc-q35", "q35"),
        ("pc", "pc"),
        ("virt", "virt"),
        ("s390-ccw-virtio", "s390-ccw-virtio"),
        ("pseries", "pseries"),
    ];

    private static readonly (string Name, string Family, string Vendor)[] Aliases =
    [
        ("pc", "pc", ""),
        ("q35", "q35", ""),
        ("virt", "virt", ""),
        ("s390-ccw-virtio", "s390-ccw-virtio", ""),
        ("pseries", "pseries", ""),
        ("ubuntu", "pc", MachineType.Ubuntu),
        ("ubuntu-q35", "q35", MachineType.Ubuntu),
    ];

    public static MachineType? Read(string? text)
    {
        if (text is null || !Name().IsMatch(text))
        {
            return null;
        }

        if (Aliases.FirstOrDefault(alias => alias.Name == text) is { Name: not null } known)
        {
            return new(text, text, known.Family, known.Vendor, [], "", isAlias: true);
        }

        // Red Hat's names before RHEL 7 have no scheme: rhel6.5.0.
        if (Numbers(text, MachineType.RedHat) is { } old)
        {
            return new(text, MachineType.RedHat, "pc", MachineType.RedHat, old.Version, old.Suffix, isAlias: false);
        }

        var (scheme, family) = Schemes.FirstOrDefault(scheme =>
            text.StartsWith($"{scheme.Scheme}-", StringComparison.Ordinal)
        );
        return scheme is null
            ? new(text, text, text, "", [], "", isAlias: false)
            : Versioned(text, scheme, family, text[(scheme.Length + 1)..]);
    }

    private static MachineType Versioned(string text, string scheme, string family, string rest)
    {
        if (Numbers(rest, MachineType.RedHat) is { } redHat)
        {
            return new(text, scheme, family, MachineType.RedHat, redHat.Version, redHat.Suffix, isAlias: false);
        }

        if (CodeName(rest) is { } ubuntu)
        {
            return new(text, scheme, family, MachineType.Ubuntu, ubuntu.Version, ubuntu.Suffix, isAlias: false);
        }

        return Numbers(rest, "") is not { } upstream ? new(text, scheme, family, "", [], $"-{rest}", isAlias: false)
            : OldUbuntu(upstream.Suffix) is { } old
                ? new(text, scheme, family, MachineType.Ubuntu, old.Version, old.Suffix, isAlias: false)
            : new(text, scheme, family, "", upstream.Version, upstream.Suffix, isAlias: false);
    }

    /// <summary>Numbers behind a word, and what follows them: nothing, or a suffix with its dash.</summary>
    private static (IReadOnlyList<int> Version, string Suffix)? Numbers(string text, string word)
    {
        var match = text.StartsWith(word, StringComparison.Ordinal) ? Version().Match(text[word.Length..]) : null;
        if (match is not { Success: true })
        {
            return null;
        }

        int[] version =
        [
            .. match.Groups["numbers"].Value.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)),
        ];
        return (version, match.Groups["rest"].Value);
    }

    private static (IReadOnlyList<int> Version, string Suffix)? CodeName(string text)
    {
        var end = text.IndexOf('-', StringComparison.Ordinal);
        var (name, rest) = end < 0 ? (text, "") : (text[..end], text[end..]);
        return UbuntuReleases.VersionOf(name) is { } version ? (version, rest) : null;
    }

    // Ubuntu named its first types by the upstream version as well, and the one of precise's qemu-kvm without release.
    private static (IReadOnlyList<int> Version, string Suffix)? OldUbuntu(string suffix) =>
        suffix.Length == 0 ? null
        : suffix == "-qemu-kvm" ? (UbuntuReleases.VersionOf("precise")!, suffix)
        : CodeName(suffix[1..]);

    [GeneratedRegex(@"^[A-Za-z0-9][-A-Za-z0-9._]{0,99}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Name();

    [GeneratedRegex(
        @"^(?<numbers>(0|[1-9][0-9]{0,7})(\.(0|[1-9][0-9]{0,7})){1,3})(?<rest>(-[-A-Za-z0-9._]+)?)\z",
        RegexOptions.ExplicitCapture,
        Timeout.Infinite
    )]
    private static partial Regex Version();
}
