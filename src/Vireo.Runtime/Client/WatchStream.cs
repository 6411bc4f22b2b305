using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>
/// Takes a watch apart into its messages: one JSON object a line, each of any length, in pieces of any size.
/// </summary>
internal sealed class WatchStream<T>(Stream body, Uri? address, JsonTypeInfo<T> type) : IAsyncDisposable
    where T : class, IResource
{
    private const int MaxMessageBytes = 32 * 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 32 * 1024));

    /// <summary>The next message; null once the server has ended the watch in good order.</summary>
    public async Task<WatchEvent<T>?> NextAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var result = await _reader.ReadAsync(ct);
                var buffer = result.Buffer;
                if (buffer.PositionOf((byte)'\n') is { } newline)
                {
                    var message = Parse(buffer.Slice(0, newline));
                    _reader.AdvanceTo(buffer.GetPosition(1, newline));
                    if (message is not null)
                    {
                        return message;
                    }

                    continue;
                }

                var length = buffer.Length;
                _reader.AdvanceTo(buffer.Start, buffer.End);
                if (length > MaxMessageBytes)
                {
                    throw new JsonException($"A message is longer than {MaxMessageBytes} bytes.");
                }

                if (result.IsCompleted)
                {
                    return length == 0
                        ? null
                        : throw new IOException("The watch broke off in the middle of a message.");
                }
            }
        }
        catch (JsonException e)
        {
            throw new ApiException(Reason.InternalError, $"The watch of {address} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw Answer.Unreachable(address, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await body.DisposeAsync();
    }

    private WatchEvent<T>? Parse(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 128 });
        if (!reader.Read())
        {
            return null;
        }

        string? word = null;
        var item = default(Utf8JsonReader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isObject) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("object"u8));
            reader.Read();
            word = isType ? reader.GetString() : word;
            if (isObject)
            {
                item = reader;
            }

            reader.Skip();
        }

        return item.TokenType == JsonTokenType.StartObject
            ? Message(word, item)
            : throw new JsonException("A message has no object.");
    }

    private WatchEvent<T> Message(string? word, Utf8JsonReader item) =>
        word switch
        {
            "ADDED" => Change(WatchEventType.Added, ref item),
            "MODIFIED" => Change(WatchEventType.Modified, ref item),
            "DELETED" => Change(WatchEventType.Deleted, ref item),
            "BOOKMARK" => new(WatchEventType.Bookmark, null, VersionOf(ref item)),
            "ERROR" => throw ErrorOf(ref item),
            _ => throw new JsonException($"A message has the unknown type '{word}'."),
        };

    private WatchEvent<T> Change(WatchEventType what, ref Utf8JsonReader item)
    {
        var resource =
            JsonSerializer.Deserialize(ref item, type) ?? throw new JsonException("A message's object is null.");
        return new(what, resource, resource.Metadata.ResourceVersion);
    }

    private static string? VersionOf(ref Utf8JsonReader item)
    {
        using var bookmark = JsonDocument.ParseValue(ref item);
        return bookmark.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString();
    }

    private static ApiException ErrorOf(ref Utf8JsonReader item)
    {
        var status = JsonSerializer.Deserialize(ref item, ApiJson.Default.Status) ?? new Status();
        return Answer.Error(status, 500);
    }
}
