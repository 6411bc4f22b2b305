using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Instance types: a machine of each must be possible somewhere, if not on this cluster.</summary>
/// <remarks>
/// They may be changed at any time: machines hold the revision that they were given. What Vireo does not act on, such
/// as huge pages, is kept, so that catalogues made for KubeVirt can be applied; a machine of such a type is refused.
/// </remarks>
internal static class InstancetypeAdmission
{
    private const string Path = "spec";

    public static AdmissionResult Review(IResource type, VirtualMachineInstancetypeSpec? spec) =>
        AdmissionResult.Of(type, Check(spec), Warnings(spec));

    private static IEnumerable<string> Warnings(VirtualMachineInstancetypeSpec? spec) =>
        spec?.LaunchSecurity is null ? [] : [$"{Path}.launchSecurity is deprecated in instance types."];

    private static IEnumerable<FieldError> Check(VirtualMachineInstancetypeSpec? spec) =>
        spec is not { Cpu: not null, Memory: not null }
            ? [FieldError.Required(Path, $"{Path} must hold cpu.guest and memory.guest.")]
            :
            [
                .. Cpu(spec.Cpu, $"{Path}.cpu"),
                .. Memory(spec.Memory, $"{Path}.memory"),
                .. MetadataRules.Labels(spec.NodeSelector, $"{Path}.nodeSelector"),
                .. MetadataRules.Annotations(spec.Annotations, $"{Path}.annotations"),
                .. WordRules.OneOf(
                    spec.IoThreadsPolicy,
                    $"{Path}.ioThreadsPolicy",
                    "shared",
                    "auto",
                    "supplementalPool"
                ),
            ];

    private static IEnumerable<FieldError> Cpu(CPUInstancetype cpu, string path) =>
        [
            .. Count(cpu.Guest, least: 1, $"{path}.guest"),
            .. Count(cpu.MaxSockets ?? 0, least: 0, $"{path}.maxSockets"),
            .. CpuRules.Model(cpu.Model, $"{path}.model"),
        ];

    private static IEnumerable<FieldError> Count(long count, int least, string field)
    {
        if (count < least || count > CpuRules.MostVcpus)
        {
            yield return FieldError.Invalid(
                field,
                $"{field} '{count}': must be in range between {least} and {CpuRules.MostVcpus}."
            );
        }
    }

    private static IEnumerable<FieldError> Memory(MemoryInstancetype memory, string path)
    {
        foreach (var error in MemoryRules.Guest(memory.Guest, $"{path}.guest"))
        {
            yield return error;
        }

        if (memory.MaxGuest < memory.Guest)
        {
            yield return FieldError.Invalid(
                $"{path}.maxGuest",
                $"{path}.maxGuest '{memory.MaxGuest}' must not be less than {path}.guest '{memory.Guest}'."
            );
        }

        var field = $"{path}.overcommitPercent";
        if (memory.OvercommitPercent is < 0 or > 100)
        {
            yield return FieldError.Invalid(
                field,
                $"{field} '{memory.OvercommitPercent}': must be in range between 0 and 100."
            );
        }

        if (memory.OvercommitPercent > 0 && memory.Hugepages is not null)
        {
            yield return FieldError.Invalid(field, $"{field} and {path}.hugepages should not be requested together.");
        }
    }
}
