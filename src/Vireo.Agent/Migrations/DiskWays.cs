namespace Vireo.Agent;

/// <summary>Decides how each disk of a guest gets to the host that it moves to. Pure.</summary>
internal static class DiskWays
{
    /// <summary>The way of one disk.</summary>
    /// <param name="offered">The disk as it is.</param>
    /// <param name="found">What the other host has in its place.</param>
    /// <returns>The way, or why there is none.</returns>
    public static (DiskWay Way, string? Fault) Of(OfferedDisk offered, FoundDisk found) =>
        (offered, found) switch
        {
            (_, { IsShared: true }) => (DiskWay.Shared, null),
            (_, { IsForeign: true }) => (
                default,
                $"Volume {offered.Volume}: {offered.Path} is on both hosts and is not the same file; put it on storage "
                    + "that both share, or remove the one on the host that the guest is to move to."
            ),
            ({ IsReadOnly: true, BackingDigest: null }, _) => (DiskWay.File, null),
            (_, { SizeBytes: var size }) when size != offered.SizeBytes => (default, Differs(offered)),
            ({ IsReadOnly: true }, _) => offered.BackingDigest == found.BackingDigest
                ? (DiskWay.Shared, null)
                : (default, Differs(offered)),
            _ => (offered.BackingDigest == found.BackingDigest ? DiskWay.Changes : DiskWay.Whole, null),
        };

    /// <summary>
    /// True when only the top of the disks is sent. What is below one may be missing: then all are sent whole.
    /// </summary>
    public static bool SendsChangesOnly(IEnumerable<DiskTerms> disks) => disks.All(disk => disk.Way != DiskWay.Whole);

    private static string Differs(OfferedDisk offered) =>
        $"Volume {offered.Volume}: the image below it is another one on the host that the guest is to move to; load "
        + "the same image there, or name it by its digest.";
}

/// <summary>What a host has in the place of a disk that is to come.</summary>
/// <param name="SizeBytes">The size that the guest would see.</param>
/// <param name="BackingDigest">The digest of the image below; null without one.</param>
/// <param name="IsShared">True when it is the very file that the other host has.</param>
/// <param name="IsForeign">True when it was there before and is another file.</param>
internal sealed record FoundDisk(long SizeBytes, string? BackingDigest, bool IsShared, bool IsForeign);
