using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.OpenApi;
using Vireo.ApiServer.Protobuf;
using Vireo.Runtime;

namespace Vireo.ApiServer.Writing;

/// <summary>Reads the body of a request, within limits.</summary>
internal static class RequestBody
{
    /// <summary>The largest body: the size above which etcd-backed servers refuse as well.</summary>
    public const int LimitBytes = 3 * 1024 * 1024;

    /// <summary>How deep a body may nest; nothing that is served comes near.</summary>
    public const int DeepestNesting = 100;

    private const string Accepted = "application/json, application/yaml";

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = DeepestNesting,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads the bytes.</summary>
    /// <exception cref="StatusException">The body is larger than the limit, or sent in pieces that are none.</exception>
    public static async Task<ReadOnlySequence<byte>> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > LimitBytes)
        {
            throw Refusals.TooLarge(LimitBytes);
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await ReadMoreAsync(reader, context.RequestAborted);
            if (read.Buffer.Length > LimitBytes)
            {
                throw Refusals.TooLarge(LimitBytes);
            }

            if (read.IsCompleted)
            {
                // What is not handed back to Kestrel counts as unread, and it closes the connection after the answer.
                var body = new ReadOnlySequence<byte>(read.Buffer.ToArray());
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <remarks>
    /// Kestrel tells of a piece whose length is no number, and of a body that comes too slowly, by one exception, which
    /// <see cref="Routing.Router"/> answers; and of a piece whose length is too large a number by this.
    /// </remarks>
    private static async ValueTask<ReadResult> ReadMoreAsync(PipeReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(ct);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            throw Refusals.BadRequest(broken.Message);
        }
    }

    /// <summary>Many small changes make no larger object than one body can.</summary>
    /// <exception cref="StatusException">The object is larger than the limit.</exception>
    public static void CheckSize(Encoded encoded)
    {
        if (encoded.Json.Length > LimitBytes)
        {
            throw Refusals.TooLarge(LimitBytes);
        }
    }

    /// <summary>Reads an object in JSON, YAML, or (kinds that typed clients write) protobuf.</summary>
    /// <exception cref="StatusException">The body is of another type, or not what its type says.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpContext context, ProtobufMessage? message) =>
        await ReadOptionalAsync(context, message) ?? throw Refusals.BadRequest("the request has no body");

    /// <summary>As <see cref="ReadObjectAsync"/>; null when there is no body.</summary>
    public static async Task<JsonObject?> ReadOptionalAsync(HttpContext context, ProtobufMessage? message)
    {
        var mediaType = MediaType(context.Request);
        if (mediaType is not ("" or "application/json" or "application/yaml" or "*/*"))
        {
            if (message is null || mediaType != ProtobufBody.MediaType)
            {
                throw Refusals.UnsupportedMediaType(
                    message is null ? Accepted : $"{Accepted}, {ProtobufBody.MediaType}"
                );
            }
        }

        var body = await ReadAsync(context);
        if (body.IsEmpty)
        {
            return null;
        }

        var node = mediaType switch
        {
            ProtobufBody.MediaType => ParseProtobuf(body, message!),
            "application/json" => Parse(context, body),
            // Without a type, as virtctl sends it, it may be either; YAML's reader takes JSON as well.
            _ => ParseYaml(context, body),
        };
        return node as JsonObject ?? throw Refusals.BadRequest("the body of the request is not an object");
    }

    /// <summary>Reads an object in YAML, and so in JSON as well, whatever type is named.</summary>
    /// <exception cref="StatusException">BadRequest: the body is no object.</exception>
    public static async Task<JsonObject> ReadYamlAsync(HttpContext context) =>
        ParseYaml(context, await ReadAsync(context)) as JsonObject
        ?? throw Refusals.BadRequest("the body of the request is not an object");

    private static JsonObject ParseProtobuf(ReadOnlySequence<byte> body, ProtobufMessage message)
    {
        try
        {
            return ProtobufBody.Read(body.ToArray(), message);
        }
        catch (FormatException broken)
        {
            throw Refusals.BadRequest($"the body of the request is not valid protobuf: {broken.Message}");
        }
    }

    private static JsonNode? ParseYaml(HttpContext context, ReadOnlySequence<byte> body)
    {
        try
        {
            var twice = new List<string>();
            var documents = Yaml.ToJson(Encoding.UTF8.GetString(body), twice);
            Judge(context, twice);
            return documents switch
            {
                [] => null,
                [var only] => only,
                _ => throw Refusals.BadRequest("the body of the request holds more than one YAML document"),
            };
        }
        catch (FormatException broken)
        {
            throw Refusals.BadRequest($"the body of the request is not valid YAML: {broken.Message}");
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="StatusException">
    /// BadRequest: it is no JSON, nests too deep, or names a field twice, which the client wants refused.
    /// </exception>
    public static JsonNode? Parse(HttpContext context, ReadOnlySequence<byte> body)
    {
        try
        {
            return ParseOnce(body);
        }
        catch (StatusException)
        {
            if (TryParseTwice(body) is not (var value, { Count: > 0 } twice))
            {
                throw;
            }

            Judge(context, [.. twice.Select(field => $"duplicate field \"{field}\"")]);
            return value;
        }
    }

    /// <summary>Fields named twice are told, refused or passed over, as the client chose.</summary>
    private static void Judge(HttpContext context, IReadOnlyList<string> twice)
    {
        var mode = twice.Count > 0 ? SchemaCheck.Mode(context.Request) : FieldValidation.Ignore;
        if (mode == FieldValidation.Strict)
        {
            throw Refusals.BadRequest($"strict decoding error: {string.Join(", ", twice)}");
        }

        if (mode == FieldValidation.Warn)
        {
            Answer.Warn(context, twice);
        }
    }

    private static (JsonNode? Value, IReadOnlyList<string> Twice)? TryParseTwice(ReadOnlySequence<byte> body)
    {
        try
        {
            return JsonWithDuplicates.Read(body, DeepestNesting);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // It was refused for this already; the second is what half a character in the name of a field comes to.
            return null;
        }
    }

    private static JsonNode? ParseOnce(ReadOnlySequence<byte> body)
    {
        try
        {
            CheckTexts(body);
            using var document = JsonDocument.Parse(body, Options);
            var root = document.RootElement.Clone();
            return root.ValueKind switch
            {
                JsonValueKind.Object => JsonObject.Create(root),
                JsonValueKind.Array => JsonArray.Create(root),
                _ => JsonValue.Create(root),
            };
        }
        catch (JsonException broken)
        {
            throw Refusals.BadRequest($"the body of the request is not valid JSON: {broken.Message}");
        }
    }

    /// <summary>
    /// Bytes that are no text, and escapes that are half a character, would be found only where the text is read.
    /// </summary>
    private static void CheckTexts(ReadOnlySequence<byte> body)
    {
        var json = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        if (!Utf8.IsValid(json))
        {
            throw Refusals.BadRequest("the body of the request is not valid JSON: it is not in UTF-8");
        }

        if (json.IndexOf(@"\ud"u8) < 0 && json.IndexOf(@"\uD"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestNesting });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                try
                {
                    _ = reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    throw Refusals.BadRequest(
                        $"the body of the request is not valid JSON: half a surrogate pair at byte {reader.TokenStartIndex}"
                    );
                }
            }
        }
    }

    /// <summary>The media type without its parameters; empty when none is named.</summary>
    public static string MediaType(HttpRequest request) =>
        (request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
}
