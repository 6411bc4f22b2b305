using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.Runtime;

/// <summary>How one part of the cluster shows who it is, and whom it believes.</summary>
/// <param name="authority">The cluster's CA: whoever it vouches for is who they say.</param>
/// <param name="own">The certificate to show, with its key; asked for at each connection, as it is renewed.</param>
public sealed class DoorTrust(X509Certificate2 authority, Func<X509Certificate2> own)
{
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>The certificate to show, with its key.</summary>
    public X509Certificate2 Own => own();

    /// <summary>Who a client is that showed a certificate; null when the CA does not vouch for it.</summary>
    public CertificateSubject? Identify(X509Certificate2 client, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        return chain.Build(client) ? CertificateSubject.Of(client) : null;
    }

    /// <summary>By which servers are believed: only by the cluster's CA.</summary>
    public X509ChainPolicy Policy() =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };
}
