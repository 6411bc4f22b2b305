using System.Diagnostics;

namespace Vireo.Tests.ApiServer;

/// <summary>Runs kubectl against one server, with nothing of the machine's own configuration.</summary>
internal sealed class Kubectl(RunningServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command to its end and gives what it said, warnings about versions left out.</summary>
    public async Task<string> RunAsync(string arguments, string? input = null, int exitCode = 0)
    {
        using var process = Launch(arguments);
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"kubectl {arguments} did not end.");
        }

        var said = string.Join('\n', (await output + await errors).Split('\n').Where(line => !IsSkew(line))).Trim();
        process.ExitCode.ShouldBe(exitCode, $"kubectl {arguments}\n{said}");
        return said;
    }

    /// <summary>Starts a command that goes on.</summary>
    public RunningKubectl Start(string arguments) => new(Launch(arguments));

    private static bool IsSkew(string line) => line.StartsWith("WARNING: version difference", StringComparison.Ordinal);

    private Process Launch(string arguments)
    {
        var start = new ProcessStartInfo("kubectl", Split(arguments))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = server.Server.KubeconfigPath;
        start.Environment["KUBECACHEDIR"] = Path.Combine(server.Folder, "kubectl-cache");
        start.Environment["KUBE_EDITOR"] = "sed -i s/64Mi/96Mi/";
        return Process.Start(start)!;
    }

    /// <summary>Blanks part arguments; no test needs one inside an argument.</summary>
    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A kubectl that runs until it is disposed of.</summary>
internal sealed class RunningKubectl(Process process) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<string?> NextLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await process.StandardOutput.ReadLineAsync(patience.Token);
    }

    public async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        process.ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
