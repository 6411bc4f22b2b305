using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.ApiServer.Hosting;

/// <summary>A certificate with its key, as two PEM files; the key is the owner's alone.</summary>
internal static class KeyPair
{
    /// <summary>Certificates are made anew this long before they end.</summary>
    public static TimeSpan RenewBefore { get; } = TimeSpan.FromDays(30);

    /// <summary>Reads a pair; null when it is absent, broken, or near its end.</summary>
    public static X509Certificate2? Read(string folder, string name, DateTimeOffset now) =>
        Read(folder, name, now, RenewBefore);

    /// <summary>Reads a pair; null when it is absent, broken, or nearer to its end than this.</summary>
    public static X509Certificate2? Read(string folder, string name, DateTimeOffset now, TimeSpan renewBefore)
    {
        var (certificate, key) = Paths(folder, name);
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            return null;
        }

        try
        {
            var pair = X509Certificate2.CreateFromPemFile(certificate, key);
            if (pair.NotAfter.ToUniversalTime() - now.UtcDateTime > renewBefore)
            {
                return pair;
            }

            pair.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>True when there is a pair, whatever it is worth.</summary>
    public static bool Exists(string folder, string name)
    {
        var (certificate, key) = Paths(folder, name);
        return File.Exists(certificate) || File.Exists(key);
    }

    public static void Write(string folder, string name, X509Certificate2 pair)
    {
        var (certificate, key) = Paths(folder, name);
        StateFolder.WriteSecret(key, KeyPem(pair));
        File.WriteAllText(certificate, pair.ExportCertificatePem() + "\n");
    }

    public static string KeyPem(X509Certificate2 pair)
    {
        using var key = pair.GetECDsaPrivateKey() ?? throw new CryptographicException("The certificate has no key.");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static (string Certificate, string Key) Paths(string folder, string name) =>
        (Path.Combine(folder, name + ".crt"), Path.Combine(folder, name + ".key"));
}
