using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>A request that somebody who means no good, or knows no better, may send.</summary>
internal sealed record FuzzRequest(
    string Method,
    string Path,
    byte[]? Body = null,
    string Type = "",
    string Accept = ""
)
{
    public bool IsWatch => Path.Contains("watch=", StringComparison.Ordinal);

    public override string ToString() =>
        $"{Method} {Short(Path)} {Type} {Accept} {(Body is null ? "" : Short(Encoding.Latin1.GetString(Body)))}";

    private static string Short(string text) => text.Length <= 600 ? text : $"{text[..600]}... ({text.Length})";
}

/// <summary>A server that takes anything, and what it logs of its own faults.</summary>
internal sealed class FuzzServer : IAsyncDisposable
{
    private const int MostShown = 20;

    private static readonly UriCreationOptions AsItStands = new()
    {
        DangerousDisablePathAndQueryCanonicalization = true,
    };

    private readonly FaultLog _faults = new();
    private readonly List<string> _wrong = [];

    private FuzzServer() { }

    public RunningServer Running { get; private set; } = null!;

    public static async Task<FuzzServer> StartAsync()
    {
        var server = new FuzzServer();
        server.Running = await RunningServer.StartAsync(told: options => options with { Logging = server._faults });
        await server.Running.MakeAsync("there", """, "labels":{"a":"b"}""");
        await server.Running.MakeVmAsync("there");
        return server;
    }

    /// <summary>Sends a request; an answer that is no refusal and no success is remembered.</summary>
    public async Task<HttpStatusCode> SendAsync(FuzzRequest asked)
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), Address(asked.Path));
        if (asked.Body is not null)
        {
            request.Content = new ByteArrayContent(asked.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", asked.Type);
        }

        request.Headers.TryAddWithoutValidation("Accept", asked.Accept);
        try
        {
            using var response = await Running
                .Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)
                .WaitAsync(TimeSpan.FromSeconds(60));
            if (!(asked.IsWatch && response.IsSuccessStatusCode))
            {
                Judge(asked, response, await response.Content.ReadAsStringAsync());
            }

            return response.StatusCode;
        }
#pragma warning disable CA1031 // Whatever comes instead of an answer is told at the end, with all the rest.
        catch (Exception fault)
        {
            _wrong.Add($"{asked}: {fault.Message}");
            return default;
        }
#pragma warning restore CA1031
    }

    /// <summary>Every answer was a refusal or a success, and the server has told of no fault of its own.</summary>
    public void ShouldBeWell()
    {
        string[] faults = [.. _wrong.Concat(_faults.Seen).Take(MostShown)];
        faults.ShouldBeEmpty($"{_wrong.Count} wrong answers and {_faults.Seen.Count} faults");
    }

    public ValueTask DisposeAsync() => Running.DisposeAsync();

    private Uri Address(string path) => new(Running.Server.Address.ToString().TrimEnd('/') + path, AsItStands);

    private static void Judge(FuzzRequest asked, HttpResponseMessage response, string text)
    {
        var code = (int)response.StatusCode;
        code.ShouldNotBeOneOf([500, 502], $"{asked}: {text}");
        if (code >= 400 && asked.Method != "HEAD")
        {
            var isYaml = response.Content.Headers.ContentType is { MediaType: "application/yaml" };
            var status = JsonNode.Parse(isYaml ? Yaml.ToJson(text).Single().ToJsonString() : text) as JsonObject;
            ((string?)status?["kind"]).ShouldBe("Status", $"{asked}: {text}");
            ((int?)status?["code"]).ShouldBe(code, $"{asked}: {text}");
        }
        else if (response.Content.Headers.ContentType is { MediaType: "application/json" } && text.Length > 0)
        {
            JsonNode.Parse(text, null, new() { MaxDepth = 256 });
        }
    }

    /// <summary>Keeps what the server logs as errors.</summary>
    private sealed class FaultLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public void AddProvider(ILoggerProvider provider) { }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                Seen.Enqueue($"{formatter(state, exception)}\n{exception}");
            }
        }

        public void Dispose() { }
    }
}
