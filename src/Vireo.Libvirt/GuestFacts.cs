using System.Globalization;

namespace Vireo.Libvirt;

/// <summary>What to ask the guest agent for.</summary>
[Flags]
public enum GuestFactKinds
{
    /// <summary>All that this agent can tell; what it cannot is left out without an error.</summary>
    Any = 0,
    Users = 1,
    Os = 2,
    Timezone = 4,
    Hostname = 8,
    FileSystems = 16,
}

/// <summary>
/// What the guest agent says about the guest. All of it comes from the guest and is as true as the guest is.
/// </summary>
/// <param name="Hostname">The guest's own name for itself.</param>
/// <param name="Os">The operating system, as its os-release says.</param>
/// <param name="Timezone">The time zone.</param>
/// <param name="Users">Who is logged in; null when that was not told.</param>
/// <param name="FileSystems">What is mounted; null when that was not told.</param>
public sealed record GuestFacts(
    string? Hostname,
    GuestOs? Os,
    GuestTimezone? Timezone,
    IReadOnlyList<GuestUser>? Users,
    IReadOnlyList<GuestFileSystem>? FileSystems
)
{
    internal static GuestFacts Of(TypedParameters told) =>
        new(
            told.Text("hostname"),
            told.Names.Any(name => name.StartsWith("os.", StringComparison.Ordinal)) ? GuestOs.Of(told) : null,
            told.Text("timezone.name") is { } zone
                ? new(zone, TimeSpan.FromSeconds(told.Number("timezone.offset") ?? 0))
                : null,
            told.Number("user.count") is null
                ? null
                : [.. told.Entries("user").Select(entry => GuestUser.Of(told, entry))],
            told.Number("fs.count") is null
                ? null
                : [.. told.Entries("fs").Select(entry => GuestFileSystem.Of(told, entry))]
        );
}

/// <summary>The guest's operating system; each part is null where the guest does not say.</summary>
public sealed record GuestOs
{
    /// <summary>Short name, <c>debian</c>.</summary>
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? PrettyName { get; init; }

    public string? Version { get; init; }

    public string? VersionId { get; init; }

    public string? Variant { get; init; }

    public string? VariantId { get; init; }

    /// <summary>The hardware name, <c>x86_64</c>.</summary>
    public string? Machine { get; init; }

    public string? KernelRelease { get; init; }

    public string? KernelVersion { get; init; }

    internal static GuestOs Of(TypedParameters told) =>
        new()
        {
            Id = told.Text("os.id"),
            Name = told.Text("os.name"),
            PrettyName = told.Text("os.pretty-name"),
            Version = told.Text("os.version"),
            VersionId = told.Text("os.version-id"),
            Variant = told.Text("os.variant"),
            VariantId = told.Text("os.variant-id"),
            Machine = told.Text("os.machine"),
            KernelRelease = told.Text("os.kernel-release"),
            KernelVersion = told.Text("os.kernel-version"),
        };
}

/// <summary>The guest's time zone.</summary>
/// <param name="Name">Its name, <c>CET</c>.</param>
/// <param name="Offset">Its distance from UTC.</param>
public sealed record GuestTimezone(string Name, TimeSpan Offset);

/// <summary>Somebody logged in to the guest.</summary>
/// <param name="Name">The user name.</param>
/// <param name="Domain">The Windows domain, where there is one.</param>
/// <param name="LoggedInAt">Since when, by the guest's clock.</param>
public sealed record GuestUser(string Name, string? Domain, DateTimeOffset? LoggedInAt)
{
    internal static GuestUser Of(TypedParameters told, string entry) =>
        new(
            told.Text($"{entry}name") ?? "",
            told.Text($"{entry}domain"),
            told.Number($"{entry}login-time") is { } milliseconds
                ? DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds)
                : null
        );
}

/// <summary>A file system mounted in the guest.</summary>
/// <param name="MountPoint">Where.</param>
/// <param name="Device">What, as the guest names it.</param>
/// <param name="Type"><c>ext4</c>.</param>
/// <param name="TotalBytes">Its size, where the guest tells it.</param>
/// <param name="UsedBytes">How much of it is taken.</param>
/// <param name="DiskTargets">The domain's disks it lies on, by their targets (<c>vda</c>).</param>
public sealed record GuestFileSystem(
    string MountPoint,
    string? Device,
    string? Type,
    long? TotalBytes,
    long? UsedBytes,
    IReadOnlyList<string> DiskTargets
)
{
    internal static GuestFileSystem Of(TypedParameters told, string entry) =>
        new(
            told.Text($"{entry}mountpoint") ?? "",
            told.Text($"{entry}name"),
            told.Text($"{entry}fstype"),
            told.Number($"{entry}total-bytes"),
            told.Number($"{entry}used-bytes"),
            [.. told.Entries($"{entry}disk").Select(disk => told.Text($"{disk}alias")).OfType<string>()]
        );
}

/// <summary>The vCPUs as the guest itself numbers them.</summary>
/// <param name="Known">All that it knows of.</param>
/// <param name="Online">Those that it uses.</param>
public sealed record GuestVcpus(IReadOnlyList<int> Known, IReadOnlyList<int> Online)
{
    internal static GuestVcpus Of(TypedParameters told) =>
        new(Numbers(told.Text("vcpus") ?? ""), Numbers(told.Text("online") ?? ""));

    /// <summary>Reads a set as libvirt writes it, <c>0-3,5</c>.</summary>
    private static List<int> Numbers(string set) =>
        [
            .. set.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(range => Array.ConvertAll(range.Split('-'), Number))
                .SelectMany(range => Enumerable.Range(range[0], range[^1] - range[0] + 1)),
        ];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
