namespace Vireo.Runtime;

/// <summary>Pauses that double with each failure in a row, up to a limit.</summary>
/// <param name="first">The pause after the first failure.</param>
/// <param name="most">The longest pause.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan most)
{
    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>The pause after a number of failures in a row.</summary>
    public TimeSpan After(int failures)
    {
        // Beyond 40 doublings the factor says nothing but "the longest".
        var factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 40));
        return first * factor < most ? first * factor : most;
    }

    /// <summary>Counts a failure. Half of the pause is random, so that many do not come back at once.</summary>
    public TimeSpan Next(Random random)
    {
        Failures++;
        return After(Failures) * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>Forgets the failures.</summary>
    public void Reset() => Failures = 0;
}
