using System.Reflection;
using System.Runtime.InteropServices;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Says what this host is and offers: the only place where a Node and a Host are made. Pure.</summary>
internal static class HostReport
{
    /// <summary>Before the name of a machine type: a label of nodes that offer it.</summary>
    public const string MachineTypeLabel = "machine-type.node.kubevirt.io/";

    /// <summary>Memory that is left to the host itself.</summary>
    private const long ReservedBytes = 256L << 20;

    private static string Version { get; } =
        typeof(HostReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    /// <summary>The labels of a node: as Kubernetes' own, and a label for each machine type as KubeVirt's.</summary>
    /// <param name="labels">Those it has; what others put there stays.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="facts">What the host offers.</param>
    public static IReadOnlyDictionary<string, string> Labels(
        IReadOnlyDictionary<string, string>? labels,
        string name,
        HostFacts facts
    )
    {
        var next = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
        {
            if (!key.StartsWith(MachineTypeLabel, StringComparison.Ordinal))
            {
                next[key] = value;
            }
        }

        next["kubernetes.io/hostname"] = name;
        next["kubernetes.io/os"] = "linux";
        next["kubernetes.io/arch"] = facts.Architecture;
        next["kubevirt.io/schedulable"] = "true";
        foreach (var type in facts.MachineTypes.Where(type => type.Architecture == facts.Architecture))
        {
            next[MachineTypeLabel + type.Name] = type.Deprecated == true ? "deprecated" : "true";
        }

        return next;
    }

    /// <summary>The status of the host.</summary>
    /// <param name="told">What was told last.</param>
    /// <param name="facts">What the host offers; null when it is not known yet.</param>
    /// <param name="view">How things stand now.</param>
    public static HostStatus Host(HostStatus? told, HostFacts? facts, HostView view)
    {
        var conditions = Conditions.Set(told?.Conditions, Ready(view.Fault), view.Now);
        if (facts is null)
        {
            return (told ?? new()) with { Conditions = conditions, Endpoint = view.Endpoint };
        }

        conditions = SetWhile(conditions, SoftwareEmulation(facts, view.UseEmulation), view.Now);
        conditions = Conditions.Set(conditions, GuestNetwork(facts.NetworkFault), view.Now);
        return new()
        {
            Conditions = conditions,
            Architecture = facts.Architecture,
            Hypervisor = new()
            {
                Type = facts.HasKvm && !view.UseEmulation ? "kvm" : "qemu",
                LibvirtVersion = facts.LibvirtVersion.ToString(),
                QemuVersion = facts.QemuVersion.ToString(),
                VireoVersion = Version,
            },
            Capacity = Amounts(facts.Cpus, facts.MemoryBytes),
            Allocatable = Amounts(facts.Cpus, Math.Max(0, facts.MemoryBytes - ReservedBytes)),
            MachineTypes = facts.MachineTypes,
            MachineTypeSummary = MachineTypeSummaries.Of(facts.MachineTypes, facts.Architecture),
            ImageMachineTypes = view.ImageMachineTypes is { Count: > 0 } types
                ? new SortedDictionary<string, string>(types.ToDictionary(), StringComparer.Ordinal)
                : null,
            ImageDefaults = view.ImageDefaults is { Count: > 0 } defaults
                ? new SortedDictionary<string, IReadOnlyDictionary<string, string>>(
                    defaults.ToDictionary(),
                    StringComparer.Ordinal
                )
                : null,
            Processor = view.UseEmulation ? null : facts.Processor,
            Address = view.Address,
            Endpoint = view.Endpoint,
        };
    }

    /// <summary>The status of the node, from that of the host.</summary>
    public static NodeStatus Node(NodeStatus? told, HostStatus host, HostView view, string name)
    {
        var ready = Conditions.Find(host.Conditions, "Ready");
        var before = told?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return new()
        {
            Capacity = host.Capacity,
            Allocatable = host.Allocatable,
            Conditions =
            [
                new()
                {
                    Type = "Ready",
                    Status = ready?.Status ?? "Unknown",
                    Reason = ready?.Reason,
                    Message = ready?.Message,
                    LastHeartbeatTime =
                        before?.Status == ready?.Status ? before?.LastHeartbeatTime ?? view.Now : view.Now,
                    LastTransitionTime = ready?.LastTransitionTime,
                },
            ],
            Addresses =
            [
                .. view.Address is null
                    ? []
                    : new NodeAddress[]
                    {
                        new() { Type = "InternalIP", Address = view.Address },
                    },
                new() { Type = "Hostname", Address = name },
            ],
            NodeInfo = new()
            {
                KernelVersion = Environment.OSVersion.Version.ToString(),
                OsImage = RuntimeInformation.OSDescription,
                ContainerRuntimeVersion = host.Hypervisor is { } versions
                    ? $"libvirt://{versions.LibvirtVersion} qemu/{versions.QemuVersion}"
                    : null,
                KubeletVersion = Version,
                KubeProxyVersion = "",
                OperatingSystem = "linux",
                Architecture = host.Architecture,
                MachineID = view.MachineId,
                SystemUUID = "",
                BootID = view.BootId,
            },
        };
    }

    private static Condition Ready(string? fault) =>
        fault is null
            ? new()
            {
                Type = "Ready",
                Status = "True",
                Reason = "AgentReady",
                Message = "The agent runs and its hypervisor answers.",
            }
            : new()
            {
                Type = "Ready",
                Status = "False",
                Reason = "HypervisorUnavailable",
                Message = fault,
            };

    private static Condition SoftwareEmulation(HostFacts facts, bool useEmulation) =>
        new()
        {
            Type = "SoftwareEmulation",
            Status = facts.HasKvm && !useEmulation ? "False" : "True",
            Reason =
                useEmulation ? "UseEmulation"
                : facts.HasKvm ? "KVMWorks"
                : "NoKVM",
            Message =
                useEmulation ? "developerConfiguration.useEmulation is set: guests run without KVM."
                : facts.HasKvm ? "Guests run under KVM."
                : "No guest ran under KVM on this host, so processors are emulated in software, which is slow: see that "
                    + "/dev/kvm is there and that virtualization is on in the firmware.",
        };

    private static Condition GuestNetwork(string? fault) =>
        new()
        {
            Type = "GuestNetwork",
            Status = fault is null ? "True" : "False",
            Reason = fault is null ? "NetworkReady" : "NetworkUnavailable",
            Message = fault is null ? "Guests get a network." : $"Guests get no network: {fault}",
        };

    private static IReadOnlyList<Condition> SetWhile(
        IReadOnlyList<Condition> conditions,
        Condition condition,
        DateTimeOffset now
    ) =>
        condition.Status == "True"
            ? Conditions.Set(conditions, condition, now)
            : Conditions.Remove(conditions, condition.Type);

    private static Dictionary<string, Quantity> Amounts(int cpus, long memoryBytes) =>
        new(StringComparer.Ordinal)
        {
            ["cpu"] = Quantity.FromMilli(cpus * 1000L),
            ["memory"] = Quantity.FromBytes(memoryBytes),
        };
}

/// <summary>How things stand on this host, beside what it offers.</summary>
/// <param name="Fault">Why the hypervisor does not answer; null while it does.</param>
/// <param name="UseEmulation">True when the cluster wants guests to run without KVM.</param>
/// <param name="Address">Where other hosts reach it; null when it has no network.</param>
/// <param name="MachineId">The id of its installation.</param>
/// <param name="BootId">Changes with each boot.</param>
/// <param name="Endpoint">Where its agent is reached, a URL.</param>
/// <param name="Now">The time.</param>
internal sealed record HostView(
    string? Fault,
    bool UseEmulation,
    string? Address,
    string? MachineId,
    string? BootId,
    string Endpoint,
    DateTimeOffset Now
)
{
    /// <summary>The machine types that images on the host name, by the image's name.</summary>
    public IReadOnlyDictionary<string, string>? ImageMachineTypes { get; init; }

    /// <summary>The labels of images on the host that name an instance type or a preference, by the image's name.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? ImageDefaults { get; init; }
}
