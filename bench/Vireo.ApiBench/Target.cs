using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Vireo.Runtime;

namespace Vireo.ApiBench;

/// <summary>The server under load: where it is, who asks, and what its processes use.</summary>
internal sealed class Target : IDisposable
{
    private const double TicksPerSecond = 100;

    private readonly Uri _url;
    private readonly string? _token;
    private readonly X509Certificate2? _certificate;
    private readonly X509Certificate2Collection? _authority;
    private readonly string[] _pids;

    private Target(Uri url, string? token, X509Certificate2? certificate, string? authority, string[] pids)
    {
        (_url, _token, _certificate, _pids) = (url, token, certificate, pids);
        if (authority is not null)
        {
            _authority = [];
            _authority.ImportFromPem(authority);
        }
    }

    public static Target Of(string? kubeconfig, Uri? url, string? token, string? authority, string pids)
    {
        var processes = pids.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (kubeconfig is null)
        {
            return new(
                url ?? throw new ArgumentException("Name the server by --url or --kubeconfig.", nameof(url)),
                token,
                null,
                authority is null ? null : File.ReadAllText(authority),
                processes
            );
        }

        var access = Kubeconfig.Read(kubeconfig);
        return new(
            access.Server,
            token,
            X509Certificate2.CreateFromPem(access.ClientCertificate, access.ClientKey),
            access.CertificateAuthority,
            processes
        );
    }

    /// <summary>A client with a connection of its own, as every user of the server has one.</summary>
    public HttpClient Client()
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = _certificate is null ? null : [_certificate],
                CertificateChainPolicy = _authority is null ? null : Trust(_authority),
            },
        };
        if (_authority is null)
        {
#pragma warning disable CA5359 // Asked for: a peer on this machine with a certificate of its own making.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        var client = new HttpClient(handler) { BaseAddress = _url, Timeout = TimeSpan.FromMinutes(5) };
        if (_token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        }

        return client;
    }

    /// <summary>The CPU time that the server's processes have used, in seconds; NaN when none are named.</summary>
    public double CpuSeconds() =>
        Sum(pid =>
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat")
                .Split(')')[^1]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        });

    /// <summary>The memory of the server's processes, in MiB; NaN when none are named.</summary>
    public double MemoryMiB() =>
        Sum(pid =>
            Number(
                File.ReadLines($"/proc/{pid}/status")
                    .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
            ) / 1024
        );

    public void Dispose() => _certificate?.Dispose();

    private double Sum(Func<string, double> use) => _pids.Length == 0 ? double.NaN : _pids.Sum(use);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static X509ChainPolicy Trust(X509Certificate2Collection authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authority);
        return policy;
    }
}
