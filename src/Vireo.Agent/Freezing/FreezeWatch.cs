using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Freezes and thaws guests' file systems, and thaws those that nobody thawed in time.</summary>
/// <param name="control">Acts on guests.</param>
/// <param name="stateFolder">Where the notes are kept.</param>
/// <param name="time">Times the thawing.</param>
/// <param name="logger">Told what was thawed, and what cannot be.</param>
internal sealed class FreezeWatch(IGuestControl control, string stateFolder, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _failures = new(StringComparer.Ordinal);
    private readonly Signal _signal = new();

    /// <summary>A guest was frozen or thawed: tell. Handlers must be quick.</summary>
    public event Action<ResourceKey>? Changed;

    /// <summary>Freezes a guest's file systems; false when the guest is gone.</summary>
    /// <param name="id">The guest.</param>
    /// <param name="timeout">After this they are thawed by themselves; zero for never.</param>
    /// <param name="ct">Ends the try.</param>
    public async Task<bool> FreezeAsync(DomainId id, TimeSpan timeout, CancellationToken ct)
    {
        var file = FileOf(id.Uid);
        var before = file.Read();
        var now = time.GetUtcNow();
        var note = new FreezeNote(
            id.Uid,
            id.Key.Namespace ?? "",
            id.Key.Name,
            timeout > TimeSpan.Zero ? now + timeout : null
        );
        var after = before;
        try
        {
            // First, so that a guest that is frozen when the agent dies is known to be.
            file.Write(note);
            var isFrozen = await control.FreezeAsync(id, ct);
            after = isFrozen ? note : null;
            return isFrozen;
        }
        catch (GuestAgentException e) when (e.Fault == GuestAgentFault.Silent)
        {
            // It may do it yet, and its caller has been told that it did not: thaw as soon as it answers.
            after = note with
            {
                Until = now,
            };
            _failures[id.Uid] = now;
            throw;
        }
        finally
        {
            Keep(file, after, note);
            _signal.Raise();
            Changed?.Invoke(id.Key);
        }
    }

    /// <summary>Thaws a guest's file systems; false when the guest is gone.</summary>
    public async Task<bool> ThawAsync(DomainId id, CancellationToken ct)
    {
        var isThere = await control.ThawAsync(id, ct);
        FileOf(id.Uid).Delete();
        _failures.TryRemove(id.Uid, out _);
        Changed?.Invoke(id.Key);
        return isThere;
    }

    /// <summary>Thaws what is due, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var step = ThawPlan.Next(ReadAll(), time.GetUtcNow());
            foreach (var note in step.Due)
            {
                await TryThawAsync(note, ct);
            }

            if (step.Due.Count == 0)
            {
                await _signal.WaitAsync(step.Wait ?? Timeout.InfiniteTimeSpan, time, ct);
            }
        }
    }

    private async Task TryThawAsync(FreezeNote note, CancellationToken ct)
    {
        try
        {
            await ThawAsync(note.Id, ct);
            logger.GuestThawed(note.Id.Key);
        }
        catch (Exception e) when (e is GuestAgentException or HypervisorException or IOException)
        {
            _failures[note.Uid] = time.GetUtcNow();
            logger.GuestNotThawed(note.Id.Key, e.Message);
        }
    }

    private List<FrozenGuest> ReadAll() =>
        [
            .. InstanceFolder
                .List(stateFolder)
                .Select(uid => FileOf(uid).Read())
                .OfType<FreezeNote>()
                .Select(note => new FrozenGuest(note, _failures.TryGetValue(note.Uid, out var at) ? at : null)),
        ];

    private static void Keep(FreezeFile file, FreezeNote? after, FreezeNote written)
    {
        if (after is null)
        {
            file.Delete();
        }
        else if (after != written)
        {
            file.Write(after);
        }
    }

    private FreezeFile FileOf(string uid) => new(new InstanceFolder(stateFolder, uid));
}
