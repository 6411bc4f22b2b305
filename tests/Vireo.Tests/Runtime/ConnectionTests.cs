using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

/// <summary>Against a real server with TLS, that answers who it took the client for.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private static readonly (X509Certificate2 Certificate, string Pem) Authority = NewAuthority("test-ca");
    private readonly WebApplication _server = NewServer();
    private Uri _address = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private KubeconfigConnection Trusting =>
        new()
        {
            Server = _address,
            CertificateAuthority = Authority.Pem,
            TlsServerName = "vireo.test",
        };

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Ct);
        var addresses = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _address = new Uri(addresses.Addresses.Single());
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<string> Ask(KubeconfigConnection connection)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        using var response = await KubernetesClient.Connect(connection).SendAsync(request, Ct);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    [Fact]
    public async Task A_client_certificate_says_who_asks_over_http_2()
    {
        var (certificate, key) = NewLeaf("admin", server: false);
        (await Ask(Trusting with { ClientCertificate = certificate, ClientKey = key })).ShouldBe("HTTP/2 CN=admin ");
    }

    [Fact]
    public async Task A_token_says_who_asks_and_its_file_is_read_again()
    {
        (await Ask(Trusting with { Token = "t1" })).ShouldBe("HTTP/2  Bearer t1");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "t2\n", Ct);
        (await Ask(Trusting with { Token = "t1", TokenFile = file })).ShouldBe("HTTP/2  Bearer t2");
        File.Delete(file);
    }

    [Fact]
    public async Task A_server_of_another_authority_or_name_is_not_trusted()
    {
        var stranger = Trusting with { CertificateAuthority = NewAuthority("test-ca").Pem };
        (await Should.ThrowAsync<ApiException>(Ask(stranger))).Reason.ShouldBe(Reason.Unreachable);
        var misnamed = Trusting with { TlsServerName = null };
        (await Should.ThrowAsync<ApiException>(Ask(misnamed))).Reason.ShouldBe(Reason.Unreachable);
        var system = Trusting with { CertificateAuthority = null };
        (await Should.ThrowAsync<ApiException>(Ask(system))).Reason.ShouldBe(Reason.Unreachable);

        (await Ask(misnamed with { InsecureSkipTlsVerify = true })).ShouldStartWith("HTTP/2");
    }

    [Fact]
    public void Keys_that_cannot_be_used_are_refused_in_words()
    {
        var (certificate, _) = NewLeaf("admin", server: false);
        var (_, otherKey) = NewLeaf("admin", server: false);
        Fails(Trusting with { ClientCertificate = certificate, ClientKey = otherKey }).ShouldContain("client key");
        Fails(Trusting with { ClientCertificate = certificate, ClientKey = "x" }).ShouldContain("client key");
        Fails(Trusting with { ClientCertificate = "x", ClientKey = otherKey }).ShouldContain("client certificate");
        Fails(Trusting with { CertificateAuthority = "x" }).ShouldContain("certificate authority");

        static string Fails(KubeconfigConnection connection) =>
            Should.Throw<InvalidOperationException>(() => KubernetesClient.Connect(connection)).Message;
    }

    private static WebApplication NewServer()
    {
        var (certificate, key) = NewLeaf("server", server: true);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = X509Certificate2.CreateFromPem(certificate, key);
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        https.AllowAnyClientCertificate();
                    });
                }
            )
        );
        var server = builder.Build();
        server.MapGet(
            "/who",
            (HttpContext http) =>
                $"{http.Request.Protocol} {http.Connection.ClientCertificate?.Subject} "
                + http.Request.Headers.Authorization
        );
        return server;
    }

    private static (X509Certificate2 Certificate, string Pem) NewAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate, certificate.ExportCertificatePem());
    }

    private static (string Certificate, string Key) NewLeaf(string name, bool server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var purpose = new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2");
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], critical: false));
        if (server)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("vireo.test");
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(
            Authority.Certificate,
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddHours(1),
            RandomNumberGenerator.GetBytes(8)
        );
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
