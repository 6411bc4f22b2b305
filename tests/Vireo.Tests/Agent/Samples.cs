using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

/// <summary>Instances and hosts that tests start from.</summary>
internal static class Samples
{
    public static HostFacts Host { get; } =
        new()
        {
            Architecture = "amd64",
            Cpus = 4,
            MemoryBytes = 8L << 30,
            LibvirtVersion = new(9, 0, 0),
            QemuVersion = new(7, 2, 22),
            HasKvm = false,
            HasTpmEmulator = true,
            EfiFirmware =
            [
                new("amd64", false, "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
                new("amd64", true, "/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
            ],
            MachineTypes =
            [
                new()
                {
                    Name = "q35",
                    Canonical = "pc-q35-7.2",
                    Architecture = "amd64",
                    MaxCpus = 288,
                },
                new()
                {
                    Name = "pc-q35-7.2",
                    Architecture = "amd64",
                    MaxCpus = 288,
                },
                new()
                {
                    Name = "pc-i440fx-1.4",
                    Architecture = "amd64",
                    MaxCpus = 255,
                    Deprecated = true,
                },
            ],
        };

    public static DomainPaths Paths { get; } =
        new(
            "/state/instances/u/console.sock",
            "/state/instances/u/console.log",
            "/state/instances/u/vnc.sock",
            "/state/instances/u/efi-vars.fd",
            "/state/firmware/u.fd",
            "vireo"
        );

    /// <summary>The least that admission lets through, with its defaults filled in.</summary>
    public static VirtualMachineInstance Instance { get; } =
        new()
        {
            Metadata = new()
            {
                Name = "tiny",
                Namespace = "default",
                Uid = "11111111-2222-3333-4444-555555555555",
                Annotations = new Dictionary<string, string> { ["kubevirt.io/vm-generation"] = "3" },
                Finalizers = ["kubevirt.io/foregroundDeleteVirtualMachine"],
            },
            Spec = new()
            {
                Architecture = "amd64",
                Domain = new()
                {
                    Cpu = new()
                    {
                        Cores = 1,
                        Sockets = 1,
                        Threads = 1,
                        Model = "host-model",
                    },
                    Memory = new() { Guest = Quantity.Parse("128Mi") },
                    Machine = new() { Type = "q35" },
                    Firmware = new() { Uuid = "5d307ca9-b3ef-428c-8861-06e72d69f223" },
                    Devices = new()
                    {
                        Disks =
                        [
                            new()
                            {
                                Name = "root",
                                DiskDevice = new() { Bus = "virtio" },
                            },
                        ],
                        Interfaces = [new() { Name = "default", Masquerade = new() }],
                    },
                },
                Networks = [new() { Name = "default", Pod = new() }],
                Volumes =
                [
                    new()
                    {
                        Name = "root",
                        ContainerDisk = new() { Image = "tiny-guest:v1" },
                    },
                ],
            },
            Status = new() { Phase = VirtualMachineInstancePhase.Scheduled, NodeName = "node1" },
        };

    public static IReadOnlyList<PreparedDisk> Disks { get; } =
    [Disk("root"), Disk("data"), Disk("cd", readOnly: true), Disk("usb"), Disk("scsi")];

    public static DomainInput Input(VirtualMachineInstance? instance = null) =>
        new(instance ?? Instance, Host, Disks, Paths, UseEmulation: false);

    public static VirtualMachineInstance With(Func<DomainSpec, DomainSpec> change) =>
        Instance with
        {
            Spec = Instance.Spec with { Domain = change(Instance.Spec.Domain) },
        };

    public static VirtualMachineInstance WithDevices(Func<Devices, Devices> change) =>
        With(domain => domain with { Devices = change(domain.Devices) });

    private static PreparedDisk Disk(string name, bool readOnly = false) =>
        new(name, $"/state/instances/u/{name}.img", readOnly ? "raw" : "qcow2", readOnly, 1 << 20, null);
}
