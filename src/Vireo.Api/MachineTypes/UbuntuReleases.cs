using System.Collections.Frozen;

namespace Vireo.Api;

/// <summary>Ubuntu's releases by code name: the only order that its machine types have.</summary>
internal static class UbuntuReleases
{
    private static readonly FrozenDictionary<string, (int Year, int Month)> Releases = new Dictionary<
        string,
        (int, int)
    >
    {
        ["precise"] = (12, 4),
        ["quantal"] = (12, 10),
        ["raring"] = (13, 4),
        ["saucy"] = (13, 10),
        ["trusty"] = (14, 4),
        ["utopic"] = (14, 10),
        ["vivid"] = (15, 4),
        ["wily"] = (15, 10),
        ["xenial"] = (16, 4),
        ["yakkety"] = (16, 10),
        ["zesty"] = (17, 4),
        ["artful"] = (17, 10),
        ["bionic"] = (18, 4),
        ["cosmic"] = (18, 10),
        ["disco"] = (19, 4),
        ["eoan"] = (19, 10),
        ["focal"] = (20, 4),
        ["groovy"] = (20, 10),
        ["hirsute"] = (21, 4),
        ["impish"] = (21, 10),
        ["jammy"] = (22, 4),
        ["kinetic"] = (22, 10),
        ["lunar"] = (23, 4),
        ["mantic"] = (23, 10),
        ["noble"] = (24, 4),
        ["oracular"] = (24, 10),
        ["plucky"] = (25, 4),
        ["questing"] = (25, 10),
        ["resolute"] = (26, 4),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The version of a release, for example 24.4 for noble; null for a name that is none.</summary>
    public static IReadOnlyList<int>? VersionOf(string codeName) =>
        Releases.TryGetValue(codeName, out var release) ? [release.Year, release.Month] : null;
}
