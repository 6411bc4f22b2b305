using System.Diagnostics;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record Printed(int ExitCode, string Output, string Error)
{
    /// <summary>The cells of the lines of a table, headings first.</summary>
    public string[][] Lines =>
        [
            .. Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];
}

/// <summary>Runs commands as processes of their own against a server of this one.</summary>
internal static class RunningProgram
{
    /// <summary>Runs a line whose words are divided by blanks.</summary>
    public static Task<Printed> RunAsync(this RunningServer server, string line) => server.RunAsync(line, []);

    /// <summary>Runs a line with variables in its environment.</summary>
    public static async Task<Printed> RunAsync(
        this RunningServer server,
        string line,
        IReadOnlyDictionary<string, string> variables
    )
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "vireo"), line.Split(' '))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = server.Server.KubeconfigPath;
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var ct = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return new(process.ExitCode, await output, await error);
    }
}
