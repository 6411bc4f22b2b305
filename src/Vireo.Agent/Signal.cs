using System.Threading.Channels;

namespace Vireo.Agent;

/// <summary>Wakes one loop. Raised many times before the loop looks, it wakes it once.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Wakes the loop, now or when it next waits.</summary>
    public void Raise() => _raised.Writer.TryWrite(true);

    /// <summary>Waits until it is raised, and lowers it.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _raised.Reader.ReadAsync(ct);

    /// <summary>Waits until it is raised, and lowers it, but not longer than this; true when it was raised.</summary>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await _raised.Reader.ReadAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
