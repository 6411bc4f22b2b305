using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>Machines on the shelf, and instances on their way there.</summary>
internal static class Shelves
{
    public const string Image = $"vireo-shelved/default/web:{Samples.InstanceUid}";

    /// <summary>What a host reports once it has saved the disks.</summary>
    public static SavedDisks Report { get; } =
        new()
        {
            Image = Image,
            Host = "node1",
            MachineType = "pc-q35-7.2",
            SavedAt = Samples.Now,
            Volumes = [new() { Name = "root", SizeBytes = 1024 }],
        };

    /// <summary>What the machine then remembers.</summary>
    public static SavedDisks Saved { get; } =
        Report with
        {
            Volumes =
            [
                new()
                {
                    Name = "root",
                    SizeBytes = 1024,
                    From = "quay.io/vireo/tiny:1.0",
                },
            ],
        };

    public static VirtualMachine Shelving(VirtualMachine machine) =>
        In(machine, new() { State = "Shelving", Instance = Samples.InstanceUid });

    public static VirtualMachine In(VirtualMachine machine, ShelvedState? state, SavedDisks? saved = null) =>
        machine with
        {
            Status = (machine.Status ?? new()) with { Shelved = state, SavedDisks = saved },
        };

    /// <summary>An instance that was told that its disks are to be saved.</summary>
    public static VirtualMachineInstance Marked(VirtualMachineInstance instance) =>
        instance with
        {
            Metadata = instance.Metadata with
            {
                Annotations = new Dictionary<string, string>(
                    instance.Metadata.Annotations ?? new Dictionary<string, string>()
                )
                {
                    [KubeVirtNames.SaveDisksAnnotation] = "true",
                },
            },
            Status = (instance.Status ?? new()) with { NodeName = "node1" },
        };

    public static VirtualMachineInstance Reported(VirtualMachineInstance instance, SavedDisks? report = null) =>
        instance with
        {
            Status = instance.Status! with { SavedDisks = report ?? Report },
        };
}
