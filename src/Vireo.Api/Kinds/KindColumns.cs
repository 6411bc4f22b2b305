namespace Vireo.Api;

/// <summary>The columns of kubectl's tables, kind by kind.</summary>
internal static class KindColumns
{
    private static PrinterColumn Ready { get; } =
        new("Ready", "string", ".status.conditions[?(@.type=='Ready')].status", 0, "Whether it can be used.");

    public static IReadOnlyList<PrinterColumn> Instancetypes { get; } =
    [
        new("vCPUs", "integer", ".spec.cpu.guest", 0, "vCPUs that a guest has."),
        new("Memory", "string", ".spec.memory.guest", 0, "Memory that a guest has."),
        PrinterColumn.Age,
    ];

    public static IReadOnlyList<PrinterColumn> VirtualMachines { get; } =
    [
        PrinterColumn.Age,
        new("Status", "string", ".status.printableStatus", 0, "The state in one word."),
        Ready,
        new("MachineType", "string", ".status.machineType.resolved", 1, "The machine type that is recorded."),
    ];

    public static IReadOnlyList<PrinterColumn> VirtualMachineInstances { get; } =
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
    ];

    public static IReadOnlyList<PrinterColumn> VirtualMachineInstanceConfigs { get; } =
    [
        new("Instances", "integer", ".status.instances", 0, "How many instances were made from it.") { IsCount = true },
        PrinterColumn.Age,
    ];

    public static IReadOnlyList<PrinterColumn> VirtualMachineInstanceMigrations { get; } =
    [
        new("Phase", "string", ".status.phase", 0, "Where it is."),
        new("VMI", "string", ".spec.vmiName", 0, "The instance that moves."),
        new("Source", "string", ".status.migrationState.sourceNode", 1, "The host it moves from."),
        new("Target", "string", ".status.migrationState.targetNode", 1, "The host it moves to."),
        PrinterColumn.Age,
    ];

    public static IReadOnlyList<PrinterColumn> Hosts { get; } =
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
    ];

    public static IReadOnlyList<PrinterColumn> MachineTypeTransitions { get; } =
    [
        new("Phase", "string", ".status.phase", 0, "Where it is."),
        new("Selected", "integer", ".status.counts.selected", 0, "Machines that were selected."),
        new("Updated", "integer", ".status.counts.updated", 0, "Machines with the new type in effect."),
        new("Restart", "integer", ".status.counts.restartRequired", 0, "Machines that need a restart."),
        new("Failed", "integer", ".status.counts.failed", 0, "Machines that could not be moved."),
        PrinterColumn.Age,
    ];

    public static IReadOnlyList<PrinterColumn> Nodes { get; } =
    [
        Ready,
        PrinterColumn.Age,
        new("Version", "string", ".status.nodeInfo.kubeletVersion", 0, "The agent's version."),
        new("Internal-IP", "string", ".status.addresses[?(@.type=='InternalIP')].address", 1, "Its address."),
        new("OS-Image", "string", ".status.nodeInfo.osImage", 1, "The operating system."),
        new("Kernel-Version", "string", ".status.nodeInfo.kernelVersion", 1, "The kernel."),
        new("Hypervisor", "string", ".status.nodeInfo.containerRuntimeVersion", 1, "What runs its guests."),
    ];

    public static IReadOnlyList<PrinterColumn> Events { get; } =
    [
        new("Last Seen", "date", ".lastTimestamp", 0, "How long ago it happened last."),
        new("Type", "string", ".type", 0, "Normal or Warning."),
        new("Reason", "string", ".reason", 0, "What happened."),
        new("Kind", "string", ".involvedObject.kind", 0, "The kind of object it is about."),
        new("Object", "string", ".involvedObject.name", 0, "The object it is about."),
        new("Message", "string", ".message", 0, "What happened, for a person."),
        new("Count", "integer", ".count", 1, "How often it happened."),
    ];

    public static IReadOnlyList<string> EventFields { get; } =
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
    ];

    public static IReadOnlyList<PrinterColumn> Secrets { get; } =
    [
        new("Type", "string", ".type", 0, "What the secret is for."),
        new("Data", "integer", ".data", 0, "How many values it holds.") { IsCount = true },
        PrinterColumn.Age,
    ];

    public static IReadOnlyList<PrinterColumn> ConfigMaps { get; } =
    [new("Data", "integer", ".data", 0, "How many texts it holds.") { IsCount = true }, PrinterColumn.Age];

    public static IReadOnlyList<PrinterColumn> ServiceAccounts { get; } =
    [new("Secrets", "integer", ".secrets", 0, "How many secrets it may use.") { IsCount = true }, PrinterColumn.Age];

    public static IReadOnlyList<PrinterColumn> RoleBindings { get; } =
    [
        new("Kind", "string", ".roleRef.kind", 1, "The kind of role."),
        new("Role", "string", ".roleRef.name", 0, "The role whose rights are given."),
        PrinterColumn.Age,
    ];

    public static IReadOnlyList<PrinterColumn> ControllerRevisions { get; } =
    [
        new("Controller", "string", ".metadata.ownerReferences[0].name", 0, "The object it is a snapshot of."),
        new("Revision", "integer", ".revision", 0, "The number of the snapshot."),
        PrinterColumn.Age,
    ];
}
