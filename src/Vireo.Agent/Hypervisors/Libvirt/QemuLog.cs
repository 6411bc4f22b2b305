using System.Globalization;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>
/// How guests ended, from the logs that libvirt keeps of them: they outlive the agent, events do not.
/// </summary>
internal static class QemuLog
{
    private const string Started = ": starting up ";
    private const string Ended = ": shutting down, reason=";
    private const int TailBytes = 256 * 1024;

    /// <summary>How the last run ended that began after a time; null when none began.</summary>
    /// <param name="path">The log of a domain of that name.</param>
    /// <param name="since">Runs before this are others'.</param>
    public static GuestState? FindEnd(string path, DateTimeOffset since)
    {
        GuestState? state = null;
        foreach (var line in ReadTail(path))
        {
            if (TimeOf(line, Started) >= since.AddMilliseconds(-1))
            {
                state = GuestState.Absent;
            }
            else if (state is not null && TimeOf(line, Ended) is not null)
            {
                state = StateOf(line[(line.IndexOf(Ended, StringComparison.Ordinal) + Ended.Length)..].Trim());
            }
        }

        return state;
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
}
