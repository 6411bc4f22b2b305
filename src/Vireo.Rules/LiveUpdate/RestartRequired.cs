using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The condition that tells that a machine's instance does not have all of its spec.</summary>
public static class RestartRequired
{
    /// <summary>Its type, and the reason of the event that tells of it.</summary>
    public const string Type = "RestartRequired";

    /// <summary>The condition as it is now: set, kept or removed.</summary>
    /// <param name="present">The machine's conditions.</param>
    /// <param name="instance">The instance; null when there is none.</param>
    /// <param name="update">What differs; null when that is not known, so that nothing is said anew.</param>
    /// <param name="now">The time.</param>
    internal static IReadOnlyList<Condition> Next(
        IReadOnlyList<Condition> present,
        VirtualMachineInstance? instance,
        UpdatePlan? update,
        DateTimeOffset now
    )
    {
        if (!LiveChanges.CanReach(instance) || update?.ForRestart is [])
        {
            return Conditions.Remove(present, Type);
        }

        return update is null
            ? present
            : Conditions.Set(
                present,
                new()
                {
                    Type = Type,
                    Status = "True",
                    Message =
                        "a non-live-updatable field was changed in the template spec: "
                        + string.Join(", ", update.ForRestart),
                },
                now
            );
    }
}
