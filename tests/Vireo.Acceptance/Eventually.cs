using System.Diagnostics;

namespace Vireo.Acceptance;

/// <summary>
/// Waits for the world to come to a state: looks again and again until it holds or the limit is over.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<T> Get<T>(Func<Task<T?>> look, string what, int timeoutSeconds = 60)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (clock.Elapsed > TimeSpan.FromSeconds(timeoutSeconds))
            {
                throw new TimeoutException($"Not within {timeoutSeconds} s: {what}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until what is looked at is so; the failure tells what was seen last.</summary>
    public static async Task<T> Sees<T>(Func<Task<T>> look, Predicate<T> holds, string what, int timeoutSeconds = 60)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (holds(seen))
            {
                return seen;
            }

            if (clock.Elapsed > TimeSpan.FromSeconds(timeoutSeconds))
            {
                throw new TimeoutException($"Not within {timeoutSeconds} s: {what}. Last seen:\n{seen}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static async Task Holds(Func<Task<bool>> look, string what, int timeoutSeconds = 60) =>
        await Get(async () => await look() ? what : null, what, timeoutSeconds);
}
