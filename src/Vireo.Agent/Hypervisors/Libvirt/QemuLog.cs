using System.Globalization;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>
/// How guests ended, from the logs that libvirt keeps of them: they outlive the agent, events do not.
/// </summary>
/// <remarks>
/// libvirt writes when a run starts and how it ended. QEMU writes who sent it a signal and, where
/// <see cref="EndTraceXml"/> asked for it, how the guest came to be off: a guest that powers itself off is traced as a
/// request with reason 6 (<c>guest-shutdown</c> among QEMU's causes), one that reboots goes off without a request. A
/// guest that goes off only after a signal was ended by that; one that libvirt clears away was off before.
/// </remarks>
internal static class QemuLog
{
    /// <summary>The trace point of a wish to go off.</summary>
    public const string ShutdownRequest = "qemu_system_shutdown_request";

    /// <summary>The trace point of what QEMU does: runs, pauses, is off.</summary>
    public const string StateChange = "runstate_set";

    private const string Started = ": starting up ";
    private const string Ended = ": shutting down, reason=";
    private const string GuestWantsOff = ShutdownRequest + " reason=6";
    private const string NewState = StateChange + " current_run_state ";
    private const string IsOffNow = "(shutdown)";
    private const string Signal = ": terminating on signal ";
    private const int TailBytes = 256 * 1024;

    /// <summary>How the last run ended that began after a time; null when none began.</summary>
    /// <param name="path">The log of a domain of that name.</param>
    /// <param name="since">Runs before this are others'.</param>
    public static GuestEnd? FindEnd(string path, DateTimeOffset since)
    {
        Run? run = null;
        foreach (var line in ReadTail(path))
        {
            if (TimeOf(line, Started) >= since.AddMilliseconds(-1))
            {
                run = new();
            }
            else
            {
                run?.Read(line);
            }
        }

        return run?.End;
    }

    /// <summary>libvirt's word for the reason. A guest that was killed or panicked has crashed.</summary>
    private static GuestState StateOf(string reason) =>
        reason switch
        {
            "shutdown" => GuestState.ShutDown,
            "destroyed" => GuestState.Destroyed,
            "crashed" => GuestState.Crashed,
            "migrated" => GuestState.Migrated,
            "saved" => GuestState.Saved,
            "failed" => GuestState.Failed,
            "from-snapshot" or "from snapshot" => GuestState.FromSnapshot,
            _ => GuestState.Absent,
        };

    /// <summary>The time of a line that says something: <c>2026-01-31 12:00:00.123+0000: starting up ...</c>.</summary>
    private static DateTimeOffset? TimeOf(string line, string mark) =>
        line.IndexOf(mark, StringComparison.Ordinal) is > 0 and var end
        && DateTimeOffset.TryParseExact(
            line[..end],
            "yyyy-MM-dd HH:mm:ss.fffzzz",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var at
        )
            ? at
            : null;

    private static string[] ReadTail(string path)
    {
        try
        {
            using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            file.Seek(Math.Max(0, file.Length - TailBytes), SeekOrigin.Begin);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd().Split('\n');
        }
        catch (Exception e)
            when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What the lines of one run say, in their order.</summary>
    private sealed class Run
    {
        private GuestState _state = GuestState.Absent;
        private DateTimeOffset? _at;
        private bool _isTraced;
        private bool _wantsOff;
        private bool _isOff;
        private bool _hasSignal;
        private bool _isSignalled;

        public GuestEnd End =>
            (_state, Cause) switch
            {
                // The host died before libvirt could write the last line; the guest had been off by then.
                (GuestState.Absent, not EndCause.HostSignal) when _isOff => new(GuestState.ShutDown, Cause, _at),
                (GuestState.ShutDown, EndCause.HostSignal) => new(GuestState.Destroyed, Cause, _at),
                (GuestState.ShutDown, _) => new(_state, Cause, _at),
                _ => new(_state, EndCause.Unknown, _at),
            };

        private EndCause Cause =>
            _wantsOff ? EndCause.GuestShutdown
            : _isOff ? EndCause.GuestReboot
            : _isTraced || _isSignalled ? EndCause.HostSignal
            : EndCause.Unknown;

        public void Read(string line)
        {
            if (TimeOf(line, Ended) is { } at)
            {
                _at = at;
                _state = StateOf(line[(line.IndexOf(Ended, StringComparison.Ordinal) + Ended.Length)..].Trim());
            }
            else if (line.Contains(NewState, StringComparison.Ordinal))
            {
                _isTraced = true;
                _isOff |= !_hasSignal && line.TrimEnd().EndsWith(IsOffNow, StringComparison.Ordinal);
            }
            else if (line.Contains(Signal, StringComparison.Ordinal))
            {
                _hasSignal = true;
                _isSignalled |= IsStranger(
                    line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..].TrimEnd(')', '\r')
                );
            }
            else
            {
                _wantsOff |= line.TrimEnd().EndsWith(GuestWantsOff, StringComparison.Ordinal);
            }
        }

        /// <summary>True for a process that is known and none of libvirt's.</summary>
        private static bool IsStranger(string process) =>
            !process.Contains("libvirtd", StringComparison.Ordinal)
            && !process.Contains("virtqemud", StringComparison.Ordinal)
            && process != "<unknown process>";
    }
}
