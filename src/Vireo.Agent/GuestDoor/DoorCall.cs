using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>One request about one run of one instance of this host.</summary>
/// <param name="Http">The request and its answer.</param>
/// <param name="Instance">The instance, as the agent knows it.</param>
/// <param name="Paths">Where its guest's sockets are.</param>
/// <param name="Arguments">What follows the action in the path.</param>
/// <param name="Stopping">Cancelled when the agent stops.</param>
internal sealed record DoorCall(
    HttpContext Http,
    VirtualMachineInstance Instance,
    DomainPaths Paths,
    IReadOnlyList<string> Arguments,
    CancellationToken Stopping
)
{
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>The run that is meant.</summary>
    public DomainId Id { get; } = new(ResourceKey.Of(Instance), Instance.Metadata.Uid ?? "");

    /// <summary>Cancelled when the client goes.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>True when a parameter of the query is set.</summary>
    public bool HasFlag(string name) => Http.Request.Query[name] == "true";

    /// <summary>The options in the body, JSON or YAML; null when it is empty.</summary>
    /// <exception cref="ApiException">It is neither, or too long.</exception>
    public async Task<T?> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[4096];
        while (await Http.Request.Body.ReadAsync(chunk, Aborted) is > 0 and var count)
        {
            bytes.Write(chunk, 0, count);
            if (bytes.Length > MaxBodyBytes)
            {
                throw DoorRefusals.BadBody($"it is longer than {MaxBodyBytes} bytes");
            }
        }

        var text = Encoding.UTF8.GetString(bytes.ToArray());
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null
                : Yaml.ToJson(text) is [var only] ? only.Deserialize(type)
                : throw DoorRefusals.BadBody("it is not one document");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw DoorRefusals.BadBody(e.Message);
        }
    }

    /// <summary>Answers with an object.</summary>
    public Task AnswerAsync<T>(T answer, JsonTypeInfo<T> type) =>
        AnswerAsync("application/json", JsonSerializer.SerializeToUtf8Bytes(answer, type));

    /// <summary>Answers with bytes.</summary>
    public async Task AnswerAsync(string contentType, byte[] bytes)
    {
        Http.Response.ContentType = contentType;
        Http.Response.ContentLength = bytes.Length;
        await Http.Response.Body.WriteAsync(bytes, Aborted);
    }

    /// <summary>Refuses what is no WebSocket. Call before anything is done for the stream.</summary>
    public void RequireStream()
    {
        if (!Http.WebSockets.IsWebSocketRequest)
        {
            throw new ApiException(
                Reason.BadRequest,
                $"This is a stream: ask for it by a WebSocket of the sub-protocol {ClientStream.Protocol}."
            );
        }
    }

    /// <summary>Opens the stream: no refusal after this.</summary>
    public async Task<ClientStream> AcceptAsync(TimeProvider time)
    {
        var offered = Http.WebSockets.WebSocketRequestedProtocols.Contains(ClientStream.Protocol);
        var web = await Http.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = offered ? ClientStream.Protocol : null }
        );
        return new(web, time);
    }
}
