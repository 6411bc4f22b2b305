using System.Collections.Frozen;

namespace Vireo.Api;

/// <summary>
/// The table of every kind that is served. Whatever a client can ask about a kind is answered from here.
/// </summary>
public static class ResourceKinds
{
    private const string InstancetypeGroup = "instancetype.kubevirt.io";

    private static IReadOnlyList<PrinterColumn> InstancetypeColumns { get; } =
    [
        new("vCPUs", "integer", ".spec.cpu.guest", 0, "vCPUs that a guest has."),
        new("Memory", "string", ".spec.memory.guest", 0, "Memory that a guest has."),
        PrinterColumn.Age,
    ];

    private static PrinterColumn Ready { get; } =
        new("Ready", "string", ".status.conditions[?(@.type=='Ready')].status", 0, "Whether it can be used.");

    /// <summary>Virtual machines: configuration apart from the instance.</summary>
    public static ResourceKind<VirtualMachine> VirtualMachines { get; } =
        new("kubevirt.io", "v1", "VirtualMachine", "virtualmachines", true, ApiJson.Default.VirtualMachine)
        {
            IsNamedByLabel = true,
            ShortNames = ["vm", "vms"],
            Categories = ["all"],
            SelectableFields = ["status.savedDisks.host"],
            HasStatusSubresource = true,
            Columns =
            [
                PrinterColumn.Age,
                new("Status", "string", ".status.printableStatus", 0, "The state in one word."),
                Ready,
                new("MachineType", "string", ".status.machineType.resolved", 1, "The machine type that is recorded."),
            ],
        };

    /// <summary>Instances: what runs now.</summary>
    public static ResourceKind<VirtualMachineInstance> VirtualMachineInstances { get; } =
        new(
            "kubevirt.io",
            "v1",
            "VirtualMachineInstance",
            "virtualmachineinstances",
            true,
            ApiJson.Default.VirtualMachineInstance
        )
        {
            IsNamedByLabel = true,
            ShortNames = ["vmi", "vmis"],
            Categories = ["all"],
            SelectableFields = ["status.nodeName", "status.phase"],
            Columns =
            [
                PrinterColumn.Age,
                new("Phase", "string", ".status.phase", 0, "Where in its life the instance is."),
                new("IP", "string", ".status.interfaces[0].ipAddress", 0, "The first address."),
                new("NodeName", "string", ".status.nodeName", 0, "The node it was placed on."),
                Ready,
                new(
                    "Live-Migratable",
                    "string",
                    ".status.conditions[?(@.type=='LiveMigratable')].status",
                    1,
                    "Whether it can move to another node while it runs."
                ),
                new("Paused", "string", ".status.conditions[?(@.type=='Paused')].status", 1, "Whether it is paused."),
            ],
        };

    /// <summary>Configurations that instances are made from.</summary>
    public static ResourceKind<VirtualMachineInstanceConfig> VirtualMachineInstanceConfigs { get; } =
        new(
            "kubevirt.io",
            "v1",
            "VirtualMachineInstanceConfig",
            "virtualmachineinstanceconfigs",
            true,
            ApiJson.Default.VirtualMachineInstanceConfig
        )
        {
            IsNamedByLabel = true,
            ShortNames = ["vmic", "vmics"],
            Categories = ["all"],
            HasStatusSubresource = true,
            Columns =
            [
                new("Instances", "integer", ".status.instances", 0, "How many instances were made from it.")
                {
                    IsCount = true,
                },
                PrinterColumn.Age,
            ],
        };

    /// <summary>Moves of instances to other hosts.</summary>
    public static ResourceKind<VirtualMachineInstanceMigration> VirtualMachineInstanceMigrations { get; } =
        new(
            "kubevirt.io",
            "v1",
            "VirtualMachineInstanceMigration",
            "virtualmachineinstancemigrations",
            true,
            ApiJson.Default.VirtualMachineInstanceMigration
        )
        {
            ShortNames = ["vmim", "vmims"],
            Categories = ["all"],
            HasStatusSubresource = true,
            SelectableFields = ["spec.vmiName", "status.phase"],
            Columns =
            [
                new("Phase", "string", ".status.phase", 0, "Where it is."),
                new("VMI", "string", ".spec.vmiName", 0, "The instance that moves."),
                new("Source", "string", ".status.migrationState.sourceNode", 1, "The host it moves from."),
                new("Target", "string", ".status.migrationState.targetNode", 1, "The host it moves to."),
                PrinterColumn.Age,
            ],
        };

    /// <summary>Sizes for the machines of a namespace.</summary>
    public static ResourceKind<VirtualMachineInstancetype> VirtualMachineInstancetypes { get; } =
        new(
            InstancetypeGroup,
            "v1beta1",
            "VirtualMachineInstancetype",
            "virtualmachineinstancetypes",
            true,
            ApiJson.Default.VirtualMachineInstancetype
        )
        {
            ShortNames = ["vminstancetype", "vminstancetypes", "vmf", "vmfs"],
            Categories = ["all"],
            Columns = InstancetypeColumns,
        };

    /// <summary>Sizes for the machines of every namespace.</summary>
    public static ResourceKind<VirtualMachineClusterInstancetype> VirtualMachineClusterInstancetypes { get; } =
        new(
            InstancetypeGroup,
            "v1beta1",
            "VirtualMachineClusterInstancetype",
            "virtualmachineclusterinstancetypes",
            false,
            ApiJson.Default.VirtualMachineClusterInstancetype
        )
        {
            ShortNames = ["vmclusterinstancetype", "vmclusterinstancetypes", "vmcf", "vmcfs"],
            Columns = InstancetypeColumns,
        };

    /// <summary>Preferences for the machines of a namespace.</summary>
    public static ResourceKind<VirtualMachinePreference> VirtualMachinePreferences { get; } =
        new(
            InstancetypeGroup,
            "v1beta1",
            "VirtualMachinePreference",
            "virtualmachinepreferences",
            true,
            ApiJson.Default.VirtualMachinePreference
        )
        {
            ShortNames = ["vmpref", "vmprefs", "vmp", "vmps"],
            Categories = ["all"],
        };

    /// <summary>Preferences for the machines of every namespace.</summary>
    public static ResourceKind<VirtualMachineClusterPreference> VirtualMachineClusterPreferences { get; } =
        new(
            InstancetypeGroup,
            "v1beta1",
            "VirtualMachineClusterPreference",
            "virtualmachineclusterpreferences",
            false,
            ApiJson.Default.VirtualMachineClusterPreference
        )
        {
            ShortNames = ["vmcp", "vmcps"],
        };

    /// <summary>The configuration of the cluster.</summary>
    public static ResourceKind<KubeVirt> KubeVirts { get; } =
        new("kubevirt.io", "v1", "KubeVirt", "kubevirts", true, ApiJson.Default.KubeVirt)
        {
            ShortNames = ["kv", "kvs"],
            Categories = ["all"],
            HasStatusSubresource = true,
            Columns = [PrinterColumn.Age, new("Phase", "string", ".status.phase", 0, "Where the installation is.")],
        };

    /// <summary>Hypervisor hosts and what they offer.</summary>
    public static ResourceKind<Host> Hosts { get; } =
        new("vireo.dev", "v1alpha1", "Host", "hosts", false, ApiJson.Default.Host)
        {
            HasStatusSubresource = true,
            Columns =
            [
                Ready,
                new("Type", "string", ".status.hypervisor.type", 0, "kvm, or qemu for software emulation."),
                new("Arch", "string", ".status.architecture", 0, "The processor architecture."),
                new("CPU", "string", ".status.allocatable.cpu", 0, "Processors that guests may use."),
                new("Memory", "string", ".status.allocatable.memory", 0, "Memory that guests may use."),
                new("QEMU", "string", ".status.hypervisor.qemuVersion", 0, "The version of QEMU."),
                new("Newest Type", "string", ".status.machineTypeSummary.newest", 0, "Of the default family."),
                new("Types", "integer", ".status.machineTypeSummary.count", 0, "How many machine types it offers."),
                new("Libvirt", "string", ".status.hypervisor.libvirtVersion", 1, "The version of libvirt."),
                new("Machine Types", "string", ".status.machineTypeSummary.names", 1, "All, by line, newest first."),
                PrinterColumn.Age,
            ],
        };

    /// <summary>Moves of many machines to newer machine types.</summary>
    public static ResourceKind<MachineTypeTransition> MachineTypeTransitions { get; } =
        new(
            "vireo.dev",
            "v1alpha1",
            "MachineTypeTransition",
            "machinetypetransitions",
            false,
            ApiJson.Default.MachineTypeTransition
        )
        {
            IsNamedByLabel = true,
            ShortNames = ["mtt"],
            HasStatusSubresource = true,
            Columns =
            [
                new("Phase", "string", ".status.phase", 0, "Where it is."),
                new("Selected", "integer", ".status.counts.selected", 0, "Machines that were selected."),
                new("Updated", "integer", ".status.counts.updated", 0, "Machines with the new type in effect."),
                new("Restart", "integer", ".status.counts.restartRequired", 0, "Machines that need a restart."),
                new("Failed", "integer", ".status.counts.failed", 0, "Machines that could not be moved."),
                PrinterColumn.Age,
            ],
        };

    /// <summary>Rooms for names.</summary>
    public static ResourceKind<Namespace> Namespaces { get; } =
        new("", "v1", "Namespace", "namespaces", false, ApiJson.Default.Namespace)
        {
            IsNamedByLabel = true,
            ShortNames = ["ns"],
            HasStatusSubresource = true,
            SelectableFields = ["status.phase"],
            Columns = [new("Status", "string", ".status.phase", 0, "Active or Terminating."), PrinterColumn.Age],
        };

    /// <summary>Machines as Kubernetes tools know them.</summary>
    public static ResourceKind<Node> Nodes { get; } =
        new("", "v1", "Node", "nodes", false, ApiJson.Default.Node)
        {
            ShortNames = ["no"],
            HasStatusSubresource = true,
            SelectableFields = ["spec.unschedulable"],
            Columns =
            [
                Ready,
                PrinterColumn.Age,
                new("Version", "string", ".status.nodeInfo.kubeletVersion", 0, "The agent's version."),
                new("Internal-IP", "string", ".status.addresses[?(@.type=='InternalIP')].address", 1, "Its address."),
                new("OS-Image", "string", ".status.nodeInfo.osImage", 1, "The operating system."),
                new("Kernel-Version", "string", ".status.nodeInfo.kernelVersion", 1, "The kernel."),
                new("Hypervisor", "string", ".status.nodeInfo.containerRuntimeVersion", 1, "What runs its guests."),
            ],
        };

    /// <summary>What was done and what went wrong.</summary>
    public static ResourceKind<Event> Events { get; } =
        new("", "v1", "Event", "events", true, ApiJson.Default.Event)
        {
            ShortNames = ["ev"],
            SelectableFields =
            [
                "involvedObject.kind",
                "involvedObject.namespace",
                "involvedObject.name",
                "involvedObject.uid",
                "involvedObject.apiVersion",
                "involvedObject.resourceVersion",
                "involvedObject.fieldPath",
                "reason",
                "reportingComponent",
                "source",
                "type",
            ],
            Columns =
            [
                new("Last Seen", "date", ".lastTimestamp", 0, "How long ago it happened last."),
                new("Type", "string", ".type", 0, "Normal or Warning."),
                new("Reason", "string", ".reason", 0, "What happened."),
                new("Kind", "string", ".involvedObject.kind", 0, "The kind of object it is about."),
                new("Object", "string", ".involvedObject.name", 0, "The object it is about."),
                new("Message", "string", ".message", 0, "What happened, for a person."),
                new("Count", "integer", ".count", 1, "How often it happened."),
            ],
        };

    /// <summary>What only those who need it may read.</summary>
    public static ResourceKind<Secret> Secrets { get; } =
        new("", "v1", "Secret", "secrets", true, ApiJson.Default.Secret)
        {
            SelectableFields = ["type"],
            Columns =
            [
                new("Type", "string", ".type", 0, "What the secret is for."),
                new("Data", "integer", ".data", 0, "How many values it holds.") { IsCount = true },
                PrinterColumn.Age,
            ],
        };

    /// <summary>Texts and files that are no secret.</summary>
    public static ResourceKind<ConfigMap> ConfigMaps { get; } =
        new("", "v1", "ConfigMap", "configmaps", true, ApiJson.Default.ConfigMap)
        {
            ShortNames = ["cm"],
            Columns =
            [
                new("Data", "integer", ".data", 0, "How many texts it holds.") { IsCount = true },
                PrinterColumn.Age,
            ],
        };

    /// <summary>Identities for programs.</summary>
    public static ResourceKind<ServiceAccount> ServiceAccounts { get; } =
        new("", "v1", "ServiceAccount", "serviceaccounts", true, ApiJson.Default.ServiceAccount)
        {
            ShortNames = ["sa"],
            Columns =
            [
                new("Secrets", "integer", ".secrets", 0, "How many secrets it may use.") { IsCount = true },
                PrinterColumn.Age,
            ],
        };

    /// <summary>Snapshots of objects, kept to go back to.</summary>
    public static ResourceKind<ControllerRevision> ControllerRevisions { get; } =
        new("apps", "v1", "ControllerRevision", "controllerrevisions", true, ApiJson.Default.ControllerRevision)
        {
            Columns =
            [
                new("Controller", "string", ".metadata.ownerReferences[0].name", 0, "The object it is a snapshot of."),
                new("Revision", "integer", ".revision", 0, "The number of the snapshot."),
                PrinterColumn.Age,
            ],
        };

    /// <summary>Heartbeats and elections.</summary>
    public static ResourceKind<Lease> Leases { get; } =
        new("coordination.k8s.io", "v1", "Lease", "leases", true, ApiJson.Default.Lease)
        {
            HasNoHistory = true,
            Columns = [new("Holder", "string", ".spec.holderIdentity", 0, "Who holds it."), PrinterColumn.Age],
        };

    /// <summary>Every kind, in the order in which discovery shows them.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        Namespaces,
        Nodes,
        Events,
        Secrets,
        ConfigMaps,
        ServiceAccounts,
        ControllerRevisions,
        Leases,
        VirtualMachines,
        VirtualMachineInstances,
        VirtualMachineInstanceConfigs,
        VirtualMachineInstanceMigrations,
        VirtualMachineInstancetypes,
        VirtualMachineClusterInstancetypes,
        VirtualMachinePreferences,
        VirtualMachineClusterPreferences,
        KubeVirts,
        Hosts,
        MachineTypeTransitions,
    ];

    private static FrozenDictionary<Type, ResourceKind> ByType { get; } =
        All.ToFrozenDictionary(kind => kind.TypeInfo.Type);

    /// <summary>The kind whose objects a type holds.</summary>
    /// <exception cref="InvalidOperationException">No kind is held by the type: a bug.</exception>
    public static ResourceKind<T> Of<T>()
        where T : class, IResource =>
        ByType.GetValueOrDefault(typeof(T)) as ResourceKind<T>
        ?? throw new InvalidOperationException($"No kind in {nameof(ResourceKinds)} is held by {typeof(T)}.");
}
