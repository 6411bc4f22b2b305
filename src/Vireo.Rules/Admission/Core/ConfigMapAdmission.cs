using Vireo.Api;

namespace Vireo.Rules;

/// <summary>ConfigMaps.</summary>
internal static class ConfigMapAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, ConfigMap map) =>
        AdmissionResult.Of(
            map,
            [
                .. DataRules.Keys(map.Data?.Keys, "data"),
                .. DataRules.Keys(map.BinaryData?.Keys, "binaryData"),
                .. DataRules.Base64(map.BinaryData, "binaryData"),
                .. DataRules.Size(map.Data?.Values, map.BinaryData?.Values),
                .. Twice(map),
                .. request.OldObject is ConfigMap old ? Changes(old, map) : [],
            ]
        );

    private static IEnumerable<FieldError> Twice(ConfigMap map) =>
        (map.BinaryData?.Keys ?? [])
            .Where(key => map.Data?.ContainsKey(key) == true)
            .Select(key =>
                FieldError.Invalid($"binaryData[{key}]", $"'{key}' is in data and in binaryData: keep one of them.")
            );

    private static IEnumerable<FieldError> Changes(ConfigMap old, ConfigMap next)
    {
        if (
            old.Immutable == true
            && (
                next.Immutable != true
                || !DataRules.AreSame(old.Data, next.Data)
                || !DataRules.AreSame(old.BinaryData, next.BinaryData)
            )
        )
        {
            yield return FieldError.Forbidden("data", DataRules.ImmutableMessage);
        }
    }
}
