using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The disks of a shelved machine are that machine's: no other may name their image.</summary>
internal static class SavedImageRules
{
    /// <summary>What a name may begin with and still mean the image of the host's store.</summary>
    private static readonly string[] Unsaid = ["docker.io/library/", "docker.io/", ""];

    public static IEnumerable<FieldError> None(IReadOnlyList<Volume>? volumes, string path) =>
        (volumes ?? [])
            .Select((volume, index) => (volume.ContainerDisk?.Image, Field: $"{path}[{index}].containerDisk.image"))
            .Where(named => IsSaved(named.Image))
            .Select(named =>
                FieldError.NotSupported(
                    named.Field,
                    $"{named.Field}: '{named.Image}' holds the disks of a shelved machine, which only 'vireo unshelve' "
                        + "brings back."
                )
            );

    private static bool IsSaved(string? image) =>
        Unsaid.Any(prefix =>
            image?.StartsWith(prefix + KubeVirtNames.SavedImagePrefix, StringComparison.Ordinal) == true
        );
}
