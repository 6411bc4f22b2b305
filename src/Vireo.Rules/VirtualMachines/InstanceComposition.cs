using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Makes the instance that a virtual machine is to run.</summary>
public static class InstanceComposition
{
    /// <summary>The instance to create. Its defaults are filled when it is created, not here.</summary>
    /// <remarks>
    /// The guest's identity (SMBIOS UUID) is the virtual machine's own, so that each of its instances shows the guest
    /// the same: addresses and cloud-init's instance id are made from it. Disks that were saved when it was shelved are
    /// taken from there.
    /// </remarks>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="paused">True when the guest is to wait before its first instruction.</param>
    public static VirtualMachineInstance Compose(VirtualMachine machine, bool paused)
    {
        var template = machine.Spec.Template;
        var spec = SavedImages.Restore(template.Spec, machine.Status?.SavedDisks);
        var firmware = template.Spec.Domain.Firmware ?? new();
        return new()
        {
            Metadata = new()
            {
                Name = machine.Metadata.Name,
                Namespace = machine.Metadata.Namespace,
                Labels = template.Metadata?.Labels,
                Annotations = new Dictionary<string, string>(
                    (template.Metadata?.Annotations ?? NoAnnotations).Where(pair =>
                        pair.Key != KubeVirtNames.SaveDisksAnnotation
                    )
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
