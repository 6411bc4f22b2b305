using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The condition that tells that a machine's instance does not have all of its spec.</summary>
public static class RestartRequired
{
    /// <summary>Its type, and the reason of the event that tells of it.</summary>
    public const string Type = "RestartRequired";

    private const string Beginning = "a non-live-updatable field was changed in the template spec: ";
    private const string MachineType = "domain.machine.type";

    /// <summary>The condition as it is now: set, kept or removed.</summary>
    /// <param name="present">The machine's conditions.</param>
    /// <param name="instance">The instance; null when there is none.</param>
    /// <param name="update">What differs; null when that is not known, so that nothing is said anew.</param>
    /// <param name="awaitsMachineType">True when the next boot brings another machine type: its record knows.</param>
    /// <param name="now">The time.</param>
    internal static IReadOnlyList<Condition> Next(
        IReadOnlyList<Condition> present,
        VirtualMachineInstance? instance,
        UpdatePlan? update,
        bool awaitsMachineType,
        DateTimeOffset now
    )
    {
        if (!LiveChanges.CanReach(instance))
        {
            return Conditions.Remove(present, Type);
        }

        if (update is null && !awaitsMachineType && !Names(present, MachineType))
        {
            return present;
        }

        string[] fields = [.. update?.ForRestart ?? Told(present), .. awaitsMachineType ? new[] { MachineType } : []];
        return fields is []
            ? Conditions.Remove(present, Type)
            : Conditions.Set(
                present,
                new()
                {
                    Type = Type,
                    Status = "True",
                    Message = Beginning + string.Join(", ", fields),
                },
                now
            );
    }

    /// <summary>The other fields that the condition names now.</summary>
    private static IEnumerable<string> Told(IReadOnlyList<Condition> present) =>
        Fields(present).Where(field => field != MachineType);

    private static bool Names(IReadOnlyList<Condition> present, string field) => Fields(present).Contains(field);

    private static string[] Fields(IReadOnlyList<Condition> present) =>
        Conditions.Find(present, Type)?.Message is { } message
        && message.StartsWith(Beginning, StringComparison.Ordinal)
            ? message[Beginning.Length..].Split(", ")
            : [];
}
