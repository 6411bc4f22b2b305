using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The cluster's configuration: one object, and each field of it usable.</summary>
internal static class KubeVirtAdmission
{
    private const string OnlyName = "kubevirt";
    private const string Path = "spec.configuration";

    public static AdmissionResult Review(AdmissionRequest request, KubeVirt installation)
    {
        var configuration = installation.Spec?.Configuration ?? new();
        return AdmissionResult.Of(
            request.Object,
            [
                .. Identity(installation.Metadata),
                .. MachineType(configuration.MachineType, $"{Path}.machineType"),
                .. Architectures(configuration),
                .. CpuRules.Model(configuration.CpuModel, $"{Path}.cpuModel"),
                .. WordRules.OneOf(configuration.MachineTypePolicy, $"{Path}.machineTypePolicy", "Pinned", "Floating"),
                .. WordRules.OneOf(
                    configuration.EvictionStrategy,
                    $"{Path}.evictionStrategy",
                    LifecycleRules.EvictionStrategies
                ),
                .. WordRules.OneOf(
                    configuration.Network?.DefaultNetworkInterface,
                    $"{Path}.network.defaultNetworkInterface",
                    "bridge",
                    "masquerade"
                ),
                .. Developer(configuration.DeveloperConfiguration),
                .. LiveUpdateRules.Check(installation.Spec, "spec"),
                .. MigrationConfigurationRules.Check(configuration.Migrations, $"{Path}.migrations"),
            ],
            [
                .. Warnings(configuration),
                .. LiveUpdateRules.Warnings(installation.Spec, "spec"),
                .. MigrationConfigurationRules.Warnings(configuration.Migrations, $"{Path}.migrations"),
            ]
        );
    }

    private static IEnumerable<FieldError> Identity(ObjectMeta metadata)
    {
        if (metadata.Name != OnlyName || metadata.Namespace != OnlyName)
        {
            yield return FieldError.Invalid(
                "metadata.name",
                $"There is one KubeVirt object, 'kubevirt' in namespace 'kubevirt': '{metadata.Name}' in "
                    + $"'{metadata.Namespace}' would have no effect. Change that one."
            );
        }
    }

    private static IEnumerable<FieldError> Architectures(KubeVirtConfiguration configuration)
    {
        var architectures = configuration.ArchitectureConfiguration;
        var path = $"{Path}.architectureConfiguration";
        return
        [
            .. WordRules.OneOf(
                architectures?.DefaultArchitecture,
                $"{path}.defaultArchitecture",
                LifecycleRules.Architectures
            ),
            .. LifecycleRules.Architectures.SelectMany(architecture =>
                Architecture(configuration, architecture, $"{path}.{architecture}")
            ),
        ];
    }

    private static IEnumerable<FieldError> Architecture(
        KubeVirtConfiguration configuration,
        string architecture,
        string path
    )
    {
        var given = configuration.For(architecture);
        var globs = given?.EmulatedMachines ?? [];
        var isWellFormed = true;
        for (var index = 0; index < globs.Count; index++)
        {
            if (!MachineTypeRules.IsGlob(globs[index]))
            {
                isWellFormed = false;
                var field = $"{path}.emulatedMachines[{index}]";
                yield return FieldError.Invalid(
                    field,
                    $"{field}: '{globs[index]}' is no glob of machine types: use letters, digits, '.', '_', '-', '*' "
                        + "and '?', for example pc-q35*."
                );
            }
        }

        foreach (var error in MachineType(given?.MachineType, $"{path}.machineType"))
        {
            isWellFormed = false;
            yield return error;
        }

        if (isWellFormed && given is { MachineType.Length: > 0 } or { EmulatedMachines.Count: > 0 })
        {
            foreach (
                var error in MachineTypeRules.Check(
                    configuration.MachineTypeFor(architecture),
                    $"{path}.machineType",
                    configuration,
                    architecture
                )
            )
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<FieldError> MachineType(string? type, string field)
    {
        if (!string.IsNullOrEmpty(type) && !MachineTypeRules.IsName(type))
        {
            yield return FieldError.Invalid(field, $"{field}: '{type}' is no machine type; write one such as q35.");
        }
    }

    private static IEnumerable<FieldError> Developer(DeveloperConfiguration? developer)
    {
        var path = $"{Path}.developerConfiguration";
        if (developer?.CpuAllocationRatio < 1)
        {
            var field = $"{path}.cpuAllocationRatio";
            yield return FieldError.Invalid(field, $"{field}: {developer.CpuAllocationRatio} must be 1 or more.");
        }

        if (developer?.MemoryOvercommit is < 10 or > 1000)
        {
            var field = $"{path}.memoryOvercommit";
            yield return FieldError.Invalid(
                field,
                $"{field}: {developer.MemoryOvercommit} must be a percentage from 10 to 1000."
            );
        }
    }

    private static IEnumerable<string> Warnings(KubeVirtConfiguration configuration)
    {
        if (!string.IsNullOrEmpty(configuration.MachineType))
        {
            yield return $"{Path}.machineType is deprecated, use {Path}.architectureConfiguration instead.";
        }

        var developer = configuration.DeveloperConfiguration;
        foreach (
            var name in (developer?.FeatureGates ?? [])
                .Concat(developer?.DisabledFeatureGates ?? [])
                .Where(name => !FeatureGates.IsKnown(name))
                .Distinct(StringComparer.Ordinal)
        )
        {
            yield return $"Feature gate '{name}' is not known to Vireo and has no effect.";
        }
    }
}
