using System.Net;

namespace Vireo.Tests.ApiServer.Hosting;

public sealed class InProcessTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_watch_that_waits_is_ended_by_the_token_of_its_reader()
    {
        using var response = await _server.Client.GetAsync(
            RunningServer.ConfigMaps + "?watch=true",
            HttpCompletionOption.ResponseHeadersRead
        );
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var cancel = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[10], cancel.Token).AsTask();
        read.IsCompleted.ShouldBeFalse();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_before_it_is_answered_ends()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => _server.Client.GetAsync("/version", cancel.Token));
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_watch_in_the_server()
    {
        // The server's side must not keep what nobody reads: many watches come and go while it stays responsive.
        for (var i = 0; i < 50; i++)
        {
            using var watch = await _server.WatchAsync(RunningServer.ConfigMaps);
        }

        await _server.MakeAsync("a");
        (await _server.GetAsync(RunningServer.ConfigMaps)).Names.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_large_answer_streams_through_whole()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await _server.MakeAsync(name, data: $$"""{"x":"{{new string('x', 700_000)}}"}""");
        }

        (await _server.GetAsync(RunningServer.ConfigMaps)).Names.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_client_without_groups_is_a_part_of_vireo()
    {
        using var client = _server.Server.CreateClient("controllers");
        (await RunningServer.SendAsync(client, "GET", "/api/v1/secrets")).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Escapes_in_paths_and_queries_are_read_as_over_the_network()
    {
        await _server.MakeAsync("a", """, "labels":{"x":"y"}""");
        (await _server.GetAsync("/api/v1/namespaces/default/config%6Daps?labelSelector=x%20in%20(y)")).Names.ShouldBe([
            "a",
        ]);
        (await _server.GetAsync(RunningServer.ConfigMaps + "/%20")).Code.ShouldBe(HttpStatusCode.NotFound);
    }
}
