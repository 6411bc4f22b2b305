using Vireo.Libvirt.Native;

namespace Vireo.Libvirt;

/// <summary>libvirt's <c>virDomainMigrateFlags</c>.</summary>
[Flags]
public enum MigrateFlags
{
    None = 0,

    /// <summary>The guest keeps running meanwhile.</summary>
    Live = 1,

    /// <summary>The source's daemon talks to the target's; the client only watches.</summary>
    PeerToPeer = 2,
    Tunnelled = 4,
    PersistDestination = 8,
    UndefineSource = 16,
    Paused = 32,
    NonSharedDisk = 64,
    NonSharedIncremental = 128,
    ChangeProtection = 256,

    /// <summary>Disks are shared though libvirt cannot see that they are.</summary>
    Unsafe = 512,
    Offline = 1024,
    Compressed = 2048,
    AbortOnError = 4096,
    AutoConverge = 8192,
    PostCopy = 32768,
    Tls = 65536,
    Parallel = 131072,
    PostCopyResume = 524288,
}

/// <summary>What a migration may be told; null leaves it to libvirt.</summary>
public sealed record MigrateParameters
{
    /// <summary>Where the memory goes, when not where the target's own configuration says.</summary>
    public string? MigrateUri { get; init; }

    public string? DestinationName { get; init; }

    /// <summary>The domain as the target shall start it. What the guest sees must be the same.</summary>
    public string? DestinationXml { get; init; }

    public string? PersistentXml { get; init; }

    /// <summary>MiB a second.</summary>
    public long? BandwidthMiB { get; init; }

    public int? ParallelConnections { get; init; }

    /// <summary>Where the disks go that are copied: <c>unix:///path</c> or <c>tcp://host:port</c>.</summary>
    public string? DisksUri { get; init; }

    /// <summary>The disks that are copied, by the names of their devices; null for all that can be written.</summary>
    public IReadOnlyList<string>? Disks { get; init; }

    internal TypedParametersBuilder Build()
    {
        var built = new TypedParametersBuilder();
        built.Add("migrate_uri", MigrateUri);
        built.Add("destination_name", DestinationName);
        built.Add("destination_xml", DestinationXml);
        built.Add("persistent_xml", PersistentXml);
        built.Add("bandwidth", BandwidthMiB);
        built.Add("parallel.connections", ParallelConnections);
        built.Add("disks_uri", DisksUri);
        foreach (var disk in Disks ?? [])
        {
            built.Add("migrate_disks", disk);
        }

        return built;
    }
}
