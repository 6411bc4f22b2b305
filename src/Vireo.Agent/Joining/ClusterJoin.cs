using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Joins this host to a cluster, and renews the certificate that it got.</summary>
/// <remarks>The key never leaves the host: the server sees the public half, and gives a certificate for it.</remarks>
public static class ClusterJoin
{
    /// <summary>Joins a cluster by a one-time token.</summary>
    /// <param name="stateFolder">The agent's state folder: the identity is kept there.</param>
    /// <param name="server">The API server.</param>
    /// <param name="token">The token, with the hash of the CA to believe.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="ct">Ends the try; with the same token it can be made again.</param>
    /// <exception cref="ApiException">The server refuses or cannot be reached; says why and what to do.</exception>
    /// <exception cref="InvalidOperationException">The server is not the one the token is for.</exception>
    public static async Task<HostIdentity> JoinAsync(
        string stateFolder,
        Uri server,
        JoinTokenText token,
        string host,
        CancellationToken ct
    )
    {
        var authority = await FindAuthorityAsync(server, token.Authority ?? "", ct);
        var client = KubernetesClient.Connect(new() { Server = server, CertificateAuthority = authority });
        var keyFile = Path.Combine(Path.GetFullPath(stateFolder), "join.key");
        // Kept until there is an answer: should it get lost, the server gives it again to the same key.
        using var key = PendingKey(keyFile);
        var asked = new JoinRequest
        {
            Token = token.Short,
            Host = host,
            Request = RequestOf(key),
        };
        var answer = await AskAsync(client, JoinRequest.Path, asked, ct);
        var identity = HostIdentity.Keep(
            stateFolder,
            server,
            authority,
            answer.Certificate,
            key.ExportPkcs8PrivateKeyPem() + "\n"
        );
        File.Delete(keyFile);
        return identity;
    }

    /// <summary>Asks for the next certificate, with a key of its own, for the one there is.</summary>
    /// <exception cref="ApiException">The server refuses or cannot be reached.</exception>
    internal static async Task RenewAsync(HostIdentity identity, KubernetesClient client, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var answer = await AskAsync(client, JoinRequest.RenewPath, new() { Request = RequestOf(key) }, ct);
        identity.Renew(answer.Certificate, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>
    /// The CA, as the server tells it to anybody, believed only when it hashes to what the token says.
    /// </summary>
    private static async Task<string> FindAuthorityAsync(Uri server, string hash, CancellationToken ct)
    {
        var stranger = KubernetesClient.Connect(new() { Server = server, InsecureSkipTlsVerify = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, JoinRequest.AuthorityPath);
        using var answer = await stranger.SendAsync(request, ct);
        var pem = await answer.Content.ReadAsStringAsync(ct);
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            if (HashOf(certificate) == hash)
            {
                return pem;
            }
        }
        catch (CryptographicException)
        {
            // What is no certificate is not the one that is meant either.
        }

        throw new InvalidOperationException(
            $"The server at {server} is not the one that the token is for: its CA has another hash. See that the address "
                + "is right and that nobody stands between; else copy the token again, whole."
        );
    }

    /// <summary>What tells one CA from another: the SHA-256 of its public key, in hexadecimal.</summary>
    public static string HashOf(X509Certificate2 authority) =>
        Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));

    private static async Task<JoinAnswer> AskAsync(
        KubernetesClient client,
        string path,
        JoinRequest asked,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(asked, ApiJson.Default.JoinRequest))
            {
                Headers = { ContentType = new("application/json") },
            },
        };
        using var answer = await client.SendAsync(request, ct);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(ct), ApiJson.Default.JoinAnswer)
            ?? throw new InvalidOperationException("The server gave no certificate: see that it is of this version.");
    }

    private static string RequestOf(ECDsa key) =>
        // The server writes the subject: it knows from the token who may be whom.
        new CertificateRequest("CN=host", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    private static ECDsa PendingKey(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (File.Exists(path))
            {
                key.ImportFromPem(File.ReadAllText(path));
                return key;
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Half of a key that was being written.
            File.Delete(path);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(key.ExportPkcs8PrivateKeyPem());
        return key;
    }
}
