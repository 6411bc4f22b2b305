using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>
/// Reads what came back for a request, and makes the one exception of what is not the answer hoped for.
/// </summary>
internal static class Answer
{
    private const int MaxErrorBytes = 1024 * 1024;

    /// <summary>The object in a successful answer.</summary>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class =>
        await FromBodyAsync(
            response,
            async body =>
                await JsonSerializer.DeserializeAsync(body, type, ct) ?? throw new JsonException("The body is null."),
            ct
        );

    /// <summary>The page of objects in a successful answer.</summary>
    public static async Task<ResourceList<T>> ReadListAsync<T>(
        HttpResponseMessage response,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class, IResource =>
        await FromBodyAsync(
            response,
            async body =>
            {
                var options = new JsonDocumentOptions { MaxDepth = 128 };
                using var list = await JsonDocument.ParseAsync(body, options, ct);
                var items = new List<T>();
                if (list.RootElement.TryGetProperty("items", out var array) && array.ValueKind == JsonValueKind.Array)
                {
                    items.Capacity = array.GetArrayLength();
                    items.AddRange(array.EnumerateArray().Select(item => item.Deserialize(type)!));
                }

                var meta = list.RootElement.TryGetProperty("metadata", out var metadata)
                    ? metadata.Deserialize(ApiJson.Default.ListMeta)
                    : null;
                return new ResourceList<T>(
                    items,
                    meta?.ResourceVersion,
                    string.IsNullOrEmpty(meta?.Continue) ? null : meta.Continue
                );
            },
            ct
        );

    /// <summary>The exception that an unsuccessful answer means.</summary>
    public static async Task<ApiException> ErrorAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var code = (int)response.StatusCode;
        var body = await FromBodyAsync(response, stream => ReadSomeAsync(stream, ct), ct);
        var status =
            StatusIn(body)
            ?? new Status
            {
                Outcome = "Failure",
                Code = code,
                Message = Excerpt(body, response),
            };
        if (response.Headers.RetryAfter?.Delta is { } wait && status.Details?.RetryAfterSeconds is null)
        {
            var details = status.Details ?? new StatusDetails();
            status = status with { Details = details with { RetryAfterSeconds = (int)wait.TotalSeconds } };
        }

        return Error(status, code);
    }

    /// <summary>The exception that a status means.</summary>
    public static ApiException Error(Status status, int httpCode) =>
        new(Reasons.Of(status.Reason, status.Code ?? httpCode), status);

    /// <summary>The exception for an answer that broke off or never came.</summary>
    public static ApiException Unreachable(Uri? address, Exception inner) =>
        new(
            Reason.Unreachable,
            $"No answer from {address?.GetLeftPart(UriPartial.Authority)}: {Innermost(inner).Message.TrimEnd('.')}. "
                + "Check that the server runs and that its address is right.",
            inner
        );

    private static async Task<TResult> FromBodyAsync<TResult>(
        HttpResponseMessage response,
        Func<Stream, Task<TResult>> read,
        CancellationToken ct
    )
    {
        var address = response.RequestMessage?.RequestUri;
        try
        {
            var body = await response.Content.ReadAsStreamAsync(ct);
            await using (body)
            {
                return await read(body);
            }
        }
        catch (JsonException e)
        {
            throw new ApiException(
                Reason.InternalError,
                $"The answer of {address} is not what its kind looks like: {e.Message} Check that the server is of a "
                    + "version that this program knows.",
                e
            );
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw Unreachable(address, e);
        }
    }

    private static async Task<byte[]> ReadSomeAsync(Stream body, CancellationToken ct)
    {
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (read.Length < MaxErrorBytes && await body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    private static Status? StatusIn(byte[] body)
    {
        try
        {
            var status = JsonSerializer.Deserialize(body, ApiJson.Default.Status);
            return status is { Kind: "Status", Outcome: not null } ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Excerpt(byte[] body, HttpResponseMessage response)
    {
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300))).Trim();
        return $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} was answered with "
            + $"{(int)response.StatusCode} {response.ReasonPhrase}{(text.Length == 0 ? "." : $": {text}")}";
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
