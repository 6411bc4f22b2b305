namespace Vireo.Agent;

/// <summary>A volume that is ready on this host to be a guest's disk.</summary>
/// <param name="VolumeName">The volume in the specification.</param>
/// <param name="Path">The file.</param>
/// <param name="Format">raw or qcow2.</param>
/// <param name="ReadOnly">True when the file must not be written.</param>
/// <param name="SizeBytes">The size that the guest sees.</param>
/// <param name="BackingDigest">The digest of the image below an overlay; null without one.</param>
internal sealed record PreparedDisk(
    string VolumeName,
    string Path,
    string Format,
    bool ReadOnly,
    long SizeBytes,
    string? BackingDigest
);
