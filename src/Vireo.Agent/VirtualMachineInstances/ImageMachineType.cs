using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>The machine type that a guest's image names by its label. Pure.</summary>
/// <remarks>
/// Who makes an instance takes it from the hosts that have the image. At a first start none may have had it: the host
/// that has pulled it finds the label, and it comes before a mere default. What the guest then has is recorded.
/// </remarks>
internal static class ImageMachineType
{
    /// <summary>The instance with the type that its image names, where its own is a default.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="types">What images on this host name, by the image's name.</param>
    public static VirtualMachineInstance Apply(
        VirtualMachineInstance instance,
        IReadOnlyDictionary<string, string> types
    ) =>
        instance.Metadata.Annotations?.ContainsKey(KubeVirtNames.MachineTypeSourceAnnotation) == true
        && MachineTypeSources.ImageOf(instance.Spec, image => types.GetValueOrDefault(image)) is { } type
            ? instance with
            {
                Metadata = instance.Metadata with
                {
                    Annotations = new Dictionary<string, string>(instance.Metadata.Annotations)
                    {
                        [KubeVirtNames.MachineTypeSourceAnnotation] = MachineTypeSources.Image,
                    },
                },
                Spec = instance.Spec with { Domain = instance.Spec.Domain with { Machine = new() { Type = type } } },
            }
            : instance;
}
