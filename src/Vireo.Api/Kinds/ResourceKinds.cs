using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Api;

/// <summary>
/// The table of every kind that is served. Whatever a client can ask about a kind is answered from here.
/// </summary>
public static class ResourceKinds
{
    /// <summary>Virtual machines: configuration apart from the instance.</summary>
    public static ResourceKind<VirtualMachine> VirtualMachines { get; } =
        new("kubevirt.io", "v1", "VirtualMachine", "virtualmachines", true, ApiJson.Default.VirtualMachine)
        {
            IsNamedByLabel = true,
            ShortNames = ["vm", "vms"],
            Categories = ["all"],
            SelectableFields = ["status.savedDisks.host"],
            HasStatusSubresource = true,
            Columns = KindColumns.VirtualMachines,
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
            SelectableFields = ["status.nodeName", "status.phase", "status.migrationState.targetNode"],
            Columns = KindColumns.VirtualMachineInstances,
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
            Columns = KindColumns.VirtualMachineInstanceConfigs,
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
            Columns = KindColumns.VirtualMachineInstanceMigrations,
        };

    /// <summary>Sizes for the machines of a namespace.</summary>
    public static ResourceKind<VirtualMachineInstancetype> VirtualMachineInstancetypes { get; } =
        SizeKind("VirtualMachineInstancetype", true, ApiJson.Default.VirtualMachineInstancetype) with
        {
            ShortNames = ["vminstancetype", "vminstancetypes", "vmf", "vmfs"],
            Columns = KindColumns.Instancetypes,
        };

    /// <summary>Sizes for the machines of every namespace.</summary>
    public static ResourceKind<VirtualMachineClusterInstancetype> VirtualMachineClusterInstancetypes { get; } =
        SizeKind("VirtualMachineClusterInstancetype", false, ApiJson.Default.VirtualMachineClusterInstancetype) with
        {
            ShortNames = ["vmclusterinstancetype", "vmclusterinstancetypes", "vmcf", "vmcfs"],
            Columns = KindColumns.Instancetypes,
        };

    /// <summary>Preferences for the machines of a namespace.</summary>
    public static ResourceKind<VirtualMachinePreference> VirtualMachinePreferences { get; } =
        SizeKind("VirtualMachinePreference", true, ApiJson.Default.VirtualMachinePreference) with
        {
            ShortNames = ["vmpref", "vmprefs", "vmp", "vmps"],
        };

    /// <summary>Preferences for the machines of every namespace.</summary>
    public static ResourceKind<VirtualMachineClusterPreference> VirtualMachineClusterPreferences { get; } =
        SizeKind("VirtualMachineClusterPreference", false, ApiJson.Default.VirtualMachineClusterPreference) with
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
            Columns = KindColumns.Hosts,
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
            Columns = KindColumns.MachineTypeTransitions,
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
            Columns = KindColumns.Nodes,
        };

    /// <summary>What was done and what went wrong.</summary>
    public static ResourceKind<Event> Events { get; } =
        new("", "v1", "Event", "events", true, ApiJson.Default.Event)
        {
            ShortNames = ["ev"],
            SelectableFields = KindColumns.EventFields,
            Columns = KindColumns.Events,
        };

    /// <summary>What only those who need it may read.</summary>
    public static ResourceKind<Secret> Secrets { get; } =
        new("", "v1", "Secret", "secrets", true, ApiJson.Default.Secret)
        {
            SelectableFields = ["type"],
            Columns = KindColumns.Secrets,
        };

    /// <summary>Texts and files that are no secret.</summary>
    public static ResourceKind<ConfigMap> ConfigMaps { get; } =
        new("", "v1", "ConfigMap", "configmaps", true, ApiJson.Default.ConfigMap)
        {
            ShortNames = ["cm"],
            Columns = KindColumns.ConfigMaps,
        };

    /// <summary>Identities for programs.</summary>
    public static ResourceKind<ServiceAccount> ServiceAccounts { get; } =
        new("", "v1", "ServiceAccount", "serviceaccounts", true, ApiJson.Default.ServiceAccount)
        {
            ShortNames = ["sa"],
            Columns = KindColumns.ServiceAccounts,
        };

    /// <summary>Snapshots of objects, kept to go back to.</summary>
    public static ResourceKind<ControllerRevision> ControllerRevisions { get; } =
        new("apps", "v1", "ControllerRevision", "controllerrevisions", true, ApiJson.Default.ControllerRevision)
        {
            Columns = KindColumns.ControllerRevisions,
        };

    /// <summary>Heartbeats and elections.</summary>
    public static ResourceKind<Lease> Leases { get; } =
        new("coordination.k8s.io", "v1", "Lease", "leases", true, ApiJson.Default.Lease)
        {
            HasNoHistory = true,
            Columns = [new("Holder", "string", ".spec.holderIdentity", 0, "Who holds it."), PrinterColumn.Age],
        };

    /// <summary>What clients look up to find the kinds beyond Kubernetes' own.</summary>
    public static ResourceKind<CustomResourceDefinition> CustomResourceDefinitions { get; } =
        new(
            "apiextensions.k8s.io",
            "v1",
            "CustomResourceDefinition",
            "customresourcedefinitions",
            false,
            ApiJson.Default.CustomResourceDefinition
        )
        {
            ShortNames = ["crd", "crds"],
            Categories = ["api-extensions"],
            IsReadOnly = true,
            Columns = [new("Created At", "date", ".metadata.creationTimestamp", 0, "When it was made.")],
        };

    /// <summary>What may be done in a namespace.</summary>
    public static ResourceKind<Role> Roles { get; } = RbacKind.Of("Role", true, ApiJson.Default.Role);

    /// <summary>Who may do it.</summary>
    public static ResourceKind<RoleBinding> RoleBindings { get; } =
        RbacKind.Of("RoleBinding", true, ApiJson.Default.RoleBinding);

    /// <summary>What may be done in the cluster.</summary>
    public static ResourceKind<ClusterRole> ClusterRoles { get; } =
        RbacKind.Of("ClusterRole", false, ApiJson.Default.ClusterRole);

    /// <summary>Who may do it.</summary>
    public static ResourceKind<ClusterRoleBinding> ClusterRoleBindings { get; } =
        RbacKind.Of("ClusterRoleBinding", false, ApiJson.Default.ClusterRoleBinding);

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
        CustomResourceDefinitions,
        Roles,
        RoleBindings,
        ClusterRoles,
        ClusterRoleBindings,
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

    private static ResourceKind<T> SizeKind<T>(string kind, bool isNamespaced, JsonTypeInfo<T> type)
        where T : class, IResource =>
        new("instancetype.kubevirt.io", "v1beta1", kind, kind.ToLowerInvariant() + "s", isNamespaced, type)
        {
            Categories = isNamespaced ? ["all"] : [],
        };
}
