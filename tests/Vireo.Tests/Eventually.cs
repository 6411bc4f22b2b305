using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Vireo.Tests;

/// <summary>Waits for what other threads do, however slow the machine.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds; fails the test with its text when it never does.</summary>
    public static Task HoldsAsync(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string? text = null
    ) => HoldsAsync(condition, () => { }, text);

    /// <summary>
    /// Waits until a condition holds, and moves the clock to the next timer (within a minute) as often as needed.
    /// </summary>
    public static Task HoldsAsync(
        ManualTimeProvider clock,
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string? text = null
    ) =>
        HoldsAsync(
            condition,
            () =>
            {
                if (clock.NextIn is { } next && next <= TimeSpan.FromMinutes(1))
                {
                    clock.Advance(next);
                }
            },
            text
        );

    private static async Task HoldsAsync(Func<bool> condition, Action betweenLooks, string? text)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new ShouldAssertException($"After {Patience.TotalSeconds} s this still does not hold: {text}");
            }

            betweenLooks();
            await Task.Delay(2);
        }
    }
}
