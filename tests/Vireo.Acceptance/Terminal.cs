using System.Diagnostics;
using System.Text;

namespace Vireo.Acceptance;

/// <summary>A command of the program in a terminal: script(1) gives it one.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _shown = new();

    public Terminal(VireoHost host, params string[] arguments)
    {
        var command = $"'{Checkout.Program}' {string.Join(' ', arguments)}";
        // A test run in the background ignores SIGINT, and what it starts inherits that: a person's shell does not.
        string[] shell = [.. host.Inside, "env", "--default-signal=INT"];
        _process = new()
        {
            StartInfo = new(
                shell[0],
                [.. shell[1..], "script", "--quiet", "--return", "--command", command, "/dev/null"]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                WorkingDirectory = Checkout.Root,
                Environment = { ["KUBECONFIG"] = host.Kubeconfig },
            },
        };
        _process.Start();
        _ = Task.Run(ReadAsync);
    }

    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    public Task ShowsAsync(string text) =>
        Eventually.Sees(
            () => Task.FromResult(ToString()),
            shown => shown.Contains(text, StringComparison.Ordinal),
            $"the terminal shows '{text}'",
            timeoutSeconds: 30
        );

    public async Task<int> ExitCodeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The command did not end within 30 s. The terminal shows:\n{this}");
        }

        return _process.ExitCode;
    }

    public override string ToString()
    {
        lock (_shown)
        {
            return _shown.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_shown)
            {
                _shown.Append(buffer.AsSpan(0, count));
            }
        }
    }
}
