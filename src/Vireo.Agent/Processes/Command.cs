using System.Diagnostics;

namespace Vireo.Agent;

/// <summary>What a program that was run said and came to.</summary>
/// <param name="ExitCode">Its exit code; null when it was ended because its time ran out.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record CommandResult(int? ExitCode, string Output, string Error);

/// <summary>Runs a program of the host to its end, within a time.</summary>
internal static class Command
{
    /// <summary>Runs a program. Its arguments go to it as they are: no shell is between.</summary>
    /// <param name="line">The program and its arguments.</param>
    /// <param name="limit">After this it is killed with all it started.</param>
    /// <param name="time">Counts the limit.</param>
    /// <param name="ct">Kills it as well.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program is not there.</exception>
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> line,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var process = new Process
        {
            StartInfo = new(line[0], line.Skip(1))
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var isInTime = await EndsInTimeAsync(process, limit, time, ct);
        return new(isInTime ? process.ExitCode : null, await output, await error);
    }

    /// <summary>The full path of a program; null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Where(folder => folder.StartsWith('/'))
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static async Task<bool> EndsInTimeAsync(
        Process process,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var expiry = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, ct);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            ct.ThrowIfCancellationRequested();
            return false;
        }
    }
}
