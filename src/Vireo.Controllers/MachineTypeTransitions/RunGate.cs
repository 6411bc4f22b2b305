using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Lets the changes of a run through as its limits allow: batches, window, failures.</summary>
/// <param name="spec">The limits.</param>
/// <param name="time">Times them.</param>
/// <param name="failed">How many machines could not be moved so far.</param>
/// <param name="waits">Told what is waited for; null when the wait is over.</param>
internal sealed class RunGate(
    MachineTypeTransitionSpec spec,
    TimeProvider time,
    Func<int> failed,
    Action<string?> waits
) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private DateTimeOffset? _batchStartedAt;
    private int _changed;

    /// <summary>Waits until one more machine may be changed; false when none may any more.</summary>
    public async Task<bool> EnterAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            while (true)
            {
                var now = time.GetUtcNow();
                var pace = new TransitionPace(0, failed(), _batchStartedAt, _changed);
                var allowance = TransitionLimits.Allow(spec, pace, now);
                if (allowance.GivesUp || allowance is { Changes: 0, LookAgainAt: null })
                {
                    return false;
                }

                if (allowance.Changes > 0)
                {
                    (_batchStartedAt, _changed) = allowance.BeginsBatch ? (now, 1) : (_batchStartedAt, _changed + 1);
                    return true;
                }

                waits(allowance.WaitsFor);
                await Task.Delay(allowance.LookAgainAt!.Value - now, time, ct);
                waits(null);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
