using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.Runtime;

/// <summary>
/// What a host got when it joined a cluster: where the server is, its CA, and a certificate of its own.
/// </summary>
/// <remarks>
/// One file holds it all, a kubeconfig, so that a renewed certificate is there with its key or not at all. The
/// certificate is the host's client's and its agent's door's.
/// </remarks>
public sealed class HostIdentity
{
    private const string FileName = "agent.kubeconfig";

    private readonly string _path;
    private KubeconfigConnection _connection;
    private volatile X509Certificate2 _certificate;

    private HostIdentity(string path, KubeconfigConnection connection)
    {
        (_path, _connection) = (path, connection);
        _certificate = CertificateOf(connection);
        Subject =
            CertificateSubject.Of(_certificate) ?? throw new CryptographicException("The certificate names nobody.");
        Host = Subject.Host ?? throw new CryptographicException("The certificate is not that of a host's agent.");
        Trust = new(X509Certificate2.CreateFromPem(connection.CertificateAuthority), () => _certificate);
    }

    /// <summary>Who the certificate is for.</summary>
    public CertificateSubject Subject { get; }

    /// <summary>The host's name in the cluster.</summary>
    public string Host { get; }

    /// <summary>The API server.</summary>
    public Uri Server => _connection.Server;

    /// <summary>Shows who this host is, and whom it believes.</summary>
    public DoorTrust Trust { get; }

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset Ends => new DateTimeOffset(_certificate.NotAfter).ToUniversalTime();

    /// <summary>When to get the next one: a third of its life before it ends.</summary>
    public DateTimeOffset RenewAt => Ends - ((Ends - new DateTimeOffset(_certificate.NotBefore)) / 3);

    /// <summary>The file in an agent's state folder.</summary>
    public static string PathIn(string stateFolder) => Path.Combine(Path.GetFullPath(stateFolder), FileName);

    /// <summary>What an earlier join left in a state folder; null when there was none.</summary>
    /// <exception cref="InvalidOperationException">The file cannot be used; says why and what to do.</exception>
    public static HostIdentity? Find(string stateFolder)
    {
        var path = PathIn(stateFolder);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return new(path, Kubeconfig.Read(path));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"{path} is not what a join left there ({e.Message.TrimEnd('.')}): remove it and join again with a new "
                    + "token.",
                e
            );
        }
    }

    /// <summary>Keeps what a join gave, in place of what was there.</summary>
    /// <param name="stateFolder">The agent's state folder.</param>
    /// <param name="server">The API server.</param>
    /// <param name="authority">PEM of the cluster's CA.</param>
    /// <param name="certificate">PEM of the host's certificate.</param>
    /// <param name="key">PEM of its key.</param>
    public static HostIdentity Keep(string stateFolder, Uri server, string authority, string certificate, string key)
    {
        var connection = new KubeconfigConnection
        {
            Server = server,
            CertificateAuthority = authority,
            ClientCertificate = certificate,
            ClientKey = key,
        };
        var identity = new HostIdentity(PathIn(stateFolder), connection);
        identity.Write();
        return identity;
    }

    /// <summary>Replaces the certificate and its key; new connections show it.</summary>
    public void Renew(string certificate, string key)
    {
        var renewed = _connection with { ClientCertificate = certificate, ClientKey = key };
        // First, so that a certificate that does not fit its key is never kept.
        var pair = CertificateOf(renewed);
        _connection = renewed;
        Write();
        _certificate = pair;
    }

    /// <summary>A client of the API server that shows whatever certificate is the host's at the time.</summary>
    public KubernetesClient Connect() => new(Connection.Open(_connection, () => _certificate));

    private static X509Certificate2 CertificateOf(KubeconfigConnection connection) =>
        X509Certificate2.CreateFromPem(connection.ClientCertificate, connection.ClientKey);

    private void Write() => Kubeconfig.Write(_path, "vireo", _connection, "vireo-agent");
}
