using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vireo.Runtime;

/// <summary>Opens what a kubeconfig describes: trust, identity, HTTP/2 where the server has it.</summary>
internal static class Connection
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Connections are made anew after this when the client's certificate may have been renewed.</summary>
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(10);

    /// <param name="connection">What a kubeconfig describes.</param>
    /// <param name="certificate">The client's certificate, where it is renewed from time to time.</param>
    public static HttpClient Open(KubeconfigConnection connection, Func<X509Certificate2>? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = TlsOf(connection, certificate),
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            // A watch is silent for minutes: without pings a dead connection would look like a quiet one.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (certificate is not null)
        {
            handler.PooledConnectionLifetime = ConnectionLife;
        }

        HttpMessageHandler chain = connection is { Token: null, TokenFile: null }
            ? handler
            : new BearerTokenHandler(connection.Token, connection.TokenFile) { InnerHandler = handler };
        var address = connection.Server.AbsoluteUri;
        var http = new HttpClient(chain)
        {
            BaseAddress = new Uri(address.EndsWith('/') ? address : address + "/"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Timeout = AnswerTimeout,
        };
        // The handler takes the name it expects in the server's certificate from the Host header.
        http.DefaultRequestHeaders.Host = connection.TlsServerName;
        return http;
    }

    [SuppressMessage("Security", "CA5359", Justification = "insecure-skip-tls-verify asks for just that.")]
    private static SslClientAuthenticationOptions TlsOf(
        KubeconfigConnection connection,
        Func<X509Certificate2>? renewed
    )
    {
        var tls = new SslClientAuthenticationOptions();
        if (connection.InsecureSkipTlsVerify)
        {
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if (connection.CertificateAuthority is { } authority)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(Certificates(authority, "certificate authority"));
        }

        if (renewed is not null)
        {
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => renewed();
        }
        else if (connection is { ClientCertificate: { } certificate, ClientKey: { } key })
        {
            tls.ClientCertificateContext = ClientOf(certificate, key);
        }

        return tls;
    }

    private static SslStreamCertificateContext ClientOf(string certificate, string key)
    {
        var chain = Certificates(certificate, "client certificate");
        try
        {
            return SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPem(certificate, key),
                chain,
                offline: true
            );
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"The client key of the connection cannot be used: {e.Message} "
                    + "Give the PEM key of its client certificate.",
                e
            );
        }
    }

    private static X509Certificate2Collection Certificates(string pem, string what)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"The {what} of the connection is no certificate: {e.Message}", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidOperationException($"The {what} of the connection has no PEM certificate in it.");
    }

    private sealed class BearerTokenHandler(string? token, string? tokenFile) : DelegatingHandler
    {
        /// <remarks>Tokens of pods are replaced about hourly, so the file is read each time.</remarks>
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var value = tokenFile is null ? token : (await File.ReadAllTextAsync(tokenFile, ct)).Trim();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", value);
            return await base.SendAsync(request, ct);
        }
    }
}
