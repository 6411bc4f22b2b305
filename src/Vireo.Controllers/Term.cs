namespace Vireo.Controllers;

/// <summary>Loops that lead together: when one ends, all end.</summary>
internal static class Term
{
    /// <summary>Runs all loops until cancelled.</summary>
    /// <param name="loops">Each returns when it is cancelled, and not before.</param>
    /// <param name="ct">Ends them.</param>
    /// <exception cref="InvalidOperationException">A loop ended or threw before: the others were ended too.</exception>
    public static async Task RunAsync(IReadOnlyList<Func<CancellationToken, Task>> loops, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = loops.Select(loop => loop(stop.Token)).ToList();
        var first = await Task.WhenAny(running);
        var isOver = ct.IsCancellationRequested;
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!isOver)
        {
            throw new InvalidOperationException(
                "A loop of the controllers ended by itself: all are started anew.",
                first.Exception
            );
        }
    }
}
