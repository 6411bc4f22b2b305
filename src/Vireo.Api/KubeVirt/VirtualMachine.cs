using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>A virtual machine that lasts: its configuration, apart from the instance that runs it.</summary>
public sealed record VirtualMachine : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "kubevirt.io/v1";
    } = "kubevirt.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "VirtualMachine";
    } = "VirtualMachine";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What the owner wants.</summary>
    public required VirtualMachineSpec Spec { get; init; }

    /// <summary>What is.</summary>
    public VirtualMachineStatus? Status { get; init; }
}

/// <summary>What the owner of a virtual machine wants.</summary>
public sealed record VirtualMachineSpec
{
    /// <summary>
    /// Older form of the run strategy: true is Always, false is Halted. Give one of the two, never both.
    /// </summary>
    public bool? Running { get; init; }

    /// <summary>When an instance runs.</summary>
    public RunStrategy? RunStrategy { get; init; }

    /// <summary>The size: processors and memory from an instance type.</summary>
    public InstancetypeMatcher? Instancetype { get; init; }

    /// <summary>What the machine is given where it says nothing itself.</summary>
    public PreferenceMatcher? Preference { get; init; }

    /// <summary>The instance to run.</summary>
    public required VirtualMachineInstanceTemplateSpec Template { get; init; }
}

/// <summary>When an instance of a virtual machine runs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStrategy>))]
public enum RunStrategy
{
    /// <summary>An instance always runs; one that ends is started again.</summary>
    Always,

    /// <summary>An instance that fails is started again; one that the guest shut down is not.</summary>
    RerunOnFailure,

    /// <summary>Only start and stop requests start and stop instances.</summary>
    Manual,

    /// <summary>No instance runs.</summary>
    Halted,

    /// <summary>One instance runs to its end and is not started again.</summary>
    Once,

    /// <summary>Waits for an instance from another cluster. Known to KubeVirt; Vireo refuses it.</summary>
    WaitAsReceiver,
}

/// <summary>The instance that a virtual machine runs.</summary>
public sealed record VirtualMachineInstanceTemplateSpec
{
    /// <summary>Labels and annotations of the instance.</summary>
    public ObjectMeta? Metadata { get; init; }

    /// <summary>What the instance is made of.</summary>
    public required VirtualMachineInstanceSpec Spec { get; init; }
}

/// <summary>The state of a virtual machine.</summary>
public sealed record VirtualMachineStatus
{
    /// <summary>True while an instance exists.</summary>
    public bool? Created { get; init; }

    /// <summary>True while the instance is ready.</summary>
    public bool? Ready { get; init; }

    /// <summary>The state in one word, for people.</summary>
    [DefaultValue("Stopped")]
    public string? PrintableStatus { get; init; }

    /// <summary>Ready, Failure, Paused, RestartRequired and those of the instance.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>Starts and stops that were asked for and not yet done.</summary>
    public IReadOnlyList<VirtualMachineStateChangeRequest>? StateChangeRequests { get; init; }

    /// <summary>How often in a row an instance failed to start, and when the next is tried.</summary>
    public VirtualMachineStartFailure? StartFailure { get; init; }

    /// <summary>The generation of the configuration that the instance was started from.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>The generation of the configuration as it is now.</summary>
    public long? DesiredGeneration { get; init; }

    /// <summary>The run strategy last acted on.</summary>
    public RunStrategy? RunStrategy { get; init; }

    /// <summary>The run strategy that a stop replaced by Halted: the next start sets it again.</summary>
    public RunStrategy? RunStrategyBeforeStop { get; init; }

    /// <summary>The instance type in use, with its kept revision.</summary>
    public InstancetypeStatusRef? InstancetypeRef { get; init; }

    /// <summary>The preference in use, with its kept revision.</summary>
    public InstancetypeStatusRef? PreferenceRef { get; init; }

    /// <summary>The machine type, recorded for life.</summary>
    public MachineTypeRecord? MachineType { get; init; }

    /// <summary>
    /// The identity of the instance that was there at the last rebuild: what it runs with is not recorded any more.
    /// </summary>
    public string? ReplacedInstance { get; init; }

    /// <summary>
    /// True from a rebuild until the next boot, which alone records the machine type: nothing else is to fill it in.
    /// </summary>
    public bool? Rebuilt { get; init; }

    /// <summary>Present while the machine is shelved.</summary>
    public ShelvedState? Shelved { get; init; }

    /// <summary>Disks that were saved when the machine was shelved, which its guest starts from.</summary>
    public SavedDisks? SavedDisks { get; init; }

    /// <summary>
    /// Counts starts that were asked for or taken back. An instance bears the count that it was made at.
    /// </summary>
    public long? StartSerial { get; init; }

    /// <summary>Instances that were made at this count of starts or before are not wanted.</summary>
    public long? StartSerialTakenBack { get; init; }
}

/// <summary>A start or stop that was asked for.</summary>
public sealed record VirtualMachineStateChangeRequest
{
    /// <summary>What to do.</summary>
    [AllowedValues("Start", "Stop")]
    public required string Action { get; init; }

    /// <summary>Options of the action, for example paused.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>The instance to stop.</summary>
    public string? Uid { get; init; }
}

/// <summary>Failures to start since the last success.</summary>
public sealed record VirtualMachineStartFailure
{
    /// <summary>How many there were.</summary>
    public int? ConsecutiveFailCount { get; init; }

    /// <summary>The identity of the last instance that failed.</summary>
    public string? LastFailedVMIUID { get; init; }

    /// <summary>No new start before this time.</summary>
    public DateTimeOffset? RetryAfterTimestamp { get; init; }
}
