using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.Bench;

/// <summary>Certificates with which two libvirt daemons encrypt what they send each other, as agents do.</summary>
internal static class PeerCertificates
{
    /// <summary>The name that both have.</summary>
    public const string Name = "bench";

    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Writes them by the names that QEMU looks for.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name} CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), End);
        File.WriteAllText(Path.Combine(folder, "ca-cert.pem"), authority.ExportCertificatePem());
        Write(folder, "server", ServerUse, authority);
        Write(folder, "client", ClientUse, authority);
    }

    private static DateTimeOffset End => DateTimeOffset.UtcNow.AddDays(1);

    private static void Write(string folder, string role, string use, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(use)], true));
        var serial = RandomNumberGenerator.GetBytes(8);
        using var made = request.Create(authority, authority.NotBefore, authority.NotAfter, serial);
        File.WriteAllText(Path.Combine(folder, $"{role}-cert.pem"), made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, $"{role}-key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
