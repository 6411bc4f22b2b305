using Vireo.Api;

namespace Vireo.Agent;

/// <summary>The hosts that the simulated hypervisor plays: large ones, of several distributions.</summary>
internal static class SimulatedHost
{
    private static readonly string[] OfDebian12 = ["6.2", "7.0", "7.1", "7.2"];

    /// <summary>Like a Debian 12.</summary>
    public static HostFacts Facts { get; } = Offering(new(7, 2, 0), Upstream(OfDebian12));

    /// <summary>Like a RHEL 9: all that is older than 9.0 is deprecated, i440fx with it.</summary>
    public static HostFacts Rhel9 { get; } =
        Offering(
            new(9, 1, 0),
            [
                .. Family("pc", "pc-i440fx", [], ["rhel7.6.0"]),
                .. Family(
                    "q35",
                    "pc-q35",
                    ["rhel9.0.0", "rhel9.2.0", "rhel9.4.0", "rhel9.6.0"],
                    ["rhel7.6.0", "rhel8.0.0", "rhel8.1.0", "rhel8.2.0", "rhel8.4.0", "rhel8.6.0"]
                ),
            ]
        );

    /// <summary>Like a RHEL 10: what RHEL 9 deprecates is gone, what is RHEL 9's own is deprecated.</summary>
    public static HostFacts Rhel10 { get; } =
        Offering(
            new(10, 0, 0),
            [
                .. Family("pc", "pc-i440fx", [], ["rhel10.0.0"]),
                .. Family("q35", "pc-q35", ["rhel10.0.0"], ["rhel9.0.0", "rhel9.2.0", "rhel9.4.0", "rhel9.6.0"]),
            ]
        );

    /// <summary>The host of a release: debian12, rhel9 or rhel10.</summary>
    /// <exception cref="InvalidOperationException">It is none of them.</exception>
    public static HostFacts Of(string release) =>
        release switch
        {
            "debian12" => Facts,
            "rhel9" => Rhel9,
            "rhel10" => Rhel10,
            _ => throw new InvalidOperationException(
                $"No simulated host is like {release}: choose debian12, rhel9 or rhel10."
            ),
        };

    /// <summary>A host with these machine types.</summary>
    public static HostFacts Offering(Version qemu, IReadOnlyList<HostMachineType> types) =>
        new()
        {
            Architecture = "amd64",
            Cpus = 1024,
            MemoryBytes = 64L << 40,
            LibvirtVersion = new(9, 0, 0),
            QemuVersion = qemu,
            HasKvm = true,
            HasTpmEmulator = true,
            EfiFirmware =
            [
                new("amd64", false, "/simulated", "/simulated"),
                new("amd64", true, "/simulated", "/simulated"),
            ],
            MachineTypes = types,
        };

    /// <summary>The types of QEMU's own versions, oldest first; q35 and pc mean the newest.</summary>
    public static IReadOnlyList<HostMachineType> Upstream(params string[] versions) =>
        [.. Family("q35", "pc-q35", versions, []), .. Family("pc", "pc-i440fx", versions, [])];

    private static IEnumerable<HostMachineType> Family(
        string alias,
        string board,
        string[] versions,
        string[] deprecated
    )
    {
        var newest = deprecated.Concat(versions).Last();
        return
        [
            Type(alias, $"{board}-{newest}", versions is [] ? true : null),
            .. deprecated.Select(version => Type($"{board}-{version}", null, isDeprecated: true)),
            .. versions.Select(version => Type($"{board}-{version}", null, null)),
        ];
    }

    private static HostMachineType Type(string name, string? canonical, bool? isDeprecated) =>
        new()
        {
            Name = name,
            Canonical = canonical,
            Architecture = "amd64",
            Deprecated = isDeprecated,
            MaxCpus = 288,
        };

    /// <summary>Its disks are names only.</summary>
    public static Task<IReadOnlyList<PreparedDisk>> PrepareDisksAsync(
        VirtualMachineInstance instance,
        string folder,
        CancellationToken ct
    ) =>
        Task.FromResult<IReadOnlyList<PreparedDisk>>([
            .. (instance.Spec.Volumes ?? []).Select(volume => new PreparedDisk(
                volume.Name,
                Path.Combine(folder, $"{volume.Name}.img"),
                "raw",
                ReadOnly: false,
                SizeBytes: 0,
                BackingDigest: null
            )),
        ]);
}
