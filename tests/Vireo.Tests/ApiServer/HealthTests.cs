using System.Net;
using Vireo.ApiServer.Health;

namespace Vireo.Tests.ApiServer;

/// <summary>What probes and people read of the server's health.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Health_is_told_in_a_word_and_check_by_check()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var path in new[] { "/livez", "/readyz", "/healthz" })
        {
            var word = await server.GetAsync(path);
            word.Text.ShouldBe("ok");
            word.ContentType.ShouldBe("text/plain; charset=utf-8");
        }

        (await server.GetAsync("/readyz?verbose")).Text.ShouldBe(
            "[+]ping ok\n[+]storage ok\n[+]shutdown ok\nreadyz check passed\n"
        );
        (await server.GetAsync("/livez?verbose&exclude=ping&exclude=etcd")).Text.ShouldBe(
            "[+]ping excluded: ok\n[+]storage ok\nwarn: some health checks cannot be excluded: no matches for \"etcd\"\n"
                + "livez check passed\n"
        );
        (await server.GetAsync("/readyz/storage")).Text.ShouldBe("ok");
        (await server.GetAsync("/livez/shutdown")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await server.GetAsync("/readyz/storage/x")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_check_that_fails_fails_the_whole_and_is_named()
    {
        var endpoint = new HealthEndpoint([
            new HealthCheck("ping", () => true),
            new HealthCheck("shutdown", () => false, IsForReadiness: true),
        ]);
        (await AskAsync(endpoint, "/readyz")).ShouldBe(
            (500, "[+]ping ok\n[-]shutdown failed: reason withheld\nreadyz check failed\n")
        );
        (await AskAsync(endpoint, "/readyz/shutdown")).Code.ShouldBe(500);
        (await AskAsync(endpoint, "/livez")).ShouldBe((200, "ok"));
    }

    private static async Task<(int Code, string Text)> AskAsync(HealthEndpoint endpoint, string path)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        await endpoint.HandleAsync(context, path);
        return (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
