namespace Vireo.ApiServer;

/// <summary>Where it is written down who asked for what, and how much of it is kept.</summary>
/// <param name="Path">The file; older ones bear a number after its name.</param>
public sealed record AuditOptions(string Path)
{
    /// <summary>A file of this many bytes is put aside, and a new one begun.</summary>
    public long MaxBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>How many files that were put aside are kept.</summary>
    public int MaxBackups { get; init; } = 5;
}
