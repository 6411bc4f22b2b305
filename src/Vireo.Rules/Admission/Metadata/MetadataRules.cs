using System.Text;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What holds for the metadata of every object.</summary>
internal static class MetadataRules
{
    private const int AnnotationsLimitBytes = 256 * 1024;

    public static IEnumerable<FieldError> Check(ResourceKind kind, ObjectMeta metadata) =>
        [
            .. Name(kind, metadata),
            .. Labels(metadata.Labels, "metadata.labels"),
            .. Annotations(metadata.Annotations, "metadata.annotations"),
            .. Finalizers(metadata),
            .. Owners(metadata),
        ];

    public static IEnumerable<FieldError> Labels(IReadOnlyDictionary<string, string>? labels, string path)
    {
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
        {
            if (!NameRules.IsLabelKey(key))
            {
                yield return FieldError.Invalid(path, $"{path}: '{key}' {NameRules.LabelKeyForm}.");
            }

            if (!NameRules.IsLabelValue(value))
            {
                yield return FieldError.Invalid(path, $"{path}[{key}]: '{value}' {NameRules.LabelValueForm}.");
            }
        }
    }

    public static IEnumerable<FieldError> Annotations(IReadOnlyDictionary<string, string>? annotations, string path)
    {
        var bytes = 0L;
        foreach (var (key, value) in annotations ?? new Dictionary<string, string>())
        {
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value ?? "");
            if (!NameRules.IsLabelKey(key.ToLowerInvariant()))
            {
                yield return FieldError.Invalid(path, $"{path}: '{key}' {NameRules.LabelKeyForm}.");
            }
        }

        if (bytes > AnnotationsLimitBytes)
        {
            yield return FieldError.Invalid(
                path,
                $"{path} has {bytes} bytes; at most {AnnotationsLimitBytes} are allowed."
            );
        }
    }

    private static IEnumerable<FieldError> Name(ResourceKind kind, ObjectMeta metadata)
    {
        var isLabel = kind.IsNamedByLabel;
        if (string.IsNullOrEmpty(metadata.Name))
        {
            yield return FieldError.Required(
                "metadata.name",
                "metadata.name is missing: name or generateName is required."
            );
        }
        else if (kind.IsNamedFreely)
        {
            yield break;
        }
        else if (isLabel ? !NameRules.IsLabel(metadata.Name) : !NameRules.IsSubdomain(metadata.Name))
        {
            yield return FieldError.Invalid(
                "metadata.name",
                $"metadata.name: '{metadata.Name}' {(isLabel ? NameRules.LabelForm : NameRules.SubdomainForm)}."
            );
        }
    }

    private static IEnumerable<FieldError> Finalizers(ObjectMeta metadata) =>
        (metadata.Finalizers ?? [])
            .Where(name => !NameRules.IsLabelKey(name))
            .Select(name =>
                FieldError.Invalid("metadata.finalizers", $"metadata.finalizers: '{name}' {NameRules.LabelKeyForm}.")
            );

    private static IEnumerable<FieldError> Owners(ObjectMeta metadata)
    {
        var owners = metadata.OwnerReferences ?? [];
        for (var index = 0; index < owners.Count; index++)
        {
            var owner = owners[index];
            if (new[] { owner.ApiVersion, owner.Kind, owner.Name, owner.Uid }.Any(string.IsNullOrEmpty))
            {
                var field = $"metadata.ownerReferences[{index}]";
                yield return FieldError.Required(field, $"{field} must have apiVersion, kind, name and uid.");
            }
        }

        if (owners.Count(owner => owner.Controller == true) > 1)
        {
            yield return FieldError.Invalid(
                "metadata.ownerReferences",
                "metadata.ownerReferences: only one owner may have controller: true."
            );
        }
    }
}
