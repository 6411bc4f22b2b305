using System.Collections.Concurrent;
using System.Text.Json;
using Vireo.Libvirt;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>How guests rebooted and ended, from what libvirt and QEMU told while somebody listened.</summary>
/// <param name="time">Dates what was told.</param>
internal sealed class GuestHistory(TimeProvider time)
{
    /// <summary>QEMU's events that tell a reboot from a shutdown.</summary>
    public static readonly string[] MonitorEvents = ["SHUTDOWN", "RESET"];

    /// <summary>
    /// Resets of a guest's own that follow another faster are one with it: firmware and kernels do two or three a
    /// reboot.
    /// </summary>
    public static readonly TimeSpan OneReboot = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Note> _notes = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes a note of what happened, in the order in which it happened; false when it is no news yet.
    /// </summary>
    public bool Add(DomainEvent happened)
    {
        var name = happened.Domain.Name;
        var now = time.GetUtcNow();
        switch (happened)
        {
            case LifecycleChanged { Event: Lifecycle.Started }:
                _notes[name] = new();
                return true;
            case LifecycleChanged { Event: Lifecycle.Stopped } stopped:
                Change(name, note => note with { End = EndOf(stopped.Detail, note.Off, now) });
                return true;
            case MonitorEvent { Name: "SHUTDOWN" } off:
                // The end itself follows, and by a signal of libvirt's, which QEMU tells as well.
                if (CauseOf(ReasonOf(off)) is { } cause)
                {
                    Change(name, note => note with { Off = new(GuestState.ShutDown, cause, off.At ?? now) });
                }

                return false;
            case MonitorEvent { Name: "RESET" } reset:
                var isByHost = ReasonOf(reset).StartsWith("host-", StringComparison.Ordinal);
                var known = FindReset(name);
                Change(name, note => note.WithReset(new(reset.At ?? now, isByHost)));
                return FindReset(name) != known;
            default:
                return true;
        }
    }

    /// <summary>How the last run ended that is known here and ended after a time.</summary>
    /// <remarks>That the guest is off is known a while before libvirt has cleared it away and tells that.</remarks>
    public GuestEnd? FindEnd(string domain, DateTimeOffset since) =>
        _notes.GetValueOrDefault(domain) is { } note && (note.End ?? note.Off) is { } end && end.At >= since
            ? end
            : null;

    /// <summary>When a running guest last started over.</summary>
    public GuestReset? FindReset(string domain) => _notes.GetValueOrDefault(domain)?.Reset;

    private void Change(string domain, Func<Note, Note> change) =>
        _notes.AddOrUpdate(domain, _ => change(new()), (_, note) => change(note));

    private static GuestEnd EndOf(LifecycleDetail detail, GuestEnd? off, DateTimeOffset at) =>
        StateOf(detail) is var state && state == off?.State ? off : new(state, EndCause.Unknown, at);

    private static GuestState StateOf(LifecycleDetail detail) =>
        detail switch
        {
            LifecycleDetail.StoppedShutdown => GuestState.ShutDown,
            LifecycleDetail.StoppedDestroyed => GuestState.Destroyed,
            LifecycleDetail.StoppedCrashed => GuestState.Crashed,
            LifecycleDetail.StoppedMigrated => GuestState.Migrated,
            LifecycleDetail.StoppedSaved => GuestState.Saved,
            LifecycleDetail.StoppedFailed => GuestState.Failed,
            LifecycleDetail.StoppedFromSnapshot => GuestState.FromSnapshot,
            _ => GuestState.Absent,
        };

    private static EndCause? CauseOf(string reason) =>
        reason switch
        {
            "guest-shutdown" => EndCause.GuestShutdown,
            "guest-reset" => EndCause.GuestReboot,
            "host-qmp-system-reset" => EndCause.HostReset,
            _ => null,
        };

    private static string ReasonOf(MonitorEvent happened)
    {
        using var details = JsonDocument.Parse(happened.DetailsJson ?? "{}");
        return details.RootElement.TryGetProperty("reason", out var reason) ? reason.GetString() ?? "" : "";
    }

    /// <summary>What is known of the last run of a domain of some name.</summary>
    private sealed record Note
    {
        /// <summary>Why the guest is off; null while it is not.</summary>
        public GuestEnd? Off { get; init; }

        public GuestEnd? End { get; init; }

        public GuestReset? Reset { get; init; }

        private DateTimeOffset? LastResetAt { get; init; }

        /// <summary>A guest that libvirt starts over was off before; it is not any more.</summary>
        public Note WithReset(GuestReset reset) =>
            this with
            {
                Off = null,
                Reset = !reset.IsByHost && reset.At - LastResetAt < OneReboot ? Reset : reset,
                LastResetAt = reset.At,
            };
    }
}
