using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.SchemaCheck;

/// <summary>Which of KubeVirt's schemas each of our types stands for.</summary>
internal static class Twins
{
    private const string ConfigDesign = "Design 4: configurations of virtual machines.";
    private const string MachineTypeDesign = "Design 2: machine types recorded for life.";
    private const string LiveUpdateDesign = "Design 1: changes that reach guests, also by migration.";
    private const string Shelf = "Design 2 and its states: shelved virtual machines.";
    private const string Meta = "k8s.io.apimachinery.pkg.apis.meta.v1.";

    // Everything else bears the name of its twin in KubeVirt's v1.
    private static readonly Dictionary<Type, string[]> Named = new()
    {
        [typeof(Condition)] =
        [
            "v1.VirtualMachineCondition",
            "v1.VirtualMachineInstanceCondition",
            "v1.KubeVirtCondition",
            "v1.VirtualMachineInstanceMigrationCondition",
        ],
        [typeof(TickTimer)] = ["v1.PITTimer", "v1.HPETTimer"],
        [typeof(PlainTimer)] = ["v1.KVMTimer", "v1.HypervTimer"],
        [typeof(LocalObjectReference)] = ["k8s.io.api.core.v1.LocalObjectReference"],
        [typeof(ObjectMeta)] = [Meta + nameof(ObjectMeta)],
        [typeof(OwnerReference)] = [Meta + nameof(OwnerReference)],
        [typeof(ManagedFieldsEntry)] = [Meta + nameof(ManagedFieldsEntry)],
        [typeof(ListMeta)] = [Meta + nameof(ListMeta)],
        [typeof(LabelSelector)] = [Meta + nameof(LabelSelector)],
        [typeof(LabelSelectorRequirement)] = [Meta + nameof(LabelSelectorRequirement)],
        [typeof(DeleteOptions)] = [Meta + nameof(DeleteOptions)],
        [typeof(Preconditions)] = [Meta + nameof(Preconditions)],
        [typeof(Status)] = [Meta + nameof(Status)],
        [typeof(StatusDetails)] = [Meta + nameof(StatusDetails)],
        [typeof(StatusCause)] = [Meta + nameof(StatusCause)],
    };

    // Those of instancetype.kubevirt.io.
    private static readonly HashSet<Type> Beta =
    [
        typeof(VirtualMachineInstancetype),
        typeof(VirtualMachineClusterInstancetype),
        typeof(VirtualMachineInstancetypeSpec),
        typeof(CPUInstancetype),
        typeof(MemoryInstancetype),
        typeof(VirtualMachinePreference),
        typeof(VirtualMachineClusterPreference),
        typeof(VirtualMachinePreferenceSpec),
        typeof(ClockPreferences),
        typeof(CPUPreferences),
        typeof(SpreadOptions),
        typeof(DevicePreferences),
        typeof(FeaturePreferences),
        typeof(FirmwarePreferences),
        typeof(MachinePreferences),
        typeof(VolumePreferences),
        typeof(PreferenceRequirements),
        typeof(CPUPreferenceRequirement),
        typeof(MemoryPreferenceRequirement),
    ];

    /// <summary>
    /// Types in KubeVirt's groups that KubeVirt does not have, each with the design that asks for it.
    /// </summary>
    public static IReadOnlyDictionary<Type, string> Inventions { get; } =
        new Dictionary<Type, string>
        {
            [typeof(VirtualMachineInstanceConfig)] = ConfigDesign,
            [typeof(VirtualMachineInstanceConfigSpec)] = ConfigDesign,
            [typeof(VirtualMachineInstanceConfigStatus)] = ConfigDesign,
            [typeof(VirtualMachineInstanceConfigInstance)] = ConfigDesign,
            [typeof(MachineTypeRecord)] = MachineTypeDesign,
            [typeof(PendingMachineType)] = MachineTypeDesign,
            [typeof(ShelvedState)] = Shelf,
            [typeof(SavedDisks)] = Shelf,
            [typeof(SavedVolume)] = Shelf,
            [typeof(MigrationProgress)] = LiveUpdateDesign,
        };

    /// <summary>
    /// Properties of KubeVirt's types that KubeVirt does not have, as Type.property, each with the design that asks
    /// for it.
    /// </summary>
    public static IReadOnlyDictionary<string, string> InventedProperties { get; } =
        new Dictionary<string, string>
        {
            ["VirtualMachineStatus.runStrategyBeforeStop"] = "Life of a VM: a start brings back what a stop replaced.",
            ["VirtualMachineStatus.startSerial"] = "Life of a VM: an instance is told apart from one asked for later.",
            ["VirtualMachineStatus.startSerialTakenBack"] = "Life of a VM: a start that was taken back is not made.",
            ["VirtualMachineStatus.machineType"] = MachineTypeDesign,
            ["VirtualMachineStatus.shelved"] = Shelf,
            ["VirtualMachineStatus.savedDisks"] = Shelf,
            ["VirtualMachineStatus.replacedInstance"] = Shelf,
            ["VirtualMachineStatus.rebuilt"] = Shelf,
            ["VirtualMachineInstanceStatus.savedDisks"] = Shelf,
            ["VirtualMachineInstanceMigrationState.progress"] = LiveUpdateDesign,
            ["KubeVirtConfiguration.machineTypePolicy"] = MachineTypeDesign,
            ["Condition.observedGeneration"] =
                "kubectl wait: a VM whose guest lacks a change has observed it all the same.",
        };

    /// <summary>Properties that we require and KubeVirt does not, as Type.property, each with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Stricter { get; } =
        new Dictionary<string, string>
        {
            ["VirtualMachineInstanceTemplateSpec.spec"] =
                "KubeVirt requires what is inside (domain), so a template without a spec fails there as well.",
        };

    /// <summary>The kinds that KubeVirt has too.</summary>
    public static IEnumerable<ResourceKind> Kinds =>
        ResourceKinds.All.Where(kind =>
            kind.Group == "kubevirt.io" || kind.Group.EndsWith(".kubevirt.io", StringComparison.Ordinal)
        );

    /// <summary>Every object that those kinds are made of, and what goes along with them.</summary>
    public static IEnumerable<SchemaNode> Nodes =>
        Named.Keys.Concat(Kinds.Select(kind => kind.TypeInfo.Type)).SelectMany(Reach).DistinctBy(node => node.Source);

    /// <summary>The names of KubeVirt's schemas for a type.</summary>
    public static IReadOnlyList<string> Of(Type type) =>
        Named.GetValueOrDefault(type, [$"{(Beta.Contains(type) ? "v1beta1" : "v1")}.{type.Name}"]);

    private static IEnumerable<SchemaNode> Reach(Type root)
    {
        var seen = new HashSet<Type>();
        var waiting = new Stack<SchemaNode>([StructuralSchema.For(root)]);
        while (waiting.TryPop(out var node))
        {
            if (node.Items is { } items)
            {
                waiting.Push(items);
            }
            else if (node.Type == SchemaType.Object && seen.Add(node.Source))
            {
                yield return node;
                foreach (var property in node.Properties.Values)
                {
                    waiting.Push(property.Value);
                }
            }
        }
    }
}
