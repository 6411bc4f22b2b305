using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>Moves many virtual machines to a newer machine type (design 0).</summary>
public sealed record MachineTypeTransition : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "vireo.dev/v1alpha1";
    } = "vireo.dev/v1alpha1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "MachineTypeTransition";
    } = "MachineTypeTransition";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Which machines move, where to and how fast.</summary>
    public required MachineTypeTransitionSpec Spec { get; init; }

    /// <summary>How far it is.</summary>
    public MachineTypeTransitionStatus? Status { get; init; }
}

/// <summary>Which virtual machines move, where to and how fast. Only paused and cancelled may change later.</summary>
public sealed record MachineTypeTransitionSpec
{
    /// <summary>Namespaces of the machines; all when empty.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>Labels of the machines; any when empty.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Any, Running or Stopped machines; Any when empty.</summary>
    [AllowedValues("Any", "Running", "Stopped")]
    [DefaultValue("Any")]
    public string? State { get; init; }

    /// <summary>A glob of machine types, for example pc-q35-rhel8.*; any when empty.</summary>
    public string? MachineTypes { get; init; }

    /// <summary>
    /// From where to where each family moves; the built-in table when empty. Families that are not named stay.
    /// </summary>
    public IReadOnlyList<MachineTypeStep>? Steps { get; init; }

    /// <summary>True to move machines from one chipset family to another as well, as from i440fx to q35.</summary>
    public bool? AllowFamilyChange { get; init; }

    /// <summary>
    /// Label marks running machines with restart-vm-required and waits until they have restarted; Now restarts them.
    /// Label when empty.
    /// </summary>
    [AllowedValues("Label", "Now")]
    [DefaultValue("Label")]
    public string? Restart { get; init; }

    /// <summary>How fast it may go, and when it gives up.</summary>
    public MachineTypeTransitionLimits? Limits { get; init; }

    /// <summary>True to only tell what would happen to each machine.</summary>
    public bool? DryRun { get; init; }

    /// <summary>True to touch no further machine for now.</summary>
    public bool? Paused { get; init; }

    /// <summary>True to touch no further machine at all.</summary>
    public bool? Cancelled { get; init; }

    /// <summary>The transition whose machines get back what they had.</summary>
    public string? RollbackOf { get; init; }
}

/// <summary>From where to where one family of machine types moves.</summary>
public sealed record MachineTypeStep
{
    /// <summary>Types older than this move; the target when empty.</summary>
    public string? Below { get; init; }

    /// <summary>
    /// The new type, or newest for the newest of the family that every host offers; newest when empty.
    /// </summary>
    [DefaultValue("newest")]
    public string? Target { get; init; }
}

/// <summary>How fast a transition may go, and when it gives up.</summary>
public sealed record MachineTypeTransitionLimits
{
    /// <summary>How many machines may be restarting at once; 10 when empty.</summary>
    [Range(1, 10000)]
    [DefaultValue(10)]
    public int? MaxConcurrentRestarts { get; init; }

    /// <summary>How many machines are changed before a pause of batchInterval; all when empty.</summary>
    [Range(1, int.MaxValue)]
    public int? BatchSize { get; init; }

    /// <summary>The pause between batches, for example 5m; none when empty.</summary>
    public string? BatchInterval { get; init; }

    /// <summary>No further machine is touched after this many failures; no limit when empty.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxFailures { get; init; }

    /// <summary>Machines are touched only in this time of the day.</summary>
    public MaintenanceWindow? Window { get; init; }
}

/// <summary>A time of the day.</summary>
public sealed record MaintenanceWindow
{
    /// <summary>Its begin, for example 22:00.</summary>
    public required string Start { get; init; }

    /// <summary>Its end, for example 04:00: before the begin means on the next day.</summary>
    public required string End { get; init; }

    /// <summary>Where the clock hangs, for example Europe/Berlin; UTC when empty.</summary>
    [DefaultValue("UTC")]
    public string? TimeZone { get; init; }
}

/// <summary>How far a transition is.</summary>
public sealed record MachineTypeTransitionStatus
{
    /// <summary>
    /// Pending until it may begin, Running, Paused, AwaitingRestarts when only restarts of the machines' owners are
    /// missing, Completed, Failed or Cancelled.
    /// </summary>
    [AllowedValues("Pending", "Running", "Paused", "AwaitingRestarts", "Completed", "Failed", "Cancelled")]
    public string? Phase { get; init; }

    /// <summary>Progressing: what it does or waits for.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When the last batch was begun; batches without a pause between them count as one.</summary>
    public DateTimeOffset? BatchStartedAt { get; init; }

    /// <summary>The steps as they were found at its begin: newest has become a name.</summary>
    public IReadOnlyList<MachineTypeStep>? Steps { get; init; }

    /// <summary>How many machines came to what.</summary>
    public MachineTypeTransitionCounts? Counts { get; init; }

    /// <summary>What came of machines, the ones that need somebody first; not all when there are many.</summary>
    public IReadOnlyList<MachineTypeOutcome>? Outcomes { get; init; }

    /// <summary>How many outcomes are left out above.</summary>
    public int? OutcomesOmitted { get; init; }
}

/// <summary>How many virtual machines came to what.</summary>
public sealed record MachineTypeTransitionCounts
{
    /// <summary>All that were selected.</summary>
    public int Selected { get; init; }

    /// <summary>Not touched yet.</summary>
    public int Waiting { get; init; }

    /// <summary>Have the new type in effect.</summary>
    public int Updated { get; init; }

    /// <summary>Have it from their next restart, which is up to their owners.</summary>
    public int RestartRequired { get; init; }

    /// <summary>Are being restarted.</summary>
    public int Restarting { get; init; }

    /// <summary>Needed nothing.</summary>
    public int Unchanged { get; init; }

    /// <summary>Must not move, for example to another family.</summary>
    public int Refused { get; init; }

    /// <summary>Could not be moved.</summary>
    public int Failed { get; init; }
}

/// <summary>What came of one virtual machine in a transition.</summary>
public sealed record MachineTypeOutcome
{
    /// <summary>The machine's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The machine.</summary>
    public required string Name { get; init; }

    /// <summary>What came of it.</summary>
    [AllowedValues("Waiting", "Updated", "RestartRequired", "Restarting", "Unchanged", "Refused", "Failed")]
    public required string Outcome { get; init; }

    /// <summary>The type it had.</summary>
    public string? From { get; init; }

    /// <summary>The type it has or gets.</summary>
    public string? To { get; init; }

    /// <summary>Why, in one word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, for a person.</summary>
    public string? Message { get; init; }
}
