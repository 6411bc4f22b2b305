namespace Vireo.Agent;

/// <summary>A guest that is to come.</summary>
internal sealed class Arrival(DomainId id, string migrationUid, string source, InstanceFolder folder)
{
    private readonly CancellationTokenSource _ended = new();

    public DomainId Id { get; } = id;

    public string MigrationUid { get; } = migrationUid;

    /// <summary>The host that it comes from.</summary>
    public string Source { get; } = source;

    public InstanceFolder Folder { get; } = folder;

    public Task Preparing { get; set; } = Task.CompletedTask;

    public bool IsReady { get; set; }

    public string? Fault { get; set; }

    public IReadOnlyList<PreparedDisk> Disks { get; set; } = [];

    public IReadOnlyList<DiskTerms> Terms { get; set; } = [];

    /// <summary>Cancelled when it is not to come any more, or is here.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Its disk, by the name that its device has in a domain.</summary>
    public PreparedDisk? DiskOf(string volume) =>
        Disks.FirstOrDefault(disk => XmlParts.AliasOf(disk.VolumeName) == XmlParts.AliasOf(volume));

    public void End() => _ended.Cancel();
}
