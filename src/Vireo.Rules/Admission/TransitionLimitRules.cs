using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The limits of a transition: positive numbers, durations, and a window of the day.</summary>
internal static class TransitionLimitRules
{
    private const int MostRestarts = 10_000;

    public static IEnumerable<FieldError> Check(MachineTypeTransitionLimits limits, string path) =>
        [
            .. Positive(limits.MaxConcurrentRestarts, $"{path}.maxConcurrentRestarts", MostRestarts),
            .. Positive(limits.BatchSize, $"{path}.batchSize", int.MaxValue),
            .. Positive(limits.MaxFailures, $"{path}.maxFailures", int.MaxValue),
            .. Interval(limits, path),
            .. limits.Window is { } window ? Window(window, $"{path}.window") : [],
        ];

    private static IEnumerable<FieldError> Positive(int? number, string field, int most)
    {
        if (number < 1 || number > most)
        {
            yield return FieldError.Invalid(
                field,
                most == int.MaxValue
                    ? $"{field}: {number} must be 1 or more."
                    : $"{field}: {number} must be from 1 to {most}."
            );
        }
    }

    private static IEnumerable<FieldError> Interval(MachineTypeTransitionLimits limits, string path)
    {
        var field = $"{path}.batchInterval";
        if (string.IsNullOrEmpty(limits.BatchInterval))
        {
            yield break;
        }

        if (GoDuration.Parse(limits.BatchInterval) is null)
        {
            yield return FieldError.Invalid(
                field,
                $"{field}: '{limits.BatchInterval}' is no duration; write one such as 30s, 5m or 1h30m."
            );
        }

        if (limits.BatchSize is null)
        {
            yield return FieldError.Required(
                $"{path}.batchSize",
                $"{path}.batchSize: batchInterval is a pause between batches; say how large they are."
            );
        }
    }

    private static IEnumerable<FieldError> Window(MaintenanceWindow window, string path)
    {
        var (start, end) = (MaintenanceWindows.TimeOf(window.Start), MaintenanceWindows.TimeOf(window.End));
        foreach (var (name, text, time) in new[] { ("start", window.Start, start), ("end", window.End, end) })
        {
            if (time is null)
            {
                yield return FieldError.Invalid(
                    $"{path}.{name}",
                    $"{path}.{name}: '{text}' is no time of the day; write one such as 22:00."
                );
            }
        }

        if (start is not null && start == end)
        {
            yield return FieldError.Invalid(
                $"{path}.end",
                $"{path}.end: it is the start, {window.Start}, so the window is never open; leave the window out for "
                    + "all day."
            );
        }

        if (!MaintenanceWindows.IsZone(window.TimeZone))
        {
            yield return FieldError.Invalid(
                $"{path}.timeZone",
                $"{path}.timeZone: '{window.TimeZone}' is no time zone that is known here; write one such as "
                    + "Europe/Berlin, or leave it out for UTC."
            );
        }
    }
}
