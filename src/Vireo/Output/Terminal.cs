namespace Vireo.Output;

/// <summary>The terminal that progress is told on.</summary>
internal static class Terminal
{
    private const int Narrowest = 40;

    /// <summary>The width of the terminal behind standard error; null when it is none.</summary>
    public static int? ErrorWidth => Console.IsErrorRedirected ? null : Math.Max(Narrowest, Console.WindowWidth);
}
