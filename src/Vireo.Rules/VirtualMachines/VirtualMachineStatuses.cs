using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Why a pass over a virtual machine could not do what it had to.</summary>
/// <param name="Reason">One word: FailedCreate, FailedDelete, FailedUpdateError ...</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record SyncFailure(string Reason, string Message);

/// <summary>Makes the status of a virtual machine from what was seen and decided.</summary>
public static class VirtualMachineStatuses
{
    /// <summary>The status to write. Equal, as JSON, to the present one when nothing changed.</summary>
    /// <param name="machine">The virtual machine as it was read.</param>
    /// <param name="instance">Its instance; null when there is none, or another object owns it.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="failure">
    /// What went wrong in this pass; null when nothing did. A decision that refuses is a failure by itself.
    /// </param>
    /// <param name="now">The time, for conditions that change.</param>
    /// <param name="update">What the instance lacks of the spec; null when that is not known.</param>
    /// <param name="configuration">The cluster's configuration, for the record of the machine type.</param>
    /// <param name="preference">The machine type that the machine's preference names; null when none does.</param>
    public static VirtualMachineStatus Of(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        RunDecision decision,
        SyncFailure? failure,
        DateTimeOffset now,
        UpdatePlan? update = null,
        KubeVirtConfiguration? configuration = null,
        string? preference = null
    )
    {
        var present = machine.Status ?? new();
        var type = MachineTypeRecords.Next(machine, instance, configuration ?? new(), now, preference);
        if (decision.Step is RunStep.Refuse refusal)
        {
            failure ??= new(refusal.Reason, refusal.Message);
        }

        var (shelved, saved) = Shelf.Next(present, instance);
        var conditions = VirtualMachineConditions.Of(
            present.Conditions,
            instance,
            failure,
            update,
            now,
            awaitsMachineType: type?.Pending is not null
        );
        return present with
        {
            Created = instance is not null,
            Ready = Conditions.IsTrue(instance?.Status?.Conditions, "Ready"),
            PrintableStatus = PrintableStatus.Of(machine, instance, decision),
            // The generation in status is that which the guest has: a change that waits for a restart keeps it back.
            Conditions = Conditions.FoundFor(
                Shelf.Tell(conditions, shelved, saved, now),
                machine.Metadata.Generation,
                update is null ? RestartRequired.Type : null
            ),
            MachineType = type,
            Rebuilt = type is null ? present.Rebuilt : null,
            ReplacedInstance =
                instance is null || instance.Metadata.Uid == present.ReplacedInstance ? present.ReplacedInstance : null,
            StateChangeRequests = decision.StateChangeRequests is [] ? null : decision.StateChangeRequests,
            StartFailure = decision.StartFailure,
            StartSerial = decision.StartSerial,
            ObservedGeneration = StartedFrom(instance) ?? present.ObservedGeneration,
            DesiredGeneration = machine.Metadata.Generation,
            RunStrategy = instance is null ? present.RunStrategy : RunStrategies.Of(machine),
            Shelved = shelved,
            SavedDisks = saved,
            RunStrategyBeforeStop =
                RunStrategies.Of(machine) is RunStrategy.Halted ? present.RunStrategyBeforeStop : null,
        };
    }

    private static long? StartedFrom(VirtualMachineInstance? instance) =>
        long.TryParse(
            instance?.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.GenerationAnnotation),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var generation
        )
            ? generation
            : null;
}
