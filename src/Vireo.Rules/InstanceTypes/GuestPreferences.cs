using Vireo.Api;
using static Vireo.Rules.GuestPreferences.Traits;

namespace Vireo.Rules;

/// <summary>The preferences of <see cref="CommonInstanceTypes"/>: one line for each guest system.</summary>
internal static class GuestPreferences
{
    /// <summary>What sets a guest system apart.</summary>
    [Flags]
    internal enum Traits
    {
        /// <summary>Nothing: BIOS, devices that every system knows.</summary>
        Plain = 0,

        /// <summary>It has drivers for virtio devices.</summary>
        Virtio = 1,

        /// <summary>It starts by EFI.</summary>
        Efi = 2,

        /// <summary>It starts by EFI and wants signed boot loaders.</summary>
        SecureBoot = 4,

        /// <summary>It is a Windows.</summary>
        Windows = 8,

        /// <summary>It wants a security module.</summary>
        Tpm = 16,

        /// <summary>Its vCPUs are cores of one socket: it counts sockets against its licence.</summary>
        Cores = 32,

        /// <summary>It has a desktop.</summary>
        Desktop = 64,
    }

    // Name, title, vCPUs and memory required, architecture, traits.
    private static readonly Guest[] Guests =
    [
        new("alpine", "Alpine Linux", 1, "512Mi", Virtio),
        new("centos.stream8", "CentOS Stream 8", 1, "1536Mi", Virtio),
        new("centos.stream8.desktop", "CentOS Stream 8 with a desktop", 2, "2Gi", Virtio | Desktop),
        new("centos.stream9", "CentOS Stream 9", 1, "1536Mi", Virtio | Efi),
        new("centos.stream9.desktop", "CentOS Stream 9 with a desktop", 2, "2Gi", Virtio | Efi | Desktop),
        new("centos.stream10", "CentOS Stream 10", 1, "1536Mi", Virtio | Efi),
        new("centos.stream10.desktop", "CentOS Stream 10 with a desktop", 2, "2Gi", Virtio | Efi | Desktop),
        new("cirros", "CirrOS", 1, "256Mi", Virtio),
        new("debian", "Debian", 1, "1Gi", Virtio | Efi),
        new("fedora", "Fedora", 1, "1Gi", Virtio | Efi),
        new("fedora.arm64", "Fedora on 64-bit ARM", 1, "1Gi", Virtio | Efi) { Architecture = "arm64" },
        new("fedora.s390x", "Fedora on IBM Z", 1, "1Gi", Virtio) { Architecture = "s390x" },
        new("legacy", "Older systems", 1, "512Mi", Plain),
        new("linux", "Linux", 1, "512Mi", Virtio),
        new("linux.efi", "Linux that starts by EFI", 1, "512Mi", Virtio | Efi),
        new("opensuse.leap", "openSUSE Leap", 1, "1536Mi", Virtio | Efi),
        new("opensuse.tumbleweed", "openSUSE Tumbleweed", 1, "1Gi", Virtio | Efi),
        new("oraclelinux", "Oracle Linux", 1, "1536Mi", Virtio | Efi),
        new("rhel.7", "Red Hat Enterprise Linux 7", 1, "1536Mi", Virtio),
        new("rhel.7.desktop", "Red Hat Enterprise Linux 7 with a desktop", 2, "2Gi", Virtio | Desktop),
        new("rhel.8", "Red Hat Enterprise Linux 8", 1, "1536Mi", Virtio),
        new("rhel.8.desktop", "Red Hat Enterprise Linux 8 with a desktop", 2, "2Gi", Virtio | Desktop),
        new("rhel.9", "Red Hat Enterprise Linux 9", 1, "1536Mi", Virtio | Efi),
        new("rhel.9.arm64", "Red Hat Enterprise Linux 9 on 64-bit ARM", 1, "1536Mi", Virtio | Efi)
        {
            Architecture = "arm64",
        },
        new("rhel.9.desktop", "Red Hat Enterprise Linux 9 with a desktop", 2, "2Gi", Virtio | Efi | Desktop),
        new("rhel.9.s390x", "Red Hat Enterprise Linux 9 on IBM Z", 1, "1536Mi", Virtio) { Architecture = "s390x" },
        new("rhel.10", "Red Hat Enterprise Linux 10", 1, "1536Mi", Virtio | Efi),
        new("rhel.10.arm64", "Red Hat Enterprise Linux 10 on 64-bit ARM", 1, "1536Mi", Virtio | Efi)
        {
            Architecture = "arm64",
        },
        new("sles", "SUSE Linux Enterprise Server", 1, "1Gi", Virtio | Efi),
        new("ubuntu", "Ubuntu", 1, "1Gi", Virtio | Efi),
        new("windows.10", "Windows 10", 1, "2Gi", Windows | Cores),
        new("windows.10.virtio", "Windows 10 with virtio drivers", 1, "2Gi", Windows | Virtio | Cores),
        new("windows.11", "Windows 11", 2, "4Gi", Windows | SecureBoot | Tpm | Cores),
        new(
            "windows.11.virtio",
            "Windows 11 with virtio drivers",
            2,
            "4Gi",
            Windows | Virtio | SecureBoot | Tpm | Cores
        ),
        new("windows.2k16", "Windows Server 2016", 1, "512Mi", Windows),
        new("windows.2k16.virtio", "Windows Server 2016 with virtio drivers", 1, "512Mi", Windows | Virtio),
        new("windows.2k19", "Windows Server 2019", 1, "512Mi", Windows),
        new("windows.2k19.virtio", "Windows Server 2019 with virtio drivers", 1, "512Mi", Windows | Virtio),
        new("windows.2k22", "Windows Server 2022", 1, "512Mi", Windows | SecureBoot | Tpm),
        new(
            "windows.2k22.virtio",
            "Windows Server 2022 with virtio drivers",
            1,
            "512Mi",
            Windows | Virtio | SecureBoot | Tpm
        ),
        new("windows.2k25", "Windows Server 2025", 1, "2Gi", Windows | SecureBoot | Tpm),
        new(
            "windows.2k25.virtio",
            "Windows Server 2025 with virtio drivers",
            1,
            "2Gi",
            Windows | Virtio | SecureBoot | Tpm
        ),
    ];

    private static FeatureState On { get; } = new();

    private static ClockPreferences WindowsClock { get; } =
        new()
        {
            PreferredClockOffset = new() { Utc = new() },
            PreferredTimer = new()
            {
                Hpet = new() { Present = false },
                Hyperv = new(),
                Pit = new() { TickPolicy = "delay" },
                Rtc = new() { TickPolicy = "catchup" },
            },
        };

    /// <summary>The preferences.</summary>
    public static IReadOnlyList<VirtualMachineClusterPreference> All { get; } = [.. Guests.Select(PreferenceOf)];

    private static VirtualMachineClusterPreference PreferenceOf(Guest guest)
    {
        var system = guest.Is(Windows) ? "windows" : "linux";
        return new()
        {
            Metadata = new()
            {
                Name = guest.Name,
                Labels = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [CommonInstanceTypes.VersionLabel] = CommonInstanceTypes.Version,
                    [$"{CommonInstanceTypes.Prefix}os-type"] = system,
                    [$"{CommonInstanceTypes.Prefix}vendor"] = CommonInstanceTypes.Vendor,
                },
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [$"{CommonInstanceTypes.Prefix}displayName"] = guest.Title,
                    [$"{CommonInstanceTypes.Prefix}description"] = $"What suits a guest with {guest.Title}.",
                },
            },
            Spec = new()
            {
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["vm.kubevirt.io/os"] = system },
                Clock = guest.Is(Windows) ? WindowsClock : null,
                Cpu = guest.Is(Cores) ? new() { PreferredCPUTopology = "cores" } : null,
                Devices = DevicesOf(guest),
                Features = FeaturesOf(guest),
                Firmware =
                    guest.Is(SecureBoot)
                        ? new()
                        {
                            PreferredEfi = new() { SecureBoot = true, Persistent = guest.Is(Tpm) ? true : null },
                        }
                    : guest.Is(Efi) ? new() { PreferredEfi = new() { SecureBoot = false } }
                    : null,
                PreferredArchitecture = guest.Architecture,
                PreferredTerminationGracePeriodSeconds = guest.Is(Windows) ? 3600 : 180,
                Requirements = new()
                {
                    Architecture = guest.Architecture,
                    Cpu = new() { Guest = guest.Vcpus },
                    Memory = new() { Guest = Quantity.Parse(guest.Memory) },
                },
            },
        };
    }

    private static DevicePreferences DevicesOf(Guest guest) =>
        new()
        {
            PreferredDiskBus = guest.Is(Virtio) ? "virtio" : "sata",
            PreferredInterfaceModel =
                guest.Is(Virtio) ? "virtio"
                : guest.Is(Windows) ? "e1000e"
                : "e1000",
            PreferredRng = guest.Is(Virtio) ? new() : null,
            PreferredInputBus =
                !guest.Is(Windows) && !guest.Is(Desktop) ? null
                : guest.Is(Virtio) && !guest.Is(Windows) ? "virtio"
                : "usb",
            PreferredInputType = guest.Is(Windows) || guest.Is(Desktop) ? "tablet" : null,
            PreferredAutoattachInputDevice = guest.Is(Windows) || guest.Is(Desktop) ? true : null,
            PreferredTPM = guest.Is(Tpm) ? new() { Persistent = true } : null,
            PreferredVideoType = guest.Is(Desktop) ? "virtio" : null,
        };

    private static FeaturePreferences? FeaturesOf(Guest guest) =>
        !guest.Is(Windows)
            ? null
            : new()
            {
                PreferredAcpi = On,
                PreferredApic = new(),
                PreferredSmm = guest.Is(SecureBoot) ? On : null,
                PreferredHyperv = new()
                {
                    Frequencies = On,
                    Ipi = On,
                    Relaxed = On,
                    Reset = On,
                    Runtime = On,
                    Spinlocks = new() { Spinlocks = 8191 },
                    Synic = On,
                    Synictimer = new() { Direct = On },
                    Tlbflush = new(),
                    Vapic = On,
                    Vpindex = On,
                },
            };

    private sealed record Guest(string Name, string Title, long Vcpus, string Memory, Traits Traits)
    {
        public string? Architecture { get; init; }

        public bool Is(Traits traits) => Traits.HasFlag(traits);
    }
}
