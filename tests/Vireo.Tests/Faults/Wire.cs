namespace Vireo.Tests.Faults;

/// <summary>
/// The way from a part of Vireo to the API server of the moment: it can be cut, lose requests or answers, or be looked
/// into.
/// </summary>
internal sealed class Wire(Func<HttpClient?> server) : HttpMessageHandler
{
    private readonly Lock _lock = new();

    /// <summary>Decides what is lost; null while nothing is.</summary>
    public Random? Noise { get; set; }

    /// <summary>Runs before a request goes on its way.</summary>
    public Func<HttpRequestMessage, Task>? Before { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (Before is { } look)
        {
            await look(request);
        }

        var fate = request.Method == HttpMethod.Get ? 100 : Roll();
        if (fate == 0 || server() is not { } present)
        {
            throw new HttpRequestException("The wire is cut.");
        }

        HttpResponseMessage answer;
        try
        {
            answer = await present.SendAsync(Copy(request), HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (ObjectDisposedException e)
        {
            throw new HttpRequestException("The server is gone.", e);
        }

        if (fate == 1)
        {
            answer.Dispose();
            throw new HttpRequestException("The answer is lost.");
        }

        return answer;
    }

    private int Roll()
    {
        lock (_lock)
        {
            return Noise?.Next(25) ?? 100;
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri!.PathAndQuery)
        {
            Content = request.Content,
        };
        foreach (var (name, values) in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        return copy;
    }
}
