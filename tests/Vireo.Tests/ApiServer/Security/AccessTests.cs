using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

public sealed class AccessTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_administrator_comes_in_by_certificate_over_either_version_of_http(string version)
    {
        var admin = Kubeconfig.Read(_server.Server.KubeconfigPath);
        using var certificate = X509Certificate2.CreateFromPem(admin.ClientCertificate, admin.ClientKey);
        using var client = Client(certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Version.ShouldBe(Version.Parse(version));
    }

    [Fact]
    public async Task Without_an_identity_only_health_and_version_are_told()
    {
        using var client = Client(null);
        foreach (var path in new[] { "/version", "/livez", "/readyz", "/healthz" })
        {
            (await RunningServer.SendAsync(client, "GET", path)).Code.ShouldBe(HttpStatusCode.OK, path);
        }

        foreach (var path in new[] { "/api", "/apis", "/openapi/v3", "/api/v1/namespaces", RunningServer.Vms, "/x" })
        {
            var reply = await RunningServer.SendAsync(client, "GET", path);
            reply.Code.ShouldBe(HttpStatusCode.Unauthorized, path);
            reply.Reason.ShouldBe("Unauthorized");
        }
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_nobody()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=system:masters, CN=admin", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        using var client = Client(certificate);
        (await RunningServer.SendAsync(client, "GET", "/api/v1/namespaces")).Code.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_nobody_gave_is_nobodys()
    {
        using var client = Client(null);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "x");
        (await RunningServer.SendAsync(client, "GET", "/version")).Code.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Who_is_no_master_looks_around_and_touches_nothing()
    {
        using var client = _server.Server.CreateClient("bob", "developers");
        (await RunningServer.SendAsync(client, "GET", "/apis/kubevirt.io/v1")).Code.ShouldBe(HttpStatusCode.OK);
        (await RunningServer.SendAsync(client, "GET", "/openapi/v3")).Code.ShouldBe(HttpStatusCode.OK);
        var reply = await RunningServer.SendAsync(client, "GET", RunningServer.Vms + "/a");
        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
        reply.Message.ShouldBe(
            "virtualmachines.kubevirt.io \"a\" is forbidden: User \"bob\" cannot get resource \"virtualmachines\" in API "
                + "group \"kubevirt.io\" in the namespace \"default\""
        );
        (await RunningServer.SendAsync(client, "GET", "/api/v1/secrets")).Message.ShouldBe(
            "secrets is forbidden: User \"bob\" cannot list resource \"secrets\" in API group \"\" at the cluster scope"
        );
        (await RunningServer.SendAsync(client, "GET", "/metrics")).Message.ShouldBe(
            "forbidden: User \"bob\" cannot get path \"/metrics\""
        );
    }

    [Fact]
    public async Task A_watch_streams_over_the_network()
    {
        var admin = Kubeconfig.Read(_server.Server.KubeconfigPath);
        using var certificate = X509Certificate2.CreateFromPem(admin.ClientCertificate, admin.ClientKey);
        using var client = Client(certificate);
        using var watch = await WatchReader.StartAsync(client, RunningServer.ConfigMaps);
        await _server.MakeAsync("a");
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
        var large = $$"""{"metadata":{"name":"b"},"data":{"x":"{{new string('x', 900_000)}}"} }""";
        (await RunningServer.SendAsync(client, "POST", RunningServer.ConfigMaps, large)).Code.ShouldBe(
            HttpStatusCode.Created
        );
        (await watch.NextWordAsync()).ShouldBe("ADDED b");
    }

    /// <summary>A client that trusts the server's authority and nothing else.</summary>
    private HttpClient Client(X509Certificate2? certificate)
    {
        var authority = X509Certificate2.CreateFromPem(
            Kubeconfig.Read(_server.Server.KubeconfigPath).CertificateAuthority
        );
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler) { BaseAddress = _server.Server.Address };
    }
}
