using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How far a shelved machine has come, from what is seen of the instance whose disks are saved.</summary>
/// <remarks>
/// <code>
/// state             saving    saved  ended     gone      pushed
/// Shelving          -         next   next      next      next
/// Shelved           -         -      -         -         -
/// Offloading        -         -      -         -         offloaded
/// ShelvedOffloaded  -         -      -         -         -
/// </code>
/// Saving: the instance is there and its host has not said that its disks are saved. Saved: it has. Ended: it has
/// ended and there was nothing to save, or no host to save it. Pushed: what was saved is in a registry. Next is
/// Shelved; or Offloading, where no host is to keep anything and one does; or ShelvedOffloaded, where none does.
/// </remarks>
public static class Shelf
{
    /// <summary>The condition of a machine that is shelved.</summary>
    public const string ConditionType = "Shelved";

    internal const string Shelving = "Shelving";
    internal const string Shelved = "Shelved";
    internal const string ShelvedOffloaded = "ShelvedOffloaded";

    /// <summary>What was saved is being copied to a registry.</summary>
    public const string Offloading = "Offloading";

    /// <summary>True while the disks of this instance are still to be saved, or its host to be heard of it.</summary>
    public static bool IsSaving(VirtualMachineStatus? status, VirtualMachineInstance? instance) =>
        status?.Shelved is { State: Shelving, Instance: { } uid } && IsBeingSaved(uid, instance);

    /// <summary>
    /// True when a copy of the instance does not show the one whose disks are saved: it may be old, and whether it is
    /// gone must be asked of the server.
    /// </summary>
    public static bool IsMissing(VirtualMachineStatus? status, VirtualMachineInstance? instance) =>
        status?.Shelved is { State: Shelving, Instance: { } uid } && instance?.Metadata.Uid != uid;

    /// <summary>True when the disks of an instance are to be saved by its host.</summary>
    public static bool IsToBeSaved(VirtualMachineInstance instance) =>
        instance.Metadata.Annotations?.ContainsKey(KubeVirtNames.SaveDisksAnnotation) == true;

    /// <summary>The state and the saved disks to write.</summary>
    /// <param name="status">The machine's status as it was read.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    public static (ShelvedState? State, SavedDisks? Saved) Next(
        VirtualMachineStatus? status,
        VirtualMachineInstance? instance
    )
    {
        var saved = status?.SavedDisks;
        switch (status?.Shelved)
        {
            case { State: Shelving } shelving when IsSaving(status, instance):
                return (shelving with { Message = TroubleOf(instance!) }, saved);
            case { State: Shelving } shelving:
                var own = instance?.Metadata.Uid == shelving.Instance ? instance : null;
                var report = own?.Status?.SavedDisks;
                if (report?.Image is not null)
                {
                    saved = SavedImages.Adopt(report, own!, saved);
                }

                return (AtRest(shelving with { Instance = null, Message = OutcomeOf(own, report) }, saved), saved);
            case { State: Offloading } when saved?.Host is null:
                return (AtRest(status.Shelved with { Message = null }, saved), saved);
            case var other:
                return (other, saved);
        }
    }

    /// <summary>The state of a machine of which nothing runs.</summary>
    internal static ShelvedState AtRest(ShelvedState wanted, SavedDisks? saved) =>
        wanted with
        {
            State =
                wanted.Offload != true ? Shelved
                : saved?.Host is null ? ShelvedOffloaded
                : Offloading,
        };

    /// <summary>The conditions with that of a shelved machine, or without it.</summary>
    internal static IReadOnlyList<Condition> Tell(
        IReadOnlyList<Condition> conditions,
        ShelvedState? state,
        SavedDisks? saved,
        DateTimeOffset now
    ) =>
        state is null
            ? Conditions.Remove(conditions, ConditionType)
            : Conditions.Set(
                conditions,
                new()
                {
                    Type = ConditionType,
                    Status = state.State is Shelving ? "False" : "True",
                    Reason = state.State,
                    Message = TextOf(state, saved),
                },
                now
            );

    private static bool IsBeingSaved(string uid, VirtualMachineInstance? instance) =>
        instance?.Metadata.Uid == uid
        && instance.Status?.SavedDisks is null
        && !(
            VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
            && (instance.Status?.NodeName is null || !IsToBeSaved(instance))
        );

    /// <summary>What keeps the host of an ended guest from saving its disks.</summary>
    private static string? TroubleOf(VirtualMachineInstance instance) =>
        VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
        && Conditions.Find(instance.Status?.Conditions, "Synchronized") is { Status: "False" } trouble
            ? trouble.Message
            : null;

    private static string? OutcomeOf(VirtualMachineInstance? own, SavedDisks? report) =>
        report is null && own is null
            ? "Its instance was removed before its host told that its disks are saved: the machine has what was saved "
                + "before, or begins from its images."
            : null;

    private static string TextOf(ShelvedState state, SavedDisks? saved) =>
        state.State switch
        {
            Shelving => state.Message is null
                ? "The guest shuts down, and its disks are saved."
                : $"The guest is off, and its disks wait to be saved: {state.Message}",
            Offloading => state.Message is null
                ? $"What was saved is copied from host {saved?.Host} to {state.OffloadTo}."
                : $"What was saved waits to be copied to {state.OffloadTo}: {state.Message}",
            _ when state.Message is not null => state.Message,
            Shelved when saved?.Host is { } host => $"Its disks are saved on host {host} as {saved.Image}.",
            _ when saved?.Image is { } image => $"Its disks are saved as {image}.",
            _ => "Nothing had to be saved.",
        };
}
