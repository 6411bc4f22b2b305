using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The condition that tells that a machine's instance does not have all of its spec.</summary>
public static class RestartRequired
{
    /// <summary>Its type, and the reason of the event that tells of it.</summary>
    public const string Type = "RestartRequired";

    private const string Beginning = "a non-live-updatable field was changed in the template spec: ";
    private const string MachineType = "domain.machine.type";
    private const string Between = "; ";

    /// <summary>The fields that a condition of this type tells of, for people and for programs.</summary>
    public static IReadOnlyList<string> FieldsIn(Condition? condition) =>
        [.. Told(condition is null ? [] : [condition]).Select(change => change.Path)];

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

        var told = Told(present).ToList();
        if (update is null && !awaitsMachineType && told.All(change => change.Path != MachineType))
        {
            return present;
        }

        FieldChange[] changes =
        [
            .. update?.With(FieldEffect.Restart) ?? told.Where(change => change.Path != MachineType),
            .. awaitsMachineType ? new[] { new FieldChange(MachineType, FieldEffect.Restart) } : [],
        ];
        return changes is []
            ? Conditions.Remove(present, Type)
            : Conditions.Set(
                present,
                new()
                {
                    Type = Type,
                    Status = "True",
                    Message = Message(changes),
                },
                now
            );
    }

    /// <summary>The fields by name, and after them what KubeVirt says of those that others can change live.</summary>
    private static string Message(IReadOnlyList<FieldChange> changes)
    {
        var named = changes.Where(change => change.Why is null).Select(change => change.Path).ToList();
        string[] names = named is [] ? [] : [Beginning + string.Join(", ", named)];
        return string.Join(Between, names.Concat(changes.Select(change => change.Why).OfType<string>()));
    }

    /// <summary>What the condition tells of now.</summary>
    private static IEnumerable<FieldChange> Told(IReadOnlyList<Condition> present)
    {
        var parts = Conditions.Find(present, Type)?.Message?.Split(Between) ?? [];
        return parts.SelectMany(part =>
            part.StartsWith(Beginning, StringComparison.Ordinal)
                ? part[Beginning.Length..].Split(", ").Select(path => new FieldChange(path, FieldEffect.Restart))
                :
                [
                    new(
                        part.Contains("CPU", StringComparison.Ordinal) ? SocketsUpdate.Path : MemoryUpdate.Path,
                        FieldEffect.Restart
                    )
                    {
                        Why = part,
                    },
                ]
        );
    }
}
