using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Disks inside container images.</summary>
internal static partial class ContainerDiskRules
{
    public static IEnumerable<FieldError> Check(ContainerDiskSource? source, string path) =>
        source is null
            ? []
            :
            [
                .. Image(source.Image, $"{path}.image"),
                .. File(source.Path, $"{path}.path"),
                .. WordRules.OneOf(
                    source.ImagePullPolicy,
                    $"{path}.imagePullPolicy",
                    "Always",
                    "IfNotPresent",
                    "Never"
                ),
                .. string.IsNullOrEmpty(source.ImagePullSecret) || NameRules.IsSubdomain(source.ImagePullSecret)
                    ? []
                    : new[]
                    {
                        FieldError.Invalid(
                            $"{path}.imagePullSecret",
                            $"{path}.imagePullSecret: '{source.ImagePullSecret}' {NameRules.SubdomainForm}."
                        ),
                    },
            ];

    /// <summary>True for what can be an image's name.</summary>
    public static bool IsName(string image) =>
        ImageName().IsMatch(image) && !image.Contains("//", StringComparison.Ordinal);

    private static IEnumerable<FieldError> Image(string? image, string field)
    {
        if (string.IsNullOrEmpty(image))
        {
            yield return FieldError.Required(
                field,
                $"{field} is missing: name an image, for example quay.io/containerdisks/debian:12."
            );
        }
        else if (!IsName(image))
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{image}' is no image name: write registry/name:tag or registry/name@sha256:digest."
            );
        }
    }

    // The path is looked up in the image's tar layers: it must mean the same there and in the manifest.
    private static IEnumerable<FieldError> File(string? file, string field)
    {
        if (!string.IsNullOrEmpty(file) && !PathForms.IsPlainAbsolute(file))
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{file}' must be an absolute path to a file without relative elements."
            );
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,511}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex ImageName();
}
