using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.Acceptance;

/// <summary>A `vireo server` with a state folder of its own, which is killed and started again on it.</summary>
internal sealed class CrashServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-crash-").FullName;
    private readonly int _port = ThisMachine.FreePort();
    private Process? _process;

    /// <summary>Starts the program; done when it serves.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        string[] arguments = ["server", "--state-dir", _folder, "--listen", $"127.0.0.1:{_port}"];
        var start = new ProcessStartInfo(Checkout.Program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        var errors = _process.StandardError.ReadToEndAsync(ct);
        while (await _process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            if (line.StartsWith("export KUBECONFIG", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"vireo server ended: {await errors}");
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>A client with the administrator's certificate and connections of its own.</summary>
    public HttpClient Client()
    {
        var keys = Path.Combine(_folder, "pki");
        var tls = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            ClientCertificates =
            [
                X509Certificate2.CreateFromPemFile(Path.Combine(keys, "admin.crt"), Path.Combine(keys, "admin.key")),
            ],
        };
        return new(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = new($"https://127.0.0.1:{_port}") };
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
