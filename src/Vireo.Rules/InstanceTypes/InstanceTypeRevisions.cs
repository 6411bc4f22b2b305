using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// The kept copies of instance types and preferences as they were when a machine first used them. They shield machines
/// from later edits, and stay as long as the machine, so that it can go back.
/// </summary>
public static class InstanceTypeRevisions
{
    /// <summary>On a kept copy: the generation of the object.</summary>
    public const string GenerationLabel = "instancetype.kubevirt.io/object-generation";

    /// <summary>On a kept copy: the kind of the object.</summary>
    public const string KindLabel = "instancetype.kubevirt.io/object-kind";

    /// <summary>On a kept copy: the name of the object.</summary>
    public const string NameLabel = "instancetype.kubevirt.io/object-name";

    /// <summary>On a kept copy: the identity of the object.</summary>
    public const string UidLabel = "instancetype.kubevirt.io/object-uid";

    /// <summary>On a kept copy: the version of the form it is kept in.</summary>
    public const string VersionLabel = "instancetype.kubevirt.io/object-version";

    private const string Version = "v1beta1";
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>The name of a machine's copy of an object as it is now.</summary>
    /// <remarks>Names that would be too long are cut, and end with a digest of the whole.</remarks>
    public static string NameOf(VirtualMachine machine, IResource source) =>
        Fitting(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{machine.Metadata.Name}-{source.Metadata.Name}-{Version}-{source.Metadata.Uid}-{GenerationOf(source)}"
            ),
            LongestName
        );

    /// <summary>A machine's copy of an instance type or preference as it is now.</summary>
    public static ControllerRevision Of(VirtualMachine machine, IResource source) =>
        new()
        {
            Metadata = new()
            {
                Name = NameOf(machine, source),
                Namespace = machine.Metadata.Namespace,
                OwnerReferences = [InstanceComposition.OwnerOf(machine)],
                Labels = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [GenerationLabel] = GenerationOf(source).ToString(CultureInfo.InvariantCulture),
                    [KindLabel] = source.Kind!,
                    [NameLabel] = Fitting(source.Metadata.Name!, LongestLabel),
                    [UidLabel] = source.Metadata.Uid!,
                    [VersionLabel] = Version,
                },
            },
            Revision = GenerationOf(source),
            Data = DataOf(source),
        };

    /// <summary>What status says of the object in use.</summary>
    /// <param name="matcher">How the machine refers to it.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="revisionName">The copy that is in use.</param>
    public static InstancetypeStatusRef ReferenceTo(
        MachineMatcher matcher,
        string kind,
        string name,
        string revisionName
    ) =>
        new()
        {
            Name = name,
            Kind = kind,
            ControllerRevisionRef = new() { Name = revisionName },
            InferFromVolume = matcher.InferFromVolume,
            InferFromVolumeFailurePolicy = matcher.FailurePolicy,
        };

    /// <summary>
    /// The copy to use: the one that the owner pinned, else the one that status names as long as it names what the
    /// matcher does. Null: the object as it is now, of which a copy is to be made.
    /// </summary>
    public static string? InUse(MachineMatcher matcher, InstancetypeStatusRef? reference) =>
        matcher.RevisionName
        ?? (
            IsMeant(matcher, reference) && reference!.ControllerRevisionRef?.Name is { Length: > 0 } name ? name : null
        );

    /// <summary>True when what status names is what the matcher names, so that it stays in use.</summary>
    /// <remarks>What a volume named stays what it was, as long as that volume is to be asked.</remarks>
    public static bool IsMeant(MachineMatcher matcher, InstancetypeStatusRef? reference) =>
        reference is not null
        && (
            matcher.InferFromVolume is { } volume
                ? reference.InferFromVolume == volume
                : string.IsNullOrEmpty(reference.InferFromVolume)
                    && reference.Name == matcher.Name
                    && InstanceTypeKinds.Of(matcher.Role, reference.Kind) is { } kind
                    && kind == matcher.Kind
        );

    /// <summary>What an instance says of the objects that it is made of, by KubeVirt's annotations.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> AnnotationsOf(VirtualMachineStatus? status)
    {
        foreach (var reference in new[] { status?.InstancetypeRef, status?.PreferenceRef })
        {
            var annotation = reference?.Kind switch
            {
                "VirtualMachineInstancetype" => KubeVirtNames.InstancetypeAnnotation,
                "VirtualMachineClusterInstancetype" => KubeVirtNames.ClusterInstancetypeAnnotation,
                "VirtualMachinePreference" => KubeVirtNames.PreferenceAnnotation,
                "VirtualMachineClusterPreference" => KubeVirtNames.ClusterPreferenceAnnotation,
                _ => null,
            };
            if (annotation is not null && reference!.Name is { Length: > 0 } name)
            {
                yield return new(annotation, name);
            }
        }
    }

    /// <summary>True when a copy is of an object of this kind and name.</summary>
    public static bool IsOf(ControllerRevision revision, string kind, string name) =>
        revision.Metadata.Labels is { } labels
        && labels.GetValueOrDefault(KindLabel) == kind
        && labels.GetValueOrDefault(NameLabel) == Fitting(name, LongestLabel);

    /// <summary>The instance type in a copy; null when there is none that can be read.</summary>
    public static VirtualMachineInstancetypeSpec? InstancetypeIn(ControllerRevision revision) =>
        // Both kinds of a role have the same fields; one type reads them all.
        SpecIn(revision) is { } spec
        && Reads(spec, ApiJson.Default.VirtualMachineInstancetypeSpec) is { } type
        && type is { Cpu: not null, Memory: not null }
            ? type
            : null;

    /// <summary>The preference in a copy; null when there is none that can be read.</summary>
    public static VirtualMachinePreferenceSpec? PreferenceIn(ControllerRevision revision) =>
        SpecIn(revision) is { } spec ? Reads(spec, ApiJson.Default.VirtualMachinePreferenceSpec) : null;

    /// <summary>
    /// True when two copies hold the same. One of the same name that does not was not made by this program.
    /// </summary>
    public static bool HoldTheSame(ControllerRevision one, ControllerRevision other) =>
        JsonNode.DeepEquals(SpecNode(one), SpecNode(other));

    /// <summary>The spec of an instance type of either kind; null when the object is none.</summary>
    public static VirtualMachineInstancetypeSpec? InstancetypeOf(IResource? source) =>
        source switch
        {
            VirtualMachineInstancetype type => type.Spec,
            VirtualMachineClusterInstancetype type => type.Spec,
            _ => null,
        };

    /// <summary>The spec of a preference of either kind; null when the object is none.</summary>
    public static VirtualMachinePreferenceSpec? PreferenceOf(IResource? source) =>
        source switch
        {
            VirtualMachinePreference preference => preference.Spec,
            VirtualMachineClusterPreference preference => preference.Spec,
            _ => null,
        };

    private static JsonElement DataOf(IResource source)
    {
        var kind = ResourceKinds.All.First(one => one.Kind == source.Kind && one.ApiVersion == source.ApiVersion);
        var data = JsonSerializer.SerializeToNode(source, kind.TypeInfo)!.AsObject();
        // What changes without a new generation would make two copies of one generation differ.
        data["metadata"] = JsonSerializer.SerializeToNode(
            new ObjectMeta
            {
                Name = source.Metadata.Name,
                Namespace = source.Metadata.Namespace,
                Uid = source.Metadata.Uid,
                Generation = source.Metadata.Generation,
            },
            ApiJson.Default.ObjectMeta
        );
        return JsonElement.Parse(data.ToJsonString());
    }

    private static JsonNode? SpecNode(ControllerRevision revision) =>
        SpecIn(revision) is { } spec ? JsonNode.Parse(spec.GetRawText()) : null;

    private static JsonElement? SpecIn(ControllerRevision revision) =>
        revision.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("spec", out var spec)
            ? spec
            : null;

    private static T? Reads<T>(JsonElement spec, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return spec.Deserialize(type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long GenerationOf(IResource source) => source.Metadata.Generation ?? 1;

    private static string Fitting(string name, int longest)
    {
        if (name.Length <= longest)
        {
            return name;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8));
        return $"{name[..(longest - digest.Length - 1)].TrimEnd('-', '.')}-{digest}";
    }
}
