using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What the cluster's configuration says, or what holds when it says nothing.</summary>
public static class ClusterDefaults
{
    extension(KubeVirtConfiguration configuration)
    {
        /// <summary>The architecture of guests that name none.</summary>
        /// <remarks>The server fills the field with its own architecture, so the last resort is for tests.</remarks>
        public string GuestArchitecture =>
            configuration.ArchitectureConfiguration?.DefaultArchitecture is { Length: > 0 } given ? given : "amd64";

        /// <summary>vCPUs that share one processor of a host.</summary>
        public int VcpusPerProcessor => configuration.DeveloperConfiguration?.CpuAllocationRatio ?? 10;

        /// <summary>Guest memory as a percentage of what is claimed of the host for it.</summary>
        public int MemoryOvercommitPercent => configuration.DeveloperConfiguration?.MemoryOvercommit ?? 100;

        /// <summary>True when guests may run without KVM.</summary>
        public bool UsesEmulation => configuration.DeveloperConfiguration?.UseEmulation == true;

        /// <summary>The machine type of guests that name none.</summary>
        public string MachineTypeFor(string architecture) =>
            configuration.MachineType is { Length: > 0 } forAll ? forAll
            : configuration.For(architecture)?.MachineType is { Length: > 0 } given ? given
            : architecture switch
            {
                "arm64" => "virt",
                "s390x" => "s390-ccw-virtio",
                _ => "q35",
            };

        /// <summary>True when the administrator names the machine type of guests that name none.</summary>
        public bool NamesMachineTypeFor(string architecture) =>
            !string.IsNullOrEmpty(configuration.MachineType)
            || !string.IsNullOrEmpty(configuration.For(architecture)?.MachineType);

        /// <summary>True when an alias means at each start what it means on the host then.</summary>
        public bool LetsMachineTypesFloat => configuration.MachineTypePolicy == "Floating";

        /// <summary>Globs of the machine types that may be used.</summary>
        /// <remarks>
        /// KubeVirt does not allow i440fx by default. Vireo does: a machine that comes from elsewhere keeps the
        /// hardware its guest knows, and refusing it would force a change of chipset on the way in.
        /// </remarks>
        public IReadOnlyList<string> MachineTypeGlobsFor(string architecture) =>
            configuration.For(architecture)?.EmulatedMachines is { Count: > 0 } given
                ? given
                : architecture switch
                {
                    "arm64" => ["virt*"],
                    "s390x" => ["s390-ccw-virtio*"],
                    _ => ["q35*", "pc-q35*", "pc", "pc-i440fx*"],
                };

        internal ArchSpecificConfiguration? For(string architecture) =>
            architecture switch
            {
                "arm64" => configuration.ArchitectureConfiguration?.Arm64,
                "s390x" => configuration.ArchitectureConfiguration?.S390x,
                _ => configuration.ArchitectureConfiguration?.Amd64,
            };
    }
}
