using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Printing;

namespace Vireo.ApiServer.Answers;

/// <summary>The one place that writes whole answers: status line, headers, body, compressed when it pays.</summary>
internal static class Answer
{
    public const string Json = "application/json";

    public const string Yaml = "application/yaml";

    private const string NoCache = "no-cache, private";

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
        string caching = NoCache
    )
    {
        if (contentType == Json && !body.IsEmpty && Negotiation.WantsYaml(context.Request))
        {
            (body, contentType) = (Encoding.UTF8.GetBytes(Runtime.Yaml.FromJson(body)), Yaml);
        }

        var response = context.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.Headers.CacheControl = caching;

        var compress = body.Length >= CompressFromBytes && AcceptsGzip(context.Request);
        if (compress)
        {
            TellGzip(response);
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
            await using var gzip = Gzip(response);
            await gzip.WriteAsync(body, context.RequestAborted);
        }
        else
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>An answer that is sent while it is written: it is nowhere in memory whole.</summary>
    /// <param name="context">The request.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="write">Writes the body, and flushes now and then.</param>
    public static async Task PartsAsync(HttpContext context, string contentType, Func<PipeWriter, Task> write)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.Headers.CacheControl = NoCache;
        var compress = AcceptsGzip(context.Request);
        if (compress)
        {
            TellGzip(response);
        }

        await response.StartAsync(context.RequestAborted);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (compress)
        {
            await using var gzip = Gzip(response);
            var output = PipeWriter.Create(gzip, new StreamPipeWriterOptions(leaveOpen: true));
            await write(output);
            await output.CompleteAsync();
        }
        else
        {
            await write(response.BodyWriter);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
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
        BytesAsync(context, code, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

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

    private static void TellGzip(HttpResponse response)
    {
        response.Headers.ContentEncoding = "gzip";
        response.Headers.Vary = "Accept-Encoding";
    }

    private static GZipStream Gzip(HttpResponse response) =>
        new(response.BodyWriter.AsStream(leaveOpen: true), CompressionLevel.Fastest);

    private static bool AcceptsGzip(HttpRequest request) =>
        request.Headers.AcceptEncoding.Any(value =>
            value?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true
        );
}
