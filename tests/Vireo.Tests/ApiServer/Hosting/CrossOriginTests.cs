using System.Net;

namespace Vireo.Tests.ApiServer.Hosting;

/// <summary>What browsers are told about pages of other origins.</summary>
public sealed class CrossOriginTests
{
    private const string Page = "https://ui.example";

    [Fact]
    public async Task A_page_whose_origin_was_named_may_ask_and_read_refusals_too()
    {
        await using var server = await RunningServer.StartAsync(told: options =>
            options with
            {
                AllowedOrigins = [Page],
            }
        );
        using var client = Anybody(server);

        using var asked = await AskAsync(client, HttpMethod.Options, "/api/v1/namespaces", Page, "GET");
        asked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        asked.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Page]);
        asked.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("Authorization");
        asked.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("PATCH");

        using var refused = await AskAsync(client, HttpMethod.Get, "/api/v1/namespaces", Page);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Page]);
        refused.Headers.Vary.ShouldContain("Origin");
    }

    [Fact]
    public async Task Other_pages_may_not_and_nobody_may_unless_asked_for()
    {
        await using var server = await RunningServer.StartAsync(told: options =>
            options with
            {
                AllowedOrigins = [Page],
            }
        );
        using var client = Anybody(server);
        using var other = await AskAsync(client, HttpMethod.Get, "/version", "https://evil.example");
        other.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();

        await using var closed = await RunningServer.StartAsync();
        using var stranger = Anybody(closed);
        using var none = await AskAsync(stranger, HttpMethod.Options, "/version", Page, "GET");
        none.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    private static HttpClient Anybody(RunningServer server) =>
        new(
            new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback =
                    HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
            }
        )
        {
            BaseAddress = server.Server.Address,
        };

    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string origin,
        string? wants = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        if (wants is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", wants);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
