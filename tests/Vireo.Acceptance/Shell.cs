using System.Diagnostics;
using System.Text;

namespace Vireo.Acceptance;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public CommandResult ShouldSucceed()
    {
        ExitCode.ShouldBe(0, $"{Output}\n{Error}");
        return this;
    }
}

/// <summary>Runs commands as a user would, with a time limit and the input closed.</summary>
internal static class Shell
{
    /// <summary>A command that has to succeed, as one line without quotes.</summary>
    public static async Task TypeAsync(string line) => (await RunAsync(line.Split(' '))).ShouldSucceed();

    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null,
        int timeoutSeconds = 120
    )
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Checkout.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            process.StartInfo.Environment[name] = value;
        }

        var (output, error) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(timeoutSeconds));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"'{string.Join(' ', command)}' did not end in {timeoutSeconds} s.\n{output}\n{error}"
            );
        }

        lock (output)
        {
            lock (error)
            {
                return new(process.ExitCode, output.ToString(), error.ToString());
            }
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }
}
