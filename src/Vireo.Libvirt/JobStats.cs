namespace Vireo.Libvirt;

/// <summary>Whether a long job, a migration for one, runs on a domain and how it ended.</summary>
public enum JobType
{
    None = 0,

    /// <summary>Runs, and the time left is known.</summary>
    Bounded = 1,

    /// <summary>Runs.</summary>
    Unbounded = 2,
    Completed = 3,
    Failed = 4,
    Cancelled = 5,
}

/// <summary>What the job does.</summary>
public enum JobOperation
{
    Unknown = 0,
    Start = 1,
    Save = 2,
    Restore = 3,
    MigrationIn = 4,
    MigrationOut = 5,
    Snapshot = 6,
    SnapshotRevert = 7,
    Dump = 8,
    Backup = 9,
    SnapshotDelete = 10,
}

/// <summary>How far a job is, or how it went. What this kind of job does not count is null.</summary>
/// <param name="Type">Whether it runs or how it ended.</param>
/// <param name="Parameters">All that libvirt says, by its names.</param>
public sealed record JobStats(JobType Type, TypedParameters Parameters)
{
    public JobOperation Operation => (JobOperation)(Parameters.Number("operation") ?? 0);

    public TimeSpan? Elapsed => Milliseconds("time_elapsed");

    /// <summary>How long the guest stood still; an estimate until the job is done.</summary>
    public TimeSpan? Downtime => Milliseconds("downtime");

    public long? DataTotalBytes => Parameters.Number("data_total");

    public long? DataProcessedBytes => Parameters.Number("data_processed");

    public long? DataRemainingBytes => Parameters.Number("data_remaining");

    public long? MemoryBytesPerSecond => Parameters.Number("memory_bps");

    /// <summary>How fast the guest dirties its memory, in pages of <see cref="MemoryPageBytes"/>.</summary>
    public long? MemoryDirtyPagesPerSecond => Parameters.Number("memory_dirty_rate");

    public long? MemoryPageBytes => Parameters.Number("memory_page_size");

    public long? MemoryIteration => Parameters.Number("memory_iteration");

    public long? MemoryTotalBytes => Parameters.Number("memory_total");

    public long? MemoryProcessedBytes => Parameters.Number("memory_processed");

    public long? MemoryRemainingBytes => Parameters.Number("memory_remaining");

    /// <summary>Of the disks that are copied.</summary>
    public long? DiskTotalBytes => Parameters.Number("disk_total");

    public long? DiskRemainingBytes => Parameters.Number("disk_remaining");

    /// <summary>libvirt's sentence when the job failed.</summary>
    public string? ErrorMessage => Parameters.Text("errmsg");

    private TimeSpan? Milliseconds(string name) =>
        Parameters.Number(name) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
