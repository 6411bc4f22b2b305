using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a volume says of the instance type or preference that suits it.</summary>
/// <param name="Matcher">The matcher with the name and kind that were found; null when none were.</param>
/// <param name="Error">Why not, where that is no reason to go on; null where it is, or where it was found.</param>
public sealed record InferredMatcher(MachineMatcher? Matcher, FieldError? Error);

/// <summary>Finds instance types and preferences by the labels of the volumes that guests boot from.</summary>
public static class InferredMatchers
{
    /// <summary>On an image: the instance type that suits it.</summary>
    public const string InstancetypeLabel = "instancetype.kubevirt.io/default-instancetype";

    /// <summary>On an image: the kind of that instance type.</summary>
    public const string InstancetypeKindLabel = "instancetype.kubevirt.io/default-instancetype-kind";

    /// <summary>On an image: the preference that suits it.</summary>
    public const string PreferenceLabel = "instancetype.kubevirt.io/default-preference";

    /// <summary>On an image: the kind of that preference.</summary>
    public const string PreferenceKindLabel = "instancetype.kubevirt.io/default-preference-kind";

    /// <summary>All labels of images that say something of what suits them.</summary>
    public static IReadOnlyList<string> Labels { get; } =
    [InstancetypeLabel, InstancetypeKindLabel, PreferenceLabel, PreferenceKindLabel];

    /// <summary>The matcher as it would be had its owner written out what the volume says.</summary>
    /// <param name="matcher">The matcher; one that names its object comes back as it is.</param>
    /// <param name="spec">The machine's template.</param>
    /// <param name="labelsOf">
    /// The labels of an image, by its full name; null when no host has it, or it has none.
    /// </param>
    public static InferredMatcher Of(
        MachineMatcher matcher,
        VirtualMachineInstanceSpec spec,
        Func<string, IReadOnlyDictionary<string, string>?> labelsOf
    )
    {
        if (matcher.InferFromVolume is not { } name)
        {
            return new(matcher, null);
        }

        var volume = (spec.Volumes ?? []).FirstOrDefault(one => one.Name == name);
        if (volume is null)
        {
            return Failed(matcher, $"unable to find volume {name} to infer defaults");
        }

        if (string.IsNullOrEmpty(volume.ContainerDisk?.Image))
        {
            return Failed(
                matcher,
                $"unable to infer defaults from volume {name} as type is not supported: only containerDisk is"
            );
        }

        var labels = labelsOf(ImageNames.Normalize(volume.ContainerDisk.Image));
        var (label, kindLabel) =
            matcher.Role is MatcherRole.Instancetype
                ? (InstancetypeLabel, InstancetypeKindLabel)
                : (PreferenceLabel, PreferenceKindLabel);
        return labels?.GetValueOrDefault(label) is { Length: > 0 } found
            ? new(matcher with { Name = found, KindWord = labels.GetValueOrDefault(kindLabel) }, null)
            : Failed(
                matcher,
                $"unable to find required {label} label on the image {volume.ContainerDisk.Image} of volume {name}"
                    + (labels is null ? ": no host has it in its store yet" : "")
            );
    }

    private static InferredMatcher Failed(MachineMatcher matcher, string message) =>
        new(null, matcher.IgnoresFailure ? null : FieldError.NotFound($"{matcher.Path}.inferFromVolume", message));
}
