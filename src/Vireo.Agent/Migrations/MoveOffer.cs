using System.Text.Json.Serialization;

namespace Vireo.Agent;

/// <summary>What the host that a guest leaves tells the other one, before anything is sent.</summary>
/// <param name="Uid">The instance.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal sealed record MoveOffer(string Uid, string Namespace, string Name)
{
    /// <summary>The guest's disks as they are.</summary>
    public IReadOnlyList<OfferedDisk> Disks { get; init; } = [];

    /// <summary>True when the guest's reboot ends it.</summary>
    public bool EndsOnReboot { get; init; }

    /// <summary>The reboot that a user wanted last and that is not told yet.</summary>
    public RebootIntent? Reboot { get; init; }

    /// <summary>That its file systems are frozen, and until when.</summary>
    public FreezeNote? Freeze { get; init; }

    /// <summary>The instance, as one run.</summary>
    [JsonIgnore]
    public DomainId Id => new(new(Namespace, Name), Uid);
}

/// <summary>A disk of a guest that is to move.</summary>
/// <param name="Volume">The volume in the specification.</param>
/// <param name="Target">The name of the device, for example vda.</param>
/// <param name="Path">The file.</param>
/// <param name="SizeBytes">The size that the guest sees.</param>
/// <param name="BackingDigest">The digest of the image below; null without one.</param>
/// <param name="IsReadOnly">True when the guest cannot write it.</param>
/// <param name="Probe">
/// What a file beside the disk holds, whose name is the disk's with <see cref="SharedFile.Suffix"/>: who reads the same
/// there has the same disk. Null for disks that are in the guest's own folder.
/// </param>
internal sealed record OfferedDisk(
    string Volume,
    string Target,
    string Path,
    long SizeBytes,
    string? BackingDigest,
    bool IsReadOnly,
    string? Probe
);

/// <summary>What the other host answers.</summary>
/// <param name="StateFolder">Where it keeps what the guest has in its state folder.</param>
/// <param name="Disks">How it gets each disk.</param>
internal sealed record MoveTerms(string StateFolder, IReadOnlyList<DiskTerms> Disks)
{
    /// <summary>True when it takes the guest's memory and disks in plain text.</summary>
    public bool InPlainText { get; init; }

    /// <summary>
    /// Whether a channel goes in plain text: only when both hosts heard that the cluster asks for it, and never what
    /// the hypervisors agree on.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="isWanted">What the host that the guest leaves has heard.</param>
    public bool IsPlain(MoveChannel channel, bool isWanted) =>
        channel != MoveChannel.Control && InPlainText && isWanted;
}

/// <summary>How a disk gets to the other host.</summary>
internal sealed record DiskTerms(string Volume, string Target, DiskWay Way);

/// <summary>How a disk gets to the other host.</summary>
internal enum DiskWay
{
    /// <summary>It is there: both hosts have the same file, or the same image that nobody writes.</summary>
    Shared,

    /// <summary>It is sent while the guest moves; what is below it is there.</summary>
    Changes,

    /// <summary>All of it is sent while the guest moves.</summary>
    Whole,

    /// <summary>Nobody writes it: its file is copied before the guest moves.</summary>
    File,
}

/// <summary>How a guest stands on the host that was asked.</summary>
internal sealed record GuestAnswer(GuestPlace Place);

/// <summary>That a guest is to come here: on disk, so that what is in its folder is known for what it is.</summary>
/// <param name="MigrationUid">The move.</param>
/// <param name="MadeFiles">Disks outside the folder that are made for it.</param>
internal sealed record ArrivalNote(string MigrationUid, IReadOnlyList<string> MadeFiles);

/// <summary>How agents write what they tell each other about moves.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MoveOffer))]
[JsonSerializable(typeof(MoveTerms))]
[JsonSerializable(typeof(PlainTicket))]
[JsonSerializable(typeof(GuestAnswer))]
[JsonSerializable(typeof(ArrivalNote))]
internal sealed partial class MoveJson : JsonSerializerContext;
