using System.Net;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Hosting;
using Vireo.ApiServer.Security;

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
    public async Task A_reader_that_leaves_ends_the_request_in_the_server()
    {
        var left = new TaskCompletionSource();
        using var client = Client(async context =>
        {
            await context.Response.StartAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ContinueWith(_ => left.SetResult(), TaskScheduler.Default);
        });
        using (await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead))
        {
            left.Task.IsCompleted.ShouldBeFalse();
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_answer_that_the_server_cuts_off_does_not_look_whole()
    {
        using var client = Client(async context =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync("half");
            context.Abort();
        });
        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await Should.ThrowAsync<Exception>(() => response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_write_after_the_end_is_refused_with_a_status()
    {
        var server = await RunningServer.StartAsync();
        using var late = server.Server.CreateClient("late");
        await server.DisposeAsync();
        var reply = await RunningServer.SendAsync(
            late,
            "POST",
            RunningServer.ConfigMaps,
            """{"metadata":{"name":"a"}}"""
        );
        reply.Code.ShouldBe(HttpStatusCode.ServiceUnavailable);
        reply.Reason.ShouldBe("ServiceUnavailable");
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

    private static HttpClient Client(RequestDelegate server) =>
        new(new InProcessHandler(server, Caller.Known("tester", []))) { BaseAddress = new Uri("https://localhost") };
}
