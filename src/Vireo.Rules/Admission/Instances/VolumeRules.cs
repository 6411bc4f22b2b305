using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Where the contents of disks come from.</summary>
internal static class VolumeRules
{
    public static IEnumerable<FieldError> Check(
        IReadOnlyList<Volume>? volumes,
        string path,
        KubeVirtConfiguration configuration
    ) =>
        volumes is null
            ? []
            :
            [
                .. UniqueNameRules.Check([.. volumes.Select(volume => volume.Name)], path),
                .. volumes.SelectMany((volume, index) => Volume(volume, $"{path}[{index}]", configuration)),
                .. OneCloudInit(volumes, path),
            ];

    private static IEnumerable<FieldError> Volume(Volume volume, string path, KubeVirtConfiguration configuration)
    {
        var sources = new object?[]
        {
            volume.ContainerDisk,
            volume.CloudInitNoCloud,
            volume.EmptyDisk,
            volume.HostDisk,
        };
        return
        [
            .. NameRules.IsLabel(volume.Name)
                ? []
                : new[] { FieldError.Invalid($"{path}.name", $"{path}.name: '{volume.Name}' {NameRules.LabelForm}.") },
            .. sources.Count(source => source is not null) == 1
                ? []
                : new[]
                {
                    FieldError.Invalid(
                        path,
                        $"{path} must have exactly one source type set: containerDisk, cloudInitNoCloud, emptyDisk or "
                            + "hostDisk."
                    ),
                },
            .. ContainerDiskRules.Check(volume.ContainerDisk, $"{path}.containerDisk"),
            .. CloudInitRules.Check(volume.CloudInitNoCloud, $"{path}.cloudInitNoCloud"),
            .. EmptyDisk(volume.EmptyDisk, $"{path}.emptyDisk"),
            .. HostDiskRules.Check(volume.HostDisk, $"{path}.hostDisk", configuration),
        ];
    }

    private static IEnumerable<FieldError> EmptyDisk(EmptyDiskSource? source, string path)
    {
        if (source is not null && source.Capacity <= default(Quantity))
        {
            yield return FieldError.Invalid(
                $"{path}.capacity",
                $"{path}.capacity '{source.Capacity}': must be greater than 0."
            );
        }
    }

    private static IEnumerable<FieldError> OneCloudInit(IReadOnlyList<Volume> volumes, string path)
    {
        if (volumes.Count(volume => volume.CloudInitNoCloud is not null) > 1)
        {
            yield return FieldError.Invalid(
                path,
                $"{path} must have max one cloudInit volume set: the guest reads only one of them."
            );
        }
    }
}
