using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Hosting;

/// <summary>
/// The certificates of the server and of its administrator: made anew before they end, without a restart. The CA stays.
/// </summary>
internal sealed class ServedCertificates : IDisposable
{
    /// <summary>Certificates are renewed weeks before their end: to look once in a while is enough.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(6);

    private readonly CertificateAuthority _authority;
    private readonly IReadOnlyList<string> _names;
    private readonly string _kubeconfig;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile SslStreamCertificateContext _context;
    private string _thumbprint = "";
    private Uri? _address;
    private ITimer? _timer;

    /// <param name="authority">Vouches for both.</param>
    /// <param name="names">The names by which clients know the server.</param>
    /// <param name="kubeconfig">Where the administrator's access is written to.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">Told of renewals.</param>
    public ServedCertificates(
        CertificateAuthority authority,
        IEnumerable<string> names,
        string kubeconfig,
        TimeProvider time,
        ILogger logger
    )
    {
        (_authority, _names, _kubeconfig, _time, _logger) = (authority, [.. names], kubeconfig, time, logger);
        _context = Server();
    }

    /// <summary>What the server shows to those who connect now.</summary>
    public SslStreamCertificateContext Context => _context;

    /// <summary>Writes the administrator's access, and sees to all from now on.</summary>
    public void Begin(Uri address)
    {
        _address = address;
        WriteAdmin();
        _timer = _time.CreateTimer(_ => Renew(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _timer?.Dispose();

    private void Renew()
    {
        try
        {
            var before = _thumbprint;
            var context = Server();
            if (_thumbprint != before)
            {
                _context = context;
                Log.CertificateRenewed(_logger, "the server", context.TargetCertificate.NotAfter);
            }

            WriteAdmin();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Log.CertificateNotRenewed(_logger, fault);
        }
    }

    private SslStreamCertificateContext Server()
    {
        var certificate = _authority.ForServer(_names);
        _thumbprint = certificate.Thumbprint;
        return SslStreamCertificateContext.Create(certificate, null, offline: true);
    }

    private void WriteAdmin()
    {
        using var admin = _authority.ForClient("admin", "vireo-admin", Caller.Masters);
        AdminKubeconfig.Write(_kubeconfig, _address!, _authority.Certificate, admin);
    }
}
