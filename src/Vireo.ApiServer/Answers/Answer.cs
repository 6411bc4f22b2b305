using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vireo.Api;

namespace Vireo.ApiServer.Answers;

/// <summary>The one place that writes whole answers: status line, headers, body, compressed when it pays.</summary>
internal static class Answer
{
    public const string Json = "application/json";

    /// <summary>Smaller answers are cheaper to send than to compress.</summary>
    private const int CompressFromBytes = 128 * 1024;

    /// <summary>Headers have to stay small enough for every client.</summary>
    private const int MostWarnings = 20;

    private const int LongestWarning = 256;

    /// <summary>Leaves quotes and angle brackets readable in messages, as Kubernetes' own server does.</summary>
    public static ApiJson Readable { get; } =
        new(
            new JsonSerializerOptions(ApiJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );

    public static async Task BytesAsync(
        HttpContext context,
        int code,
        ReadOnlyMemory<byte> body,
        string contentType = Json,
        string caching = "no-cache, private"
    )
    {
        var response = context.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.Headers.CacheControl = caching;

        var compress = body.Length >= CompressFromBytes && AcceptsGzip(context.Request);
        if (compress)
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
        }
        else if (code != StatusCodes.Status304NotModified)
        {
            response.ContentLength = body.Length;
        }

        await response.StartAsync(context.RequestAborted);
        if (body.IsEmpty || HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (compress)
        {
            await using var gzip = new GZipStream(
                response.BodyWriter.AsStream(leaveOpen: true),
                CompressionLevel.Fastest
            );
            await gzip.WriteAsync(body, context.RequestAborted);
        }
        else
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }

    public static Task StatusAsync(HttpContext context, Status status)
    {
        if (status.Details?.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return BytesAsync(context, status.Code ?? 500, StatusBytes(status));
    }

    public static Task TextAsync(HttpContext context, int code, string text) =>
        BytesAsync(context, code, System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    /// <summary>Done, and nothing to tell.</summary>
    public static Task EmptyAsync(HttpContext context, int code)
    {
        context.Response.StatusCode = code;
        context.Response.ContentLength = 0;
        return context.Response.StartAsync(context.RequestAborted);
    }

    public static byte[] StatusBytes(Status status) => JsonSerializer.SerializeToUtf8Bytes(status, Readable.Status);

    /// <summary>Warnings that kubectl prints to the user.</summary>
    public static void Warn(HttpContext context, IReadOnlyList<string> texts)
    {
        foreach (var text in texts.Take(MostWarnings))
        {
            var quoted = string.Concat(text.Take(LongestWarning).Select(Quoted));
            context.Response.Headers.Append("Warning", $"299 - \"{quoted}\"");
        }
    }

    /// <summary>Header values hold printable ASCII only.</summary>
    private static string Quoted(char c) =>
        c switch
        {
            '"' or '\\' => $"\\{c}",
            < ' ' => " ",
            > '~' => "?",
            _ => c.ToString(),
        };

    private static bool AcceptsGzip(HttpRequest request) =>
        request.Headers.AcceptEncoding.Any(value =>
            value?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true
        );
}
