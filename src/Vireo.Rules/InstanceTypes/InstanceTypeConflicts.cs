using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a machine says although its instance type says it, and what no machine can have.</summary>
internal static class InstanceTypeConflicts
{
    private const string Template = "spec.template";
    private const string Domain = $"{Template}.spec.domain";

    /// <summary>All fields in one error, as clients expect it.</summary>
    public static IEnumerable<FieldError> Check(VirtualMachineSpec spec, VirtualMachineInstancetypeSpec type)
    {
        string[] paths = [.. Paths(spec.Template, type)];
        if (paths is not [])
        {
            var all = string.Join(", ", paths);
            yield return FieldError.Invalid(all, $"VM field(s) {all} conflicts with selected instance type");
        }

        foreach (var (field, isSet) in NotActedOn(type))
        {
            if (isSet)
            {
                yield return FieldError.NotSupported(
                    "spec.instancetype",
                    $"instance type {spec.Instancetype?.Name} sets {field}, which Vireo does not act on: choose one "
                        + "without it, for example of the series u1."
                );
            }
        }
    }

    private static IEnumerable<string> Paths(
        VirtualMachineInstanceTemplateSpec template,
        VirtualMachineInstancetypeSpec type
    ) =>
        [
            .. type.NodeSelector is { Count: > 0 } && template.Spec.NodeSelector is { Count: > 0 }
                ? [$"{Template}.spec.nodeSelector"]
                : Array.Empty<string>(),
            .. CpuPaths(template.Spec.Domain, type.Cpu),
            .. MemoryPaths(template.Spec.Domain, type.Memory).Take(1),
            .. AnnotationPaths(template.Metadata?.Annotations, type.Annotations),
        ];

    private static IEnumerable<string> CpuPaths(DomainSpec domain, CPUInstancetype type)
    {
        (string Path, bool Conflicts)[] table =
        [
            ("cpu.sockets", domain.Cpu?.Sockets is > 0),
            ("cpu.cores", domain.Cpu?.Cores is > 0),
            ("cpu.threads", domain.Cpu?.Threads is > 0),
            ("resources.requests.cpu", Has(domain.Resources?.Requests, "cpu")),
            ("resources.limits.cpu", Has(domain.Resources?.Limits, "cpu")),
            ("cpu.model", !string.IsNullOrEmpty(domain.Cpu?.Model) && !string.IsNullOrEmpty(type.Model)),
        ];
        return table.Where(row => row.Conflicts).Select(row => $"{Domain}.{row.Path}");
    }

    private static IEnumerable<string> MemoryPaths(DomainSpec domain, MemoryInstancetype type)
    {
        (string Path, bool Conflicts)[] table =
        [
            ("memory.guest", domain.Memory?.Guest is not null),
            ("memory.maxGuest", domain.Memory?.MaxGuest is not null && type.MaxGuest is not null),
            ("resources.requests.memory", Has(domain.Resources?.Requests, "memory")),
            ("resources.limits.memory", Has(domain.Resources?.Limits, "memory")),
        ];
        return table.Where(row => row.Conflicts).Select(row => $"{Domain}.{row.Path}");
    }

    private static IEnumerable<string> AnnotationPaths(
        IReadOnlyDictionary<string, string>? given,
        IReadOnlyDictionary<string, string>? typed
    ) =>
        (typed ?? new Dictionary<string, string>())
            .Where(pair => given is not null && given.TryGetValue(pair.Key, out var value) && value != pair.Value)
            .Select(pair => $"{Template}.metadata.annotations[{pair.Key}]");

    private static bool Has(IReadOnlyDictionary<string, Quantity>? amounts, string name) =>
        amounts?.ContainsKey(name) == true;

    private static (string Field, bool IsSet)[] NotActedOn(VirtualMachineInstancetypeSpec type) =>
        [
            ("cpu.dedicatedCPUPlacement", type.Cpu.DedicatedCPUPlacement == true),
            ("cpu.isolateEmulatorThread", type.Cpu.IsolateEmulatorThread == true),
            ("cpu.numa", type.Cpu.Numa?.GuestMappingPassthrough is not null),
            ("cpu.realtime", type.Cpu.Realtime is not null),
            ("memory.hugepages", type.Memory.Hugepages is not null),
            ("ioThreadsPolicy", !string.IsNullOrEmpty(type.IoThreadsPolicy)),
            ("ioThreads", type.IoThreads?.SupplementalPoolThreadCount is > 0),
            ("gpus", type.Gpus is { Count: > 0 }),
            ("hostDevices", type.HostDevices is { Count: > 0 }),
            ("launchSecurity", type.LaunchSecurity is not null),
            ("schedulerName", !string.IsNullOrEmpty(type.SchedulerName)),
        ];
}
