using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A machine type, and where it was read.</summary>
/// <param name="Type">The name.</param>
/// <param name="Source">Template, Image, Preference, ClusterConfiguration or BuiltIn.</param>
public sealed record MachineTypeChoice(string Type, string Source);

/// <summary>Finds the machine type of a virtual machine that has none recorded.</summary>
public static class MachineTypeSources
{
    /// <summary>The running domain told it.</summary>
    public const string Domain = "Domain";

    /// <summary>The machine's template names it.</summary>
    public const string Template = "Template";

    /// <summary>The image that the machine boots from names it, by its label hw_machine_type.</summary>
    public const string Image = "Image";

    /// <summary>The machine's preference names it.</summary>
    public const string Preference = "Preference";

    /// <summary>The cluster's configuration names it for the guest's architecture.</summary>
    public const string ClusterConfiguration = "ClusterConfiguration";

    /// <summary>Nobody names it: what Vireo uses for the guest's architecture.</summary>
    public const string BuiltIn = "BuiltIn";

    /// <summary>An update of the record named it.</summary>
    public const string Update = "Update";

    /// <summary>
    /// The first that names one: template, image, preference, the cluster's configuration, the built-in table.
    /// </summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="hosts">The hosts, which know what images name; null where they are not at hand.</param>
    /// <param name="preference">What the machine's preference names; null when it names none, or there is none.</param>
    public static MachineTypeChoice Resolve(
        VirtualMachine machine,
        KubeVirtConfiguration configuration,
        IReadOnlyList<Host>? hosts = null,
        string? preference = null
    )
    {
        var architecture = ArchitectureOf(machine, configuration);
        return Named(machine, hosts, preference)
            ?? new(
                configuration.MachineTypeFor(architecture),
                configuration.NamesMachineTypeFor(architecture) ? ClusterConfiguration : BuiltIn
            );
    }

    /// <summary>What the machine's template names; null when it names none.</summary>
    public static string? TemplateOf(VirtualMachine machine) =>
        machine.Spec.Template.Spec.Domain.Machine?.Type is { Length: > 0 } type ? type : null;

    /// <summary>What the image that the machine boots from names; null when none is known to name one.</summary>
    public static string? ImageOf(VirtualMachine machine, IReadOnlyList<Host>? hosts) =>
        ImageOf(
            machine.Spec.Template.Spec,
            image =>
                (hosts ?? [])
                    .OrderBy(host => host.Metadata.Name, StringComparer.Ordinal)
                    .Select(host => host.Status?.ImageMachineTypes?.GetValueOrDefault(image))
                    .FirstOrDefault(type => !string.IsNullOrEmpty(type))
        );

    /// <summary>What the image that a guest boots from names; null when none is known to name one.</summary>
    /// <remarks>
    /// Images of the disks in the order they are tried for booting; the first that names a type decides.
    /// </remarks>
    /// <param name="spec">The guest.</param>
    /// <param name="nameOf">What an image names, by the image's name as a host's store has it.</param>
    public static string? ImageOf(VirtualMachineInstanceSpec spec, Func<string, string?> nameOf)
    {
        var disks = (spec.Domain.Devices.Disks ?? [])
            .OrderBy(disk => disk.BootOrder ?? int.MaxValue)
            .Select(disk => disk.Name)
            .ToList();
        return (spec.Volumes ?? [])
            .Where(volume => !string.IsNullOrEmpty(volume.ContainerDisk?.Image))
            // A volume that no disk names becomes a disk behind the others.
            .OrderBy(volume => disks.IndexOf(volume.Name) is var place and >= 0 ? place : int.MaxValue)
            .Select(volume => nameOf(ImageNames.Normalize(volume.ContainerDisk!.Image)))
            .FirstOrDefault(type => !string.IsNullOrEmpty(type));
    }

    /// <summary>The architecture of the machine's guest.</summary>
    public static string ArchitectureOf(VirtualMachine machine, KubeVirtConfiguration configuration) =>
        machine.Spec.Template.Spec.Architecture is { Length: > 0 } given ? given : configuration.GuestArchitecture;

    /// <summary>What somebody named for this very machine; null when only defaults are left.</summary>
    internal static MachineTypeChoice? Named(
        VirtualMachine machine,
        IReadOnlyList<Host>? hosts = null,
        string? preference = null
    ) =>
        TemplateOf(machine) is { } template ? new(template, Template)
        : ImageOf(machine, hosts) is { } image ? new(image, Image)
        : !string.IsNullOrEmpty(preference) ? new(preference, Preference)
        : null;
}
