using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>The console logs of this host's guests, each kept short while its guest runs.</summary>
/// <param name="stateFolder">The agent's state folder.</param>
/// <param name="time">Times the looks.</param>
/// <param name="logger">Told what cannot be cut.</param>
internal sealed class ConsoleLogs(string stateFolder, TimeProvider time, ILogger logger)
{
    /// <summary>A log that is longer is cut.</summary>
    public const long LimitBytes = 8 << 20;

    /// <summary>How much of a log stays when it is cut.</summary>
    public const int KeptBytes = 1 << 20;

    /// <summary>How often all are looked at.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, ConsoleLog> _logs = new(StringComparer.Ordinal);

    /// <summary>The log of a guest: one object for all who read or cut it.</summary>
    public ConsoleLog Of(string uid) =>
        _logs.GetOrAdd(uid, id => new(new InstanceFolder(stateFolder, id).Paths(null, "").ConsoleLog));

    /// <summary>
    /// The guest's folder is made anew: whoever reads its log from now on reads that one. Who reads the old one still
    /// reads it to its end.
    /// </summary>
    public void Forget(string uid) => _logs.TryRemove(uid, out _);

    /// <summary>Cuts what has grown too long, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            Look();
            await Task.Delay(Period, time, ct);
        }
    }

    private void Look()
    {
        var there = InstanceFolder.List(stateFolder).ToHashSet(StringComparer.Ordinal);
        foreach (var uid in there)
        {
            try
            {
                Of(uid).Trim(LimitBytes, KeptBytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.ConsoleLogNotCut(uid, e.Message);
            }
        }

        foreach (var gone in _logs.Keys.Where(uid => !there.Contains(uid)))
        {
            _logs.TryRemove(gone, out _);
        }
    }
}
