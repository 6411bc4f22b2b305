using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Vireo.Tests;

/// <summary>Waits for what other threads do, however slow the machine.</summary>
public static class Eventually
{
    private const int SeldomMs = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds; fails the test with its text when it never does.</summary>
    public static Task HoldsAsync(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string? text = null
    ) => HoldsAsync(condition, () => { }, text);

    /// <summary>
    /// Waits until a condition holds, and moves the clock to the next timer (within a minute) as often as needed.
    /// </summary>
    /// <param name="clock">The clock that is moved.</param>
    /// <param name="condition">What is waited for.</param>
    /// <param name="text">The condition's text.</param>
    /// <param name="timers">
    /// The clock stands while fewer wait. A test of how much time passes gives how many the tested code has when all
    /// of it waits: else the clock can run ahead of a thread that the machine has not yet come to.
    /// </param>
    public static Task HoldsAsync(
        ManualTimeProvider clock,
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string? text = null,
        int timers = 1
    ) =>
        HoldsAsync(
            condition,
            () =>
            {
                if (clock.WaitingTimers >= timers && clock.NextIn is { } next && next <= TimeSpan.FromMinutes(1))
                {
                    clock.Advance(next);
                }
            },
            text
        );

    private static async Task HoldsAsync(Func<bool> condition, Action betweenLooks, string? text)
    {
        var start = Stopwatch.GetTimestamp();
        for (var looks = 1; !condition(); looks++)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new ShouldAssertException($"After {Patience.TotalSeconds} s this still does not hold: {text}");
            }

            betweenLooks();
            // Looks that ask a server cost what the waited for could use.
            await Task.Delay(Math.Min(2 * looks, SeldomMs));
        }
    }
}
