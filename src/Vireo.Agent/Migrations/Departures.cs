using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>The moves away from this host that this agent carries out, or has.</summary>
/// <param name="tools">What they are done with.</param>
internal sealed class Departures(DepartureTools tools)
{
    private readonly ConcurrentDictionary<string, Run> _runs = new(StringComparer.Ordinal);

    /// <summary>How long moves may take to end when the agent stops.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    /// <summary>True from the beginning of a move on, whatever came of it.</summary>
    public bool HasBegun(string migrationUid) => _runs.ContainsKey(migrationUid);

    /// <summary>True while a move is carried out.</summary>
    public bool IsRunning(string migrationUid) =>
        _runs.TryGetValue(migrationUid, out var run) && !run.Ended.Task.IsCompleted;

    /// <summary>Why a move failed; null when it did not, or is not known here.</summary>
    public string? FaultOf(string migrationUid) => _runs.GetValueOrDefault(migrationUid)?.Fault;

    /// <summary>Begins a move, once; calls back when it has ended.</summary>
    public void Begin(VirtualMachineInstance instance, Action done)
    {
        var run = new Run(new(tools, instance));
        if (_runs.TryAdd(run.Departure.MigrationUid, run))
        {
            _ = Task.Run(async () =>
            {
                await CarryOutAsync(run, ResourceKey.Of(instance));
                run.Ended.SetResult();
                done();
            });
        }
    }

    /// <summary>Gives a move up.</summary>
    public void Abort(string migrationUid)
    {
        if (_runs.TryGetValue(migrationUid, out var run))
        {
            run.Departure.Abort();
        }
    }

    /// <summary>What came of a move is told.</summary>
    public void Forget(string migrationUid)
    {
        if (
            _runs.TryGetValue(migrationUid, out var run)
            && run.Ended.Task.IsCompleted
            && _runs.TryRemove(new(migrationUid, run))
        )
        {
            run.Departure.Dispose();
        }
    }

    /// <summary>Gives all moves up when the agent stops: without it their streams lead nowhere.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, tools.Time, ct);
        }
        finally
        {
            var runs = _runs.Values.ToList();
            runs.ForEach(run => run.Departure.Abort());
            var ended = Task.WhenAll(runs.Select(run => run.Ended.Task));
            await Task.WhenAny(ended, Task.Delay(StopPatience, TimeProvider.System, CancellationToken.None));
        }
    }

    private async Task CarryOutAsync(Run run, ResourceKey key)
    {
        try
        {
            await run.Departure.RunAsync();
        }
        catch (Exception e)
            when (e is HypervisorException or ApiException or IOException or UnauthorizedAccessException)
        {
            run.Fault = e.Message;
        }
        catch (OperationCanceledException)
        {
            run.Fault = "The migration was cancelled.";
        }
        catch (Exception e)
        {
            // A bug is told, and the guest judged by where it is: nothing of it is lost.
            tools.Logger.MoveBroke(key, e);
            run.Fault = $"Internal error: {e.Message}";
        }
    }

    private sealed class Run(Departure departure)
    {
        public Departure Departure => departure;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Fault { get; set; }
    }
}
