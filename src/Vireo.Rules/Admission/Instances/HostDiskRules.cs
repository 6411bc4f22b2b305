using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Disk images in the host's file system. Which folders are allowed its agent checks.</summary>
internal static class HostDiskRules
{
    private const string Create = "DiskOrCreate";

    public static IEnumerable<FieldError> Check(HostDisk? source, string path, KubeVirtConfiguration configuration) =>
        source is null
            ? []
            :
            [
                .. Gate(path, configuration),
                .. File(source.Path, $"{path}.path"),
                .. string.IsNullOrEmpty(source.Type)
                    ? new[] { FieldError.Required($"{path}.type", $"{path}.type is missing: use Disk or {Create}.") }
                    : WordRules.OneOf(source.Type, $"{path}.type", "Disk", Create),
                .. Capacity(source, $"{path}.capacity"),
            ];

    private static IEnumerable<FieldError> Gate(string path, KubeVirtConfiguration configuration)
    {
        if (!FeatureGates.IsEnabled(configuration, FeatureGates.HostDisk))
        {
            yield return FieldError.Forbidden(
                path,
                $"{path}: HostDisk feature gate is not enabled. Add HostDisk to "
                    + "spec.configuration.developerConfiguration.featureGates of KubeVirt kubevirt/kubevirt."
            );
        }
    }

    private static IEnumerable<FieldError> File(string? file, string field)
    {
        if (string.IsNullOrEmpty(file))
        {
            yield return FieldError.Required(field, $"{field} is required for hostDisk volume");
        }
        else if (!PathForms.IsPlainAbsolute(file))
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{file}' must be an absolute path to a file without relative elements."
            );
        }
    }

    private static IEnumerable<FieldError> Capacity(HostDisk source, string field)
    {
        if (source.Type == Create && source.Capacity is null)
        {
            yield return FieldError.Required(field, $"{field} is missing: {Create} needs it to make the file.");
        }
        else if (source.Type == "Disk" && source.Capacity is not null)
        {
            yield return FieldError.Invalid(field, $"{field} is only allowed with type {Create}: remove it.");
        }
        else if (source.Capacity <= default(Quantity))
        {
            yield return FieldError.Invalid(field, $"{field} '{source.Capacity}': must be greater than 0.");
        }
    }
}
