using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Plays the agent of a host: a real server on a Unix socket, which a test tells what to answer.</summary>
internal sealed class ActingAgent(WebApplication app, string socket) : IAsyncDisposable
{
    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = [];

    /// <summary>How to answer; every request is answered 200 without a body unless a test says otherwise.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public string Endpoint => $"unix://{socket}";

    public static async Task<ActingAgent> StartAsync(string folder)
    {
        var socket = Path.Combine(folder, "agent.sock");
        File.Delete(socket);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        var app = builder.Build();
        var agent = new ActingAgent(app, socket);
        app.UseWebSockets();
        app.Run(agent.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return agent;
    }

    /// <summary>Answers every request with a Status.</summary>
    public void Refuse(int code, string reason, string message) =>
        Answer = async http =>
        {
            http.Response.StatusCode = code;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(
                $$"""
                {"kind":"Status","apiVersion":"v1","status":"Failure","code":{{code}},"reason":"{{reason}}","message":"{{message}}"}
                """
            );
        };

    /// <summary>Takes every stream and hands it to the test; the stream lasts as long as what the test does.</summary>
    public void Stream(Func<WebSocket, HttpContext, Task> serve) =>
        Answer = async http =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync("plain.kubevirt.io");
            await serve(socket, http);
        };

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        var request = http.Request;
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = http.WebSockets.IsWebSocketRequest ? "" : await reader.ReadToEndAsync();
        Requests.Enqueue(
            new Asked(
                request.Method,
                $"{request.Path}{request.QueryString}",
                request.Headers["Vireo-Instance-Uid"].ToString(),
                body,
                [.. http.WebSockets.WebSocketRequestedProtocols]
            )
        );
        await Answer(http);
    }
}

/// <summary>One request that reached the agent.</summary>
internal sealed record Asked(string Method, string Target, string Uid, string Body, IReadOnlyList<string> Protocols);
