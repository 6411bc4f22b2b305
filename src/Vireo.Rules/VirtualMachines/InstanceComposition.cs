using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Makes the instance that a virtual machine is to run.</summary>
public static class InstanceComposition
{
    /// <summary>The instance to create. Its defaults are filled when it is created, not here.</summary>
    /// <remarks>
    /// The guest's identity (SMBIOS UUID) is the virtual machine's own, so that each of its instances shows the guest
    /// the same: addresses and cloud-init's instance id are made from it. Its machine type is the recorded one. Disks
    /// that were saved when it was shelved are taken from there.
    /// </remarks>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="paused">True when the guest is to wait before its first instruction.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="hosts">The hosts, which know what machine types images name; null where they are not at hand.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static VirtualMachineInstance Compose(
        VirtualMachine machine,
        bool paused,
        KubeVirtConfiguration? configuration = null,
        IReadOnlyList<Host>? hosts = null,
        string? preference = null
    )
    {
        var template = machine.Spec.Template;
        var spec = SavedImages.Restore(template.Spec, machine.Status?.SavedDisks);
        var firmware = template.Spec.Domain.Firmware ?? new();
        var type = MachineTypeRecords.ForNextBoot(machine, configuration ?? new(), hosts, preference);
        return new()
        {
            Metadata = new()
            {
                Name = machine.Metadata.Name,
                Namespace = machine.Metadata.Namespace,
                Labels = template.Metadata?.Labels,
                Annotations = new Dictionary<string, string>(
                    (template.Metadata?.Annotations ?? NoAnnotations)
                        .Where(pair => pair.Key != KubeVirtNames.SaveDisksAnnotation)
                        .Concat(InstanceTypeRevisions.AnnotationsOf(machine.Status))
                        .DistinctBy(pair => pair.Key)
                )
                {
                    [KubeVirtNames.GenerationAnnotation] = (machine.Metadata.Generation ?? 1).ToString(
                        CultureInfo.InvariantCulture
                    ),
                    [KubeVirtNames.StartSerialAnnotation] = (machine.Status?.StartSerial ?? 0).ToString(
                        CultureInfo.InvariantCulture
                    ),
                },
                OwnerReferences = [OwnerOf(machine)],
                Finalizers = [KubeVirtNames.VirtualMachineFinalizer],
            },
            Spec = spec with
            {
                StartStrategy = paused ? "Paused" : template.Spec.StartStrategy,
                Domain = template.Spec.Domain with
                {
                    Machine = type is null ? template.Spec.Domain.Machine : new() { Type = type },
                    Firmware = string.IsNullOrEmpty(firmware.Uuid)
                        ? firmware with
                        {
                            Uuid = machine.Metadata.Uid,
                        }
                        : firmware,
                },
            },
            Status = new() { VirtualMachineRevisionName = StartRevision.NameOf(machine) },
        };
    }

    /// <summary>The machine's spec with all that its next instance would be given, as a manifest.</summary>
    /// <remarks>
    /// Identity and addresses that it does not name stay open: a machine made from the manifest has its own. Its
    /// machine type is the one that it names, else that of its next boot.
    /// </remarks>
    /// <param name="machine">The virtual machine; where it names types, expanded.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="hosts">The hosts, which know what machine types images name.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static VirtualMachineSpec WriteOut(
        VirtualMachine machine,
        KubeVirtConfiguration configuration,
        IReadOnlyList<Host> hosts,
        string? preference = null
    )
    {
        var template = machine.Spec.Template;
        var domain = template.Spec.Domain;
        if (
            string.IsNullOrEmpty(domain.Machine?.Type)
            && MachineTypeRecords.ForNextBoot(machine, configuration, hosts, preference) is { } type
        )
        {
            domain = domain with { Machine = new() { Type = type } };
        }

        return machine.Spec with
        {
            Template = template with
            {
                Spec = InstanceDefaults.Fill(template.Spec with { Domain = domain }, configuration, identity: null),
            },
        };
    }

    /// <summary>Makes a virtual machine the owner of its instance.</summary>
    public static OwnerReference OwnerOf(VirtualMachine machine) =>
        new()
        {
            ApiVersion = "kubevirt.io/v1",
            Kind = "VirtualMachine",
            Name = machine.Metadata.Name!,
            Uid = machine.Metadata.Uid!,
            Controller = true,
            BlockOwnerDeletion = true,
        };

    private static Dictionary<string, string> NoAnnotations { get; } = [];
}
