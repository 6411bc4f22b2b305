using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Tells how far a move is, and when it takes too long.</summary>
/// <param name="tools">What it is done with.</param>
/// <param name="instance">The instance when the move began.</param>
/// <param name="limits">How long it may take.</param>
/// <param name="haste">What was done to bring it to its end when it began; null for nothing.</param>
internal sealed class MoveWatch(
    DepartureTools tools,
    VirtualMachineInstance instance,
    MoveLimits limits,
    MoveHaste? haste
)
{
    private static readonly TimeSpan TellPeriod = TimeSpan.FromSeconds(1);

    private readonly DomainId _id = new(ResourceKey.Of(instance), instance.Metadata.Uid ?? "");
    private readonly long _begun = tools.Time.GetTimestamp();
    private long _progressed = tools.Time.GetTimestamp();
    private long? _told;
    private long _left = long.MaxValue;
    private long _remains = long.MaxValue;
    private MoveHaste? _haste = haste;
    private TimeSpan? _allowed;
    private int _repeats;

    /// <summary>False while the guest may run on the other host on memory that is still here.</summary>
    public bool IsWhole => _haste is not MoveHaste.PostCopy || _remains == 0;

    /// <summary>Looks once; gives why the move is to be given up, or null.</summary>
    public async Task<string?> LookAsync()
    {
        if (await tools.Moves.ProgressAsync(_id, CancellationToken.None) is not { } seen)
        {
            return limits.Judge(Since(_begun), TimeSpan.Zero, _haste is not null).Abort;
        }

        await LimitDowntimeAsync(seen.Progress.Iteration > 1 ? ++_repeats : 0);
        _remains = seen.BytesLeft;
        if (seen.BytesLeft < _left)
        {
            (_left, _progressed) = (seen.BytesLeft, tools.Time.GetTimestamp());
        }

        var verdict = limits.Judge(Since(_begun), Since(_progressed), _haste is not null);
        if (verdict.Haste is { } next)
        {
            await tools.Moves.HastenAsync(_id, next, CancellationToken.None);
            _haste = next;
        }

        await TellAsync(seen.Progress);
        return verdict.Abort;
    }

    private async Task LimitDowntimeAsync(int repeats)
    {
        var limit = DowntimeLimit.After(repeats, tools.Migrations?.MaxDowntimeMs);
        if (limit != _allowed)
        {
            // Tried once: a move that the hypervisor does not limit goes on, and is judged all the same.
            _allowed = limit;
            await tools.Moves.LimitDowntimeAsync(_id, limit, CancellationToken.None);
        }
    }

    private async Task TellAsync(MigrationProgress progress)
    {
        if (_told is { } last && Since(last) < TellPeriod)
        {
            return;
        }

        if (progress is { MemoryTotal: not > 0, DiskTotal: not > 0 })
        {
            // The job has been made and has not looked at the guest yet.
            return;
        }

        _told = tools.Time.GetTimestamp();
        try
        {
            await tools.Client.ChangeStatusAsync<VirtualMachineInstance>(
                _id.Key,
                now =>
                    now.Metadata.Uid == _id.Uid
                        ? MoveReport.Progressed(now, instance.Status!.MigrationState!.MigrationUid!, progress, _haste)
                        : now,
                CancellationToken.None
            );
        }
        catch (ApiException)
        {
            // The guest moves whether or not the API hears of it.
        }
    }

    private TimeSpan Since(long timestamp) => tools.Time.GetElapsedTime(timestamp);
}
