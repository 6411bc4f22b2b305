using System.Collections.Frozen;

namespace Vireo.Rules;

/// <summary>Names that clients look for, most of them fixed by KubeVirt: finalizers, annotations, labels.</summary>
public static class KubeVirtNames
{
    /// <summary>Holds a virtual machine until its instance is gone, and an instance until its end was seen.</summary>
    public const string VirtualMachineFinalizer = "kubevirt.io/virtualMachineControllerFinalize";

    /// <summary>Holds an instance until its guest is gone from its host.</summary>
    public const string InstanceFinalizer = "kubevirt.io/foregroundDeleteVirtualMachine";

    /// <summary>On a deleted object: what belongs to it stays.</summary>
    public const string OrphanFinalizer = "orphan";

    /// <summary>On an instance: the generation of the virtual machine it was started from.</summary>
    public const string GenerationAnnotation = "kubevirt.io/vm-generation";

    /// <summary>On an instance: the count of starts of its virtual machine that it was made at.</summary>
    public const string StartSerialAnnotation = "vireo.dev/start-serial";

    /// <summary>
    /// On an instance whose manifest names no machine type: where its type is from, ClusterConfiguration or BuiltIn.
    /// What its image names comes before that, if its host finds that the image names one.
    /// </summary>
    public const string MachineTypeSourceAnnotation = "vireo.dev/machine-type-source";

    /// <summary>On an instance: its host saves its disks when the guest has ended, before it lets them go.</summary>
    public const string SaveDisksAnnotation = "vireo.dev/save-disks";

    /// <summary>What the names of images begin with that hold the disks of shelved machines.</summary>
    public const string SavedImagePrefix = "vireo-shelved/";

    /// <summary>On a virtual machine whose new machine type waits for its next restart (design 0).</summary>
    public const string RestartRequiredLabel = "restart-vm-required";

    /// <summary>On a virtual machine: the transition that changed its machine type, from what and to what.</summary>
    public const string TransitionAnnotation = "vireo.dev/machine-type-transition";

    /// <summary>On an instance: the instance type of its virtual machine's namespace that it was made of.</summary>
    public const string InstancetypeAnnotation = "kubevirt.io/instancetype-name";

    /// <summary>On an instance: the cluster's instance type that it was made of.</summary>
    public const string ClusterInstancetypeAnnotation = "kubevirt.io/cluster-instancetype-name";

    /// <summary>On an instance: the preference of its virtual machine's namespace that it was made with.</summary>
    public const string PreferenceAnnotation = "kubevirt.io/preference-name";

    /// <summary>On an instance: the cluster's preference that it was made with.</summary>
    public const string ClusterPreferenceAnnotation = "kubevirt.io/cluster-preference-name";

    /// <summary>On an instance: the host it was placed on.</summary>
    public const string NodeNameLabel = "kubevirt.io/nodeName";

    /// <summary>Labels that only Vireo writes.</summary>
    public static IReadOnlySet<string> ReservedLabels { get; } =
        FrozenSet.Create(
            "kubevirt.io/created-by",
            "kubevirt.io/migrationJobUID",
            NodeNameLabel,
            "kubevirt.io/migrationTargetNodeName",
            "kubevirt.io/schedulable",
            "kubevirt.io/install-strategy"
        );
}
