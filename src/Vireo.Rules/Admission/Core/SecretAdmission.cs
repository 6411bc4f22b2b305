using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Secrets: plain texts are moved into data, and data is what it says it is.</summary>
internal static class SecretAdmission
{
    private const string DockerConfigKey = ".dockerconfigjson";

    public static AdmissionResult Review(AdmissionRequest request, Secret secret)
    {
        var stored = secret with
        {
            Type = string.IsNullOrEmpty(secret.Type) ? "Opaque" : secret.Type,
            Data = Merge(secret),
            StringData = null,
        };
        return AdmissionResult.Of(
            stored,
            [
                .. DataRules.Keys(stored.Data?.Keys, "data"),
                .. DataRules.Base64(stored.Data, "data"),
                .. DataRules.Size(stored.Data?.Values),
                .. DockerConfig(stored),
                .. request.OldObject is Secret old ? Changes(old, stored) : [],
            ]
        );
    }

    private static IReadOnlyDictionary<string, string>? Merge(Secret secret)
    {
        if (secret.StringData is not { Count: > 0 } texts)
        {
            return secret.Data;
        }

        var merged = new Dictionary<string, string>(secret.Data ?? new Dictionary<string, string>());
        foreach (var (key, text) in texts)
        {
            merged[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        }

        return merged;
    }

    private static IEnumerable<FieldError> Changes(Secret old, Secret next)
    {
        if (old.Type != next.Type)
        {
            yield return FieldError.Invalid("type", "type cannot be changed: delete the Secret and create it again.");
        }

        if (old.Immutable == true && (next.Immutable != true || !DataRules.AreSame(old.Data, next.Data)))
        {
            yield return FieldError.Forbidden("data", DataRules.ImmutableMessage);
        }
    }

    private static IEnumerable<FieldError> DockerConfig(Secret secret)
    {
        if (secret.Type != "kubernetes.io/dockerconfigjson")
        {
            yield break;
        }

        var field = $"data[{DockerConfigKey}]";
        if (secret.Data?.GetValueOrDefault(DockerConfigKey) is not { } text)
        {
            yield return FieldError.Required(field, $"{field} is missing: a Secret of this type must have it.");
        }
        else if (Base64.IsValid(text) && !IsJson(Convert.FromBase64String(text)))
        {
            yield return FieldError.Invalid(field, $"{field} is not JSON in base64.");
        }
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
