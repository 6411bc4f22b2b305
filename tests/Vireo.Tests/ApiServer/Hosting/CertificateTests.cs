using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Vireo.ApiServer;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Hosting;

public sealed class CertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Certificates_are_renewed_while_the_server_runs()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await RunningServer.StartAsync(time, _folder);
        var (first, admin) = (await ShownAsync(server), Kubeconfig.Read(server.Server.KubeconfigPath));

        time.Advance(TimeSpan.FromDays(340));

        (await ShownAsync(server)).ShouldNotBe(first);
        var renewed = Kubeconfig.Read(server.Server.KubeconfigPath);
        renewed.ClientCertificate.ShouldNotBe(admin.ClientCertificate);
        renewed.CertificateAuthority.ShouldBe(admin.CertificateAuthority);
    }

    [Fact]
    public async Task An_authority_that_is_broken_is_never_made_anew_in_silence()
    {
        await using (await RunningServer.StartAsync(folder: _folder)) { }
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "pki/ca.key"),
            "broken",
            TestContext.Current.CancellationToken
        );
        var refused = await Should.ThrowAsync<ApiServerStartException>(() => RunningServer.StartAsync(folder: _folder));
        refused.Message.ShouldContain("ca.crt and .key, is missing, broken or has ended: restore both files");
    }

    [Fact]
    public async Task A_user_comes_in_by_a_certificate_that_is_made_beside_the_server()
    {
        await using var server = await RunningServer.StartAsync(folder: _folder);
        var made = UserCertificates.Create(
            _folder,
            "ann",
            ["developers", "team"],
            TimeSpan.FromHours(1),
            null,
            TimeProvider.System
        );
        var client = KubernetesClient.Connect(made);
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        );
        request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var told = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var user = told["status"]!["userInfo"]!;
        user["username"]!.ToString().ShouldBe("ann");
        user["groups"]!
            .AsArray()
            .Select(group => group!.ToString())
            .ShouldBe(["developers", "team", "system:authenticated"], ignoreOrder: true);
        Should
            .Throw<ApiServerStartException>(() =>
                UserCertificates.Create("/nowhere", "ann", [], TimeSpan.FromHours(1), null, TimeProvider.System)
            )
            .Message.ShouldContain("--state-dir");
    }

    /// <summary>The serial number of the certificate that the server shows to a new connection.</summary>
    private static async Task<string> ShownAsync(RunningServer server)
    {
        var serial = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            serial = ((X509Certificate2)shown!).SerialNumber;
            return serial.Length > 0;
        };
        using var client = new HttpClient(handler) { BaseAddress = server.Server.Address };
        using var answer = await client.GetAsync("/livez", TestContext.Current.CancellationToken);
        return serial;
    }
}
