namespace Vireo.Rules;

/// <summary>Tells a person what a plan comes to, before or after it is carried out.</summary>
public static class UpdatePlanText
{
    /// <summary>One line a field; none when nothing differs.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="way">How processors and memory come to the guest.</param>
    public static IReadOnlyList<string> Of(UpdatePlan plan, HotplugWay way) =>
        [.. plan.Changes.Select(change => $"{Name(change)}: {When(change, way)}")];

    private static string Name(FieldChange change) =>
        change is { From: not null, To: not null } ? $"{change.Path} {change.From} -> {change.To}" : change.Path;

    private static string When(FieldChange change, HotplugWay way) =>
        change.Effect switch
        {
            FieldEffect.Live => way.Reason switch
            {
                Hotplug.LiveMigrate => "live, by a migration",
                HotplugWay.HostsUnknown => $"live, {way.Message}",
                Hotplug.NoRoom => $"live, once there is room: {way.Message}",
                _ => "live, in place",
            },
            FieldEffect.Held => change.Why is null ? "live, once the guest runs" : $"live, but not now: {change.Why}",
            FieldEffect.NextPlacement => "at once, for the next time a host is chosen",
            _ => change.Why is null ? "needs a restart" : $"needs a restart: {change.Why}",
        };
}
