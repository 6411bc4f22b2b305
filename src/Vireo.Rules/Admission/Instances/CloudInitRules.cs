using System.Buffers.Text;
using System.Text;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>First-boot settings: one source of user data, one of network data, at least one of the two.</summary>
internal static class CloudInitRules
{
    private const int LimitBytes = 2048;

    public static IEnumerable<FieldError> Check(CloudInitNoCloudSource? source, string path) =>
        source is null
            ? []
            :
            [
                .. AtLeastOne(source, path),
                .. AtMostOne(
                    path,
                    "userdata",
                    ("secretRef", source.SecretRef is not null),
                    ("userData", IsGiven(source.UserData)),
                    ("userDataBase64", IsGiven(source.UserDataBase64))
                ),
                .. AtMostOne(
                    path,
                    "networkdata",
                    ("networkDataSecretRef", source.NetworkDataSecretRef is not null),
                    ("networkData", IsGiven(source.NetworkData)),
                    ("networkDataBase64", IsGiven(source.NetworkDataBase64))
                ),
                .. Text(source.UserData, $"{path}.userData", "userdata", "secretRef"),
                .. Text(source.NetworkData, $"{path}.networkData", "networkdata", "networkDataSecretRef"),
                .. Encoded(source.UserDataBase64, $"{path}.userDataBase64", "userdata", "secretRef"),
                .. Encoded(
                    source.NetworkDataBase64,
                    $"{path}.networkDataBase64",
                    "networkdata",
                    "networkDataSecretRef"
                ),
                .. Reference(source.SecretRef, $"{path}.secretRef"),
                .. Reference(source.NetworkDataSecretRef, $"{path}.networkDataSecretRef"),
            ];

    private static bool IsGiven(string? text) => !string.IsNullOrEmpty(text);

    private static IEnumerable<FieldError> AtLeastOne(CloudInitNoCloudSource source, string path)
    {
        if (
            source is { SecretRef: null, NetworkDataSecretRef: null }
            && !IsGiven(source.UserData + source.UserDataBase64 + source.NetworkData + source.NetworkDataBase64)
        )
        {
            yield return FieldError.Invalid(
                path,
                $"{path} must have at least one userdatasource or one networkdatasource set."
            );
        }
    }

    private static IEnumerable<FieldError> AtMostOne(
        string path,
        string what,
        params (string Name, bool IsGiven)[] sources
    )
    {
        var given = sources.Where(source => source.IsGiven).Select(source => source.Name).ToList();
        if (given.Count > 1)
        {
            yield return FieldError.Invalid(
                path,
                $"{path} must have only one {what} source set, and has {string.Join(" and ", given)}."
            );
        }
    }

    private static IEnumerable<FieldError> Text(string? text, string field, string what, string instead) =>
        text is null ? [] : Size(Encoding.UTF8.GetByteCount(text), field, what, instead);

    private static IEnumerable<FieldError> Encoded(string? text, string field, string what, string instead) =>
        !IsGiven(text) ? []
        : Base64.IsValid(text, out var bytes) ? Size(bytes, field, what, instead)
        : [FieldError.Invalid(field, $"{field} is not a valid base64 value.")];

    private static IEnumerable<FieldError> Size(int bytes, string field, string what, string instead) =>
        bytes > LimitBytes
            ?
            [
                FieldError.Invalid(
                    field,
                    $"{field} {what} exceeds {LimitBytes} byte limit. Should use {instead} for larger data."
                ),
            ]
            : [];

    private static IEnumerable<FieldError> Reference(LocalObjectReference? reference, string path)
    {
        if (reference is not null && !NameRules.IsSubdomain(reference.Name))
        {
            yield return FieldError.Invalid(
                $"{path}.name",
                $"{path}.name: '{reference.Name}' {NameRules.SubdomainForm}."
            );
        }
    }
}
