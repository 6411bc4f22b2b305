using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.ApiServer.Writing;

/// <summary>What has to be true of the metadata of any object. Pure: every fault at once.</summary>
internal static class MetadataRules
{
    private const int LongestAnnotations = 256 * 1024;
    private const int LongestManager = 128;

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

    /// <summary>What a client says of the managers of fields has to be of Kubernetes' form.</summary>
    public static IEnumerable<FieldError> ManagedFields(JsonNode? managed)
    {
        if (managed is not (null or JsonArray))
        {
            yield return Invalid("metadata.managedFields", managed.GetValueKind().ToString(), "a list is expected");
        }

        var at = -1;
        foreach (var entry in managed as JsonArray ?? [])
        {
            var field = $"metadata.managedFields[{++at}]";
            if (entry is not JsonObject fields)
            {
                yield return Invalid(field, entry?.ToJsonString(), "an object is expected");
            }
            else if (fields["operation"]?.ToString() is var operation and not ("Apply" or "Update") && fields.Count > 0)
            {
                yield return Invalid($"{field}.operation", operation, "must be `Apply` or `Update`");
            }
            else if (fields["fieldsType"]?.ToString() is { } type and not "FieldsV1")
            {
                yield return Invalid($"{field}.fieldsType", type, "must be `FieldsV1`");
            }
            else if (fields["time"] is { } time && !IsTime(time))
            {
                yield return Invalid(
                    $"{field}.time",
                    time.ToJsonString(),
                    "must be a time such as 2026-01-31T12:00:00Z"
                );
            }
            else if (fields["manager"]?.ToString().Length > LongestManager)
            {
                yield return Invalid($"{field}.manager", "", $"may not be more than {LongestManager} bytes");
            }
        }
    }

    private static bool IsTime(JsonNode node) =>
        node is JsonValue value
        && value.TryGetValue(out string? text)
        && DateTimeOffset.TryParseExact(
            text,
            "yyyy-MM-dd'T'HH:mm:ssK",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

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
            if (owner is { ApiVersion: "v1", Kind: "Event" })
            {
                yield return Invalid(field, "v1, Kind=Event", "is disallowed from being an owner");
            }

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
