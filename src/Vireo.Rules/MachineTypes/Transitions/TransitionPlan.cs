using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides what a transition does to one virtual machine.</summary>
/// <remarks>
/// What counts is what the guest really runs with, whatever its template says, and what its next boot brings. An alias
/// that nothing is recorded for needs nothing while it is off: its next boot takes what the alias means then.
/// </remarks>
public static class TransitionPlan
{
    /// <summary>What to do to a machine that the transition selects and has not changed yet.</summary>
    /// <param name="spec">The transition's.</param>
    /// <param name="steps">Its steps, settled.</param>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="offers">What hosts offer; an empty one where hosts do not tell.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static TransitionDecision Decide(
        MachineTypeTransitionSpec spec,
        IReadOnlyList<MachineTypeStep> steps,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        MachineTypeOffers offers,
        KubeVirtConfiguration configuration,
        string? preference = null
    )
    {
        var running = Running(instance);
        var next = MachineTypeRecords.ForNextBoot(machine, configuration, null, preference);
        var present = running ?? next;
        if (machine.Metadata.DeletionTimestamp is not null)
        {
            return Unchanged("Deleting", "The virtual machine is being deleted.", present);
        }

        if (MachineType.Parse(present) is not { IsAlias: false } type)
        {
            return Unchanged("Alias", AliasText(present), present);
        }

        var (step, refusal) = TransitionSteppingStones.Find(steps, type, spec.AllowFamilyChange == true);
        if (step is null)
        {
            return refusal!;
        }

        var move = Move(step, running, MachineType.Parse(next), type);
        return move is not TransitionDecision.Change change ? move
            : !offers.IsEmpty && !offers.Offers(change.To)
                ? Refused("NotOffered", $"No host offers {change.To}.", change.From)
            : change with
            {
                NeedsLabel = running is not null && running != change.To,
                NeedsRestart = running is not null && running != change.To && spec.Restart == "Now",
            };
    }

    /// <summary>What to do to a machine that a rollback selects: it gets back what it had.</summary>
    /// <param name="spec">The rollback's.</param>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    /// <param name="from">The type in effect before the transition that is rolled back.</param>
    /// <param name="to">The type that transition gave it.</param>
    /// <param name="offers">What hosts offer; an empty one where hosts do not tell.</param>
    public static TransitionDecision Back(
        MachineTypeTransitionSpec spec,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        string? from,
        string to,
        MachineTypeOffers offers
    )
    {
        var running = Running(instance);
        var template = MachineTypeSources.TemplateOf(machine);
        return machine.Metadata.DeletionTimestamp is not null
                ? Unchanged("Deleting", "The virtual machine is being deleted.", running ?? template)
            : template != to
                ? Refused(
                    "EditedSince",
                    $"Its template names {template ?? "no type"}, not {to}: somebody changed it since.",
                    running ?? template
                )
            : string.IsNullOrEmpty(from) ? Refused("NothingRecorded", "What it had before is not known.", to)
            : !offers.IsEmpty && !offers.Offers(from)
                ? Refused("NotOffered", $"No host offers {from}, which it had before.", to)
            : new TransitionDecision.Change(
                running ?? to,
                from,
                NeedsLabel: running is not null && running != from,
                NeedsRestart: running is not null && running != from && spec.Restart == "Now"
            );
    }

    /// <summary>
    /// The type in effect: what the guest runs with, else what its next boot brings; null when unknown.
    /// </summary>
    public static string? InEffect(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        KubeVirtConfiguration configuration,
        string? preference = null
    ) => Running(instance) ?? MachineTypeRecords.ForNextBoot(machine, configuration, null, preference);

    internal static TransitionDecision.Leave Unchanged(string reason, string message, string? from) =>
        new("Unchanged", reason, message, from);

    internal static TransitionDecision.Leave Refused(string reason, string message, string? from) =>
        new("Refused", reason, message, from);

    private static string? Running(VirtualMachineInstance? instance) =>
        GuestMachineType.Of(instance) is { IsActive: true } guest ? guest.Runs ?? guest.Started : null;

    private static string AliasText(string? name) =>
        name is null
            ? "It names no type and never ran: its first boot takes the default."
            : $"{name} is an alias: the next boot takes the version that it means then.";

    private static TransitionDecision Move(MachineTypeStep step, string? running, MachineType? next, MachineType type)
    {
        var (below, target) = (TransitionSteps.LineOf(step)!, MachineType.Parse(step.Target)!);
        // What the next boot brings may differ from what runs, and be well where that is not, or the other way round.
        var minimum = below.Family == target.Family ? below : target;
        var isNextWell =
            running is not null
            && next is { IsVersioned: true }
            && MachineType.Compare(next, minimum) is MachineTypeOrder.Same or MachineTypeOrder.Newer;
        if (type.Family != target.Family)
        {
            return To(isNextWell ? $"{next}" : step.Target!);
        }

        var nextIsBelow = running is not null && next is { IsAlias: false } && IsBelow(next);
        if (MachineType.Compare(type, below) is MachineTypeOrder.NotComparable)
        {
            return Refused("NotComparable", $"{type} is another variant than {below}, so neither is newer.", $"{type}");
        }

        if (!IsBelow(type))
        {
            return nextIsBelow ? To($"{type}") : Unchanged("UpToDate", $"{type} is not below {below}.", $"{type}");
        }

        return isNextWell ? To($"{next}")
            : MachineType.Compare(type, target) is MachineTypeOrder.Older ? To(step.Target!)
            : Refused(
                "NoNewerType",
                $"{type} is below {below}, and hosts offer nothing newer than {target}.",
                $"{type}"
            );

        bool IsBelow(MachineType candidate) => MachineType.Compare(candidate, below) is MachineTypeOrder.Older;

        TransitionDecision.Change To(string name) => new($"{type}", name, NeedsLabel: false, NeedsRestart: false);
    }
}
