using System.Diagnostics;

namespace Vireo.Bench;

/// <summary>Runs other programs to their end.</summary>
internal static class Programs
{
    /// <summary>What the program printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; says what it said.</exception>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode is 0
            ? output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} failed: {(await error).Trim()} {output.Trim()}"
            );
    }

    /// <summary>A program whose lines are read while it runs. The caller ends it.</summary>
    public static Process Start(string program, params string[] arguments) =>
        // Through a pipe most programs would keep their lines until they have many.
        Process.Start(
            new ProcessStartInfo("stdbuf", ["-oL", program, .. arguments]) { RedirectStandardOutput = true }
        )!;

    /// <summary>The first line that the program prints.</summary>
    public static string FirstLine(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n')[0].Trim();
    }
}
