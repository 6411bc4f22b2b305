using Vireo.Api;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>What has to be true of the metadata of any object. Pure: every fault at once.</summary>
internal static class MetadataRules
{
    private const int LongestAnnotations = 256 * 1024;

    public static IEnumerable<FieldError> Check(ResourceKind kind, ObjectMeta meta) =>
        [.. Name(kind, meta), .. Labels(meta), .. Annotations(meta), .. Owners(meta), .. Finalizers(meta)];

    /// <summary>What may not change once the object exists.</summary>
    public static IEnumerable<FieldError> CheckChange(ObjectMeta meta, ObjectMeta old)
    {
        if (meta.CreationTimestamp is { } made && made != old.CreationTimestamp)
        {
            yield return Invalid("metadata.creationTimestamp", $"{made:O}", "field is immutable");
        }

        if (old.DeletionTimestamp is not null)
        {
            var added = (meta.Finalizers ?? []).Except(old.Finalizers ?? []).ToArray();
            if (added.Length > 0)
            {
                yield return new(
                    "metadata.finalizers",
                    FieldErrorReason.FieldValueForbidden,
                    $"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers [{string.Join(", ", added)}]"
                );
            }
        }
    }

    public static FieldError Invalid(string field, string? value, string why) =>
        new(field, FieldErrorReason.FieldValueInvalid, $"Invalid value: \"{value}\": {why}");

    private static IEnumerable<FieldError> Name(ResourceKind kind, ObjectMeta meta)
    {
        if (meta.Name is not { Length: > 0 } name)
        {
            yield return new(
                "metadata.name",
                FieldErrorReason.FieldValueRequired,
                "Required value: name or generateName is required"
            );
        }
        else if (NameRules.ObjectName(kind, name) is { } fault)
        {
            yield return Invalid("metadata.name", name, fault);
        }

        if (!kind.IsNamespaced && meta.Namespace is { Length: > 0 })
        {
            yield return new(
                "metadata.namespace",
                FieldErrorReason.FieldValueForbidden,
                "Forbidden: not allowed on this type"
            );
        }
    }

    private static IEnumerable<FieldError> Labels(ObjectMeta meta)
    {
        foreach (var (key, value) in meta.Labels ?? new Dictionary<string, string>())
        {
            if (NameRules.QualifiedName(key) is { } fault)
            {
                yield return Invalid("metadata.labels", key, fault);
            }

            if (NameRules.LabelValue(value ?? "") is { } wrong)
            {
                yield return Invalid("metadata.labels", value, wrong);
            }
        }
    }

    private static IEnumerable<FieldError> Annotations(ObjectMeta meta)
    {
        var total = 0;
        foreach (var (key, value) in meta.Annotations ?? new Dictionary<string, string>())
        {
            total += key.Length + (value ?? "").Length;
            if (NameRules.QualifiedName(key.ToLowerInvariant()) is { } fault)
            {
                yield return Invalid("metadata.annotations", key, fault);
            }
        }

        if (total > LongestAnnotations)
        {
            yield return new(
                "metadata.annotations",
                FieldErrorReason.FieldValueInvalid,
                $"Too long: may not be more than {LongestAnnotations} bytes"
            );
        }
    }

    private static IEnumerable<FieldError> Owners(ObjectMeta meta)
    {
        var controllers = 0;
        var at = 0;
        foreach (var owner in meta.OwnerReferences ?? [])
        {
            var field = $"metadata.ownerReferences[{at++}]";
            if (owner is null)
            {
                yield return Invalid(field, null, "an object is expected");
                continue;
            }

            controllers += owner.Controller == true ? 1 : 0;
            foreach (
                var (name, value) in new[]
                {
                    ("apiVersion", owner.ApiVersion),
                    ("kind", owner.Kind),
                    ("name", owner.Name),
                    ("uid", owner.Uid),
                }
            )
            {
                if (string.IsNullOrEmpty(value))
                {
                    yield return Invalid($"{field}.{name}", value, $"{name} must not be empty");
                }
            }
        }

        if (controllers > 1)
        {
            yield return new(
                "metadata.ownerReferences",
                FieldErrorReason.FieldValueInvalid,
                "Invalid value: only one reference can have Controller set to true"
            );
        }
    }

    private static IEnumerable<FieldError> Finalizers(ObjectMeta meta)
    {
        foreach (var finalizer in meta.Finalizers ?? [])
        {
            if (finalizer is null || NameRules.QualifiedName(finalizer) is not null)
            {
                yield return Invalid(
                    "metadata.finalizers",
                    finalizer,
                    "name is not a qualified name such as example.com/name"
                );
            }
        }
    }
}
