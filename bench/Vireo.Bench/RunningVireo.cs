using System.Diagnostics;
using System.Globalization;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>One `vireo up` on a state folder.</summary>
internal sealed class RunningVireo : IAsyncDisposable
{
    private const string Address = "127.0.0.1:7443";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private RunningVireo(Process process, string stateFolder) => (_process, StateFolder) = (process, stateFolder);

    public string StateFolder { get; }

    public int ProcessId => _process.Id;

    /// <summary>From its start until /readyz said ok.</summary>
    public TimeSpan ReadyAfter { get; private init; }

    /// <summary>A client with the administrator's kubeconfig, over TLS as anybody's.</summary>
    public KubernetesClient Connect() =>
        KubernetesClient.Connect(Kubeconfig.Read(Path.Combine(StateFolder, "admin.kubeconfig")));

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="program">The program.</param>
    /// <param name="stateFolder">Its state folder; made if it is not there.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="simulate">True to have guests that exist only in its memory.</param>
    public static async Task<RunningVireo> StartAsync(
        string program,
        string stateFolder,
        CancellationToken ct,
        bool simulate = false
    )
    {
        Directory.CreateDirectory(stateFolder);
        // Its log goes to a file, by a shell that becomes the program: a pipe would be work for this process.
        var start = new ProcessStartInfo(
            "sh",
            [
                "-c",
                "exec \"$0\" up --state-dir \"$1\" --listen \"$2\" $3 </dev/null >>\"$1/bench.log\" 2>&1",
                program,
                stateFolder,
                Address,
                simulate ? "--simulate" : "",
            ]
        );
        using var handler = new HttpClientHandler
        {
            // The authority is not there yet, and what is asked is no secret.
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var http = new HttpClient(handler);
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        while (!await IsReadyAsync(http, ct))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new InvalidOperationException($"vireo did not become ready; see {stateFolder}/bench.log.");
            }

            await Task.Delay(Pause, ct);
        }

        return new(process, stateFolder) { ReadyAfter = Stopwatch.GetElapsedTime(began) };
    }

    /// <summary>Stops it; guests and the private libvirt daemon run on.</summary>
    public async ValueTask DisposeAsync()
    {
        await Programs.RunAsync("kill", [Text(_process.Id)], CancellationToken.None);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Ends all that was ever started on a state folder, and removes the folder.</summary>
    public static async Task RemoveAsync(string program, string stateFolder)
    {
        await Programs.RunAsync(
            program,
            ["down", "--guests", "--grace-period", "0", "--state-dir", stateFolder],
            CancellationToken.None
        );
        Directory.Delete(stateFolder, recursive: true);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"https://{Address}/readyz"), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
