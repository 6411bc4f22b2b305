using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Where and how long an instance lives, and what it is called.</summary>
internal static class LifecycleRules
{
    public static IReadOnlyList<string> Architectures { get; } = ["amd64", "arm64", "s390x"];

    public static IReadOnlyList<string> EvictionStrategies { get; } =
    ["None", "LiveMigrate", "LiveMigrateIfPossible", "External"];

    public static IEnumerable<FieldError> Check(VirtualMachineInstanceSpec spec, string path) =>
        [
            .. WordRules.OneOf(spec.Architecture, $"{path}.architecture", Architectures),
            .. StartStrategy(spec.StartStrategy, $"{path}.startStrategy"),
            .. EvictionStrategy(spec.EvictionStrategy, $"{path}.evictionStrategy"),
            .. GracePeriod(spec.TerminationGracePeriodSeconds, $"{path}.terminationGracePeriodSeconds"),
            .. DnsLabel(spec.Hostname, $"{path}.hostname"),
            .. DnsLabel(spec.Subdomain, $"{path}.subdomain"),
            .. MetadataRules.Labels(spec.NodeSelector, $"{path}.nodeSelector"),
        ];

    private static IEnumerable<FieldError> StartStrategy(string? strategy, string field) =>
        string.IsNullOrEmpty(strategy) || strategy == "Paused"
            ? []
            :
            [
                FieldError.Invalid(
                    field,
                    $"{field} is set with an unrecognized option: {strategy}. Leave it out, or use Paused."
                ),
            ];

    private static IEnumerable<FieldError> EvictionStrategy(string? strategy, string field) =>
        string.IsNullOrEmpty(strategy) || EvictionStrategies.Contains(strategy)
            ? []
            :
            [
                FieldError.Invalid(
                    field,
                    $"{field} is set with an unrecognized option: {strategy}. Use "
                        + $"{string.Join(", ", EvictionStrategies)}."
                ),
            ];

    private static IEnumerable<FieldError> GracePeriod(long? seconds, string field) =>
        seconds < 0
            ? [FieldError.Invalid(field, $"{field}: {seconds} must not be negative; 0 ends the guest at once.")]
            : [];

    private static IEnumerable<FieldError> DnsLabel(string? name, string field) =>
        string.IsNullOrEmpty(name) || NameRules.IsLabel(name)
            ? []
            : [FieldError.Invalid(field, $"{field}: '{name}' {NameRules.LabelForm}.")];
}
