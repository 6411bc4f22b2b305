using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vireo.Runtime;

namespace Vireo.ApiServer.Hosting;

/// <summary>The server's own CA: clients trust the server by it, and it vouches for clients.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(365);

    /// <summary>Agents renew theirs by themselves, a third of this before its end.</summary>
    private static readonly TimeSpan HostLife = TimeSpan.FromDays(90);

    private const string Own = "ca";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Clocks differ a little; certificates start in the past.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private X509Certificate2? _forAgents;

    private CertificateAuthority(string folder, X509Certificate2 certificate, TimeProvider time) =>
        (_folder, Certificate, _time) = (folder, certificate, time);

    /// <summary>The CA's certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Reads the CA of a server.</summary>
    /// <exception cref="ApiServerStartException">There is none, or it cannot be used.</exception>
    public static CertificateAuthority Existing(string folder, TimeProvider time) =>
        KeyPair.Exists(folder, Own) ? new(folder, Read(folder, time), time) : throw NotUsable(folder);

    /// <summary>Reads the CA, or makes it at the first start. It is never made anew: all trust hangs on it.</summary>
    /// <exception cref="ApiServerStartException">There is one, and it cannot be used.</exception>
    public static CertificateAuthority Open(string folder, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var certificate = KeyPair.Exists(folder, Own) ? Read(folder, time) : null;
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
            KeyPair.Write(folder, Own, certificate);
        }

        return new(folder, certificate, time);
    }

    private static X509Certificate2 Read(string folder, TimeProvider time) =>
        KeyPair.Read(folder, Own, time.GetUtcNow(), TimeSpan.Zero) ?? throw NotUsable(folder);

    private static ApiServerStartException NotUsable(string folder) =>
        new(
            $"The cluster's CA, {Path.Combine(folder, Own)}.crt and .key, is missing, broken or has ended: restore both "
                + "files. Without them delete what is left of them, and a new CA is made: every kubeconfig then has to "
                + "be made anew, and every host has to join again."
        );

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
        var fresh = Issue(subject, ServerUse, extension);
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

        var fresh = Issue(Subject(user, groups), ClientUse, null);
        KeyPair.Write(_folder, file, fresh);
        return fresh;
    }

    private static X500DistinguishedName Subject(string user, IReadOnlyList<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        return subject.Build();
    }

    /// <summary>The certificate of a user, which is not kept.</summary>
    public X509Certificate2 ForUser(string user, IReadOnlyList<string> groups, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var bare = Sign(Subject(user, groups), new PublicKey(key), [new Oid(ClientUse)], null, life);
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>The certificate by which agents know the server when it comes to them; renewed near its end.</summary>
    public X509Certificate2 ForAgents()
    {
        lock (_gate)
        {
            if (_forAgents is null || new DateTimeOffset(_forAgents.NotAfter) - _time.GetUtcNow() < KeyPair.RenewBefore)
            {
                // Without groups: it opens the doors of agents, and nothing at the server itself.
                _forAgents = ForClient("apiserver-agent-client", CertificateSubject.Server);
            }

            return _forAgents;
        }
    }

    /// <summary>
    /// The certificate of a host's agent: a client of the server, and a server to it and to other hosts' agents.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="uid">The uid of its Host.</param>
    /// <param name="key">Its public key, an elliptic curve's.</param>
    public X509Certificate2 ForHost(string host, string uid, PublicKey key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(CertificateSubject.Nodes);
        subject.AddOrganizationalUnitName(uid);
        subject.AddCommonName(CertificateSubject.NodePrefix + host);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(CertificateSubject.DnsNameOf(host));
        return Sign(subject.Build(), key, [new Oid(ClientUse), new Oid(ServerUse)], names.Build(), HostLife);
    }

    public void Dispose()
    {
        _forAgents?.Dispose();
        Certificate.Dispose();
    }

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
        using var bare = Sign(subject, new PublicKey(key), [new Oid(usage)], names, CertificateLife);
        return bare.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Sign(
        X500DistinguishedName subject,
        PublicKey key,
        OidCollection usages,
        X509Extension? names,
        TimeSpan life
    )
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false)
        );
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        var now = _time.GetUtcNow();
        var end = now + life;
        var last = new DateTimeOffset(Certificate.NotAfter);
        var notAfter = end < last ? end : last;
        return request.Create(Certificate, now - ClockSkew, notAfter, RandomNumberGenerator.GetBytes(16));
    }
}
