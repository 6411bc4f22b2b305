using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.ApiServer.Hosting;

/// <summary>The server's own CA: clients trust the server by it, and it vouches for clients.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(365);

    /// <summary>Clocks differ a little; certificates start in the past.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly TimeProvider _time;

    private CertificateAuthority(string folder, X509Certificate2 certificate, TimeProvider time) =>
        (_folder, Certificate, _time) = (folder, certificate, time);

    /// <summary>The CA's certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Reads the CA, or makes it at the first start.</summary>
    public static CertificateAuthority Open(string folder, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var certificate = KeyPair.Read(folder, "ca", now);
        if (certificate is null)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=vireo-ca", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
            request.CertificateExtensions.Add(
                new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
            );
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            certificate = request.CreateSelfSigned(now - ClockSkew, now + AuthorityLife);
            KeyPair.Write(folder, "ca", certificate);
        }

        return new(folder, certificate, time);
    }

    /// <summary>The server's certificate for these names; kept until it nears its end or the names change.</summary>
    public X509Certificate2 ForServer(IEnumerable<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        var extension = alternatives.Build();
        var kept = KeyPair.Read(_folder, "server", _time.GetUtcNow());
        if (kept is not null && IsOurs(kept) && HasNames(kept, extension))
        {
            return kept;
        }

        kept?.Dispose();
        var subject = new X500DistinguishedName("CN=vireo-apiserver");
        var fresh = Issue(subject, "1.3.6.1.5.5.7.3.1", extension);
        KeyPair.Write(_folder, "server", fresh);
        return fresh;
    }

    /// <summary>A client's certificate: the name and the groups by which the server knows it.</summary>
    public X509Certificate2 ForClient(string file, string user, params IReadOnlyList<string> groups)
    {
        if (KeyPair.Read(_folder, file, _time.GetUtcNow()) is { } kept)
        {
            if (IsOurs(kept))
            {
                return kept;
            }

            kept.Dispose();
        }

        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        var fresh = Issue(subject.Build(), "1.3.6.1.5.5.7.3.2", null);
        KeyPair.Write(_folder, file, fresh);
        return fresh;
    }

    public void Dispose() => Certificate.Dispose();

    private static bool HasNames(X509Certificate2 certificate, X509Extension names) =>
        certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(extension => extension.RawData.AsSpan().SequenceEqual(names.RawData));

    private bool IsOurs(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    private X509Certificate2 Issue(X500DistinguishedName subject, string usage, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false)
        );
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        var now = _time.GetUtcNow();
        var end = now + CertificateLife;
        var last = new DateTimeOffset(Certificate.NotAfter);
        var notAfter = end < last ? end : last;
        using var bare = request.Create(Certificate, now - ClockSkew, notAfter, RandomNumberGenerator.GetBytes(16));
        return bare.CopyWithPrivateKey(key);
    }
}
