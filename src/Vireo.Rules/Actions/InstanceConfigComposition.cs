using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Makes an instance of a configuration.</summary>
/// <remarks>
/// Its defaults are filled when it is created, not here: what the configuration says in detail is kept, what it leaves
/// out is expanded in the instance alone. No finalizer of a virtual machine's: nobody waits to see how it ended.
/// </remarks>
internal static class InstanceConfigComposition
{
    private const string Kind = "VirtualMachineInstanceConfig";

    public static VirtualMachineInstance Compose(VirtualMachineInstanceConfig config, string name)
    {
        var template = config.Spec.Template;
        var firmware = template.Spec.Domain.Firmware ?? new();
        return new()
        {
            Metadata = new()
            {
                Name = name,
                Namespace = config.Metadata.Namespace,
                Labels = template.Metadata?.Labels,
                Annotations = new Dictionary<string, string>(
                    template.Metadata?.Annotations ?? new Dictionary<string, string>()
                )
                {
                    [KubeVirtNames.GenerationAnnotation] = (config.Metadata.Generation ?? 1).ToString(
                        CultureInfo.InvariantCulture
                    ),
                },
                OwnerReferences = [OwnerOf(config)],
            },
            Spec = template.Spec with
            {
                Domain = template.Spec.Domain with
                {
                    Firmware = string.IsNullOrEmpty(firmware.Uuid)
                        ? firmware with
                        {
                            Uuid = IdentityOf(config.Metadata.Uid!, name),
                        }
                        : firmware,
                },
            },
        };
    }

    /// <summary>True for a reference to a configuration.</summary>
    public static bool IsConfig(OwnerReference owner) => owner.Kind == Kind;

    /// <summary>
    /// The identity of a guest: the same each time its configuration starts it, another for each name. Addresses and
    /// cloud-init's instance id are made from it.
    /// </summary>
    /// <param name="configUid">The configuration's identity.</param>
    /// <param name="name">The instance.</param>
    public static string IdentityOf(string configUid, string name) =>
        NameUuids.Of(Guid.Parse(configUid), name).ToString();

    private static OwnerReference OwnerOf(VirtualMachineInstanceConfig config) =>
        new()
        {
            ApiVersion = "kubevirt.io/v1",
            Kind = Kind,
            Name = config.Metadata.Name!,
            Uid = config.Metadata.Uid!,
            Controller = true,
            BlockOwnerDeletion = true,
        };
}
