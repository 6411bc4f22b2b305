using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Tells whether a maintenance window is open, and when it opens.</summary>
/// <remarks>
/// Times are those of the wall clock of its time zone, so a window keeps its hours when clocks change.
/// </remarks>
public static class MaintenanceWindows
{
    private const string Form = "HH:mm";

    /// <summary>True when it is open; no window is always open.</summary>
    public static bool IsOpen(MaintenanceWindow? window, DateTimeOffset now)
    {
        if (window is null)
        {
            return true;
        }

        var (start, end) = (TimeOf(window.Start), TimeOf(window.End));
        var time = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, ZoneOf(window.TimeZone)).DateTime);
        return start < end ? start <= time && time < end : start <= time || time < end;
    }

    /// <summary>When a window that is closed opens.</summary>
    public static DateTimeOffset OpensAt(MaintenanceWindow window, DateTimeOffset now)
    {
        var zone = ZoneOf(window.TimeZone);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return Enumerable
            .Range(0, 3)
            .Select(days => At(today.AddDays(days), TimeOf(window.Start)!.Value, zone))
            .First(opens => opens > now);
    }

    /// <summary>Reads a time of the day such as 22:00; null when it is none.</summary>
    public static TimeOnly? TimeOf(string? text) =>
        TimeOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    /// <summary>True when the machine knows a time zone by this name.</summary>
    public static bool IsZone(string? name) =>
        string.IsNullOrEmpty(name) || TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    private static TimeZoneInfo ZoneOf(string? name) =>
        !string.IsNullOrEmpty(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : TimeZoneInfo.Utc;

    private static DateTimeOffset At(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time);
        // The hour that clocks leave out in spring.
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
