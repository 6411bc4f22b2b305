using System.Globalization;
using System.Text.Json;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.VirtualMachineInstanceConfigs;

/// <summary>Makes the status of a configuration: which instances came of it, and from which generation of it.</summary>
internal static class ConfigReport
{
    public static VirtualMachineInstanceConfigStatus Of(
        VirtualMachineInstanceConfig config,
        IEnumerable<VirtualMachineInstance> instances
    ) =>
        new()
        {
            ObservedGeneration = config.Metadata.Generation,
            Instances =
            [
                .. instances
                    .OrderBy(instance => instance.Metadata.Name, StringComparer.Ordinal)
                    .Select(instance => new VirtualMachineInstanceConfigInstance
                    {
                        Name = instance.Metadata.Name!,
                        Uid = instance.Metadata.Uid,
                        Phase = instance.Status?.Phase,
                        Generation = GenerationOf(instance),
                    }),
            ],
        };

    /// <summary>Equal as the store would write them: record equality does not see inside lists.</summary>
    public static bool AreEqual(VirtualMachineInstanceConfigStatus? left, VirtualMachineInstanceConfigStatus right) =>
        left is not null
        && JsonSerializer
            .SerializeToUtf8Bytes(left, ApiJson.Default.VirtualMachineInstanceConfigStatus)
            .AsSpan()
            .SequenceEqual(
                JsonSerializer.SerializeToUtf8Bytes(right, ApiJson.Default.VirtualMachineInstanceConfigStatus)
            );

    /// <summary>The configuration that an instance was made from; null when it was made otherwise.</summary>
    public static ResourceKey? OwnerOf(VirtualMachineInstance instance) =>
        OwnerReferenceOf(instance) is { } owner ? new ResourceKey(instance.Metadata.Namespace, owner.Name) : null;

    public static OwnerReference? OwnerReferenceOf(VirtualMachineInstance instance) =>
        instance.Metadata.OwnerReferences?.FirstOrDefault(owner =>
            owner is { Controller: true, Kind: "VirtualMachineInstanceConfig" }
        );

    private static long? GenerationOf(VirtualMachineInstance instance) =>
        long.TryParse(
            instance.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.GenerationAnnotation),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var generation
        )
            ? generation
            : null;
}
