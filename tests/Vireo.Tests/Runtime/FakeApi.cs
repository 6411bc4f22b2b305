using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Runtime;

/// <summary>
/// A Kubernetes API in memory: objects by path, one revision counter, list in pages, watch, and faults on demand.
/// </summary>
internal sealed class FakeApi : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Revision, string Path, string Line)> _log = [];
    private readonly List<(string Collection, Pipe Pipe)> _watches = [];
    private readonly Queue<Func<HttpResponseMessage>> _faults = [];
    private long _revision = 100;
    private long _compactedAt;

    public FakeApi()
    {
        Http = new HttpClient(this) { BaseAddress = new Uri("http://fake/") };
        Client = new KubernetesClient(Http);
    }

    public HttpClient Http { get; }

    public KubernetesClient Client { get; }

    /// <summary>Each request: method, path with query.</summary>
    public List<string> Requests { get; } = [];

    public HttpRequestMessage? LastRequest { get; private set; }

    public string? LastBody { get; private set; }

    /// <summary>Bytes in which a watch's messages leave; 0 for whole messages.</summary>
    public int PieceBytes { get; set; }

    /// <summary>Refuses every request as if the network were down.</summary>
    public bool IsDown { get; set; }

    public int OpenWatches
    {
        get
        {
            lock (_gate)
            {
                return _watches.Count;
            }
        }
    }

    public int Count(string beginning)
    {
        lock (_gate)
        {
            return Requests.Count(request => request.StartsWith(beginning, StringComparison.Ordinal));
        }
    }

    /// <summary>The next request gets this answer.</summary>
    public void AnswerNext(HttpStatusCode code, string body, Action<HttpResponseMessage>? more = null)
    {
        lock (_gate)
        {
            _faults.Enqueue(() =>
            {
                var response = new HttpResponseMessage(code) { Content = new StringContent(body) };
                more?.Invoke(response);
                return response;
            });
        }
    }

    /// <summary>The next request is refused: about an object that is another's, or for null altogether.</summary>
    public void RefuseNext(string? uid) =>
        AnswerNext(HttpStatusCode.Forbidden, Told(403, "Forbidden", new() { Uid = uid }));

    /// <summary>Forgets the past: watches from before now get 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _compactedAt = _revision;
            _log.Clear();
        }
    }

    /// <summary>Ends all watches: in good order, or as a network does, with some last bytes.</summary>
    public void EndWatches(bool broken = false, string lastBytes = "")
    {
        lock (_gate)
        {
            foreach (var (_, pipe) in _watches)
            {
                Send(pipe, lastBytes);
                pipe.Writer.Complete(broken ? new IOException("Connection reset by peer") : null);
            }

            _watches.Clear();
        }
    }

    /// <summary>Sends a message to all watches as it stands.</summary>
    public void Tell(string line)
    {
        lock (_gate)
        {
            _watches.ForEach(watch => Send(watch.Pipe, line + "\n"));
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(ct);
        lock (_gate)
        {
            if (IsDown)
            {
                throw new HttpRequestException("Connection refused");
            }

            (LastRequest, LastBody) = (request, body);
            Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
            var response = _faults.TryDequeue(out var fault) ? fault() : Answer(request, body);
            response.RequestMessage = request;
            return response;
        }
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string? body)
    {
        var path = request.RequestUri!.AbsolutePath;
        var target = path.EndsWith("/status", StringComparison.Ordinal) ? path[..^"/status".Length] : path;
        var query = System.Web.HttpUtility.ParseQueryString(request.RequestUri.Query);
        var old = _objects.GetValueOrDefault(target);
        switch (request.Method.Method)
        {
            case "GET" when old is not null:
                return Ok(old);
            case "GET" when query["watch"] is not null:
                return Watch(path, long.Parse(query["resourceVersion"] ?? "0"));
            case "GET" when ResourceKinds.All.Any(kind => path.EndsWith("/" + kind.Plural, StringComparison.Ordinal)):
                return List(path, int.Parse(query["limit"] ?? "0"), int.Parse(query["continue"] ?? "0"));
            case "POST":
                var created = JsonNode.Parse(body!)!.AsObject();
                var place = $"{path}/{created["metadata"]!["name"]}";
                return _objects.ContainsKey(place) ? Error(409, "AlreadyExists") : Store("ADDED", place, created);
            case "PUT" when old is not null:
                var put = JsonNode.Parse(body!)!.AsObject();
                var version = (string?)put["metadata"]!["resourceVersion"];
                return version is null || version == (string?)old["metadata"]!["resourceVersion"]
                    ? Store("MODIFIED", target, put)
                    : Error(409, "Conflict");
            case "PATCH" when old is not null:
                var patched = old.DeepClone().AsObject();
                Merge(patched, JsonNode.Parse(body!)!.AsObject());
                return Store("MODIFIED", target, patched);
            case "DELETE" when old is not null:
                _objects.Remove(target);
                Publish("DELETED", target, old.DeepClone().AsObject());
                return Ok(new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
            default:
                return Error(404, "NotFound");
        }
    }

    private HttpResponseMessage List(string path, int limit, int start)
    {
        var all = _objects.Where(pair => IsIn(pair.Key, path)).Select(pair => pair.Value).ToList();
        var page = all.Skip(start).Take(limit > 0 ? limit : int.MaxValue).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = $"{_revision}" };
        if (start + page.Count < all.Count)
        {
            metadata["continue"] = $"{start + page.Count}";
        }

        return Ok(
            new JsonObject
            {
                ["metadata"] = metadata,
                ["items"] = new JsonArray([.. page.Select(item => item.DeepClone())]),
            }
        );
    }

    private HttpResponseMessage Watch(string path, long from)
    {
        if (from < _compactedAt)
        {
            return Error(410, "Expired");
        }

        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        _watches.Add((path, pipe));
        foreach (var entry in _log.Where(entry => entry.Revision > from && IsIn(entry.Path, path)))
        {
            Send(pipe, entry.Line);
        }

        return new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) };
    }

    private HttpResponseMessage Store(string type, string path, JsonObject value)
    {
        _objects[path] = value;
        Publish(type, path, value);
        return Ok(value);
    }

    private void Publish(string type, string path, JsonObject value)
    {
        value["metadata"]!["resourceVersion"] = $"{++_revision}";
        value["metadata"]!["uid"] ??= $"uid-{_revision}";
        var line = new JsonObject { ["type"] = type, ["object"] = value.DeepClone() }.ToJsonString() + "\n";
        _log.Add((_revision, path, line));
        foreach (var watch in _watches.Where(watch => IsIn(path, watch.Collection)))
        {
            Send(watch.Pipe, line);
        }
    }

    private void Send(Pipe pipe, string text)
    {
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(PieceBytes > 0 ? PieceBytes : int.MaxValue))
        {
            _ = pipe.Writer.WriteAsync(piece).AsTask();
        }
    }

    /// <summary>True for objects of a collection, be it one namespace's or all namespaces'.</summary>
    private static bool IsIn(string path, string collection)
    {
        var (parent, plural) = (path[..path.LastIndexOf('/')], collection[(collection.LastIndexOf('/') + 1)..]);
        return parent == collection
            || (
                !collection.Contains("/namespaces/", StringComparison.Ordinal)
                && parent.EndsWith("/" + plural, StringComparison.Ordinal)
            );
    }

    private static void Merge(JsonObject target, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is JsonObject inner && target[name] is JsonObject into)
            {
                Merge(into, inner);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }

    private static HttpResponseMessage Ok(JsonObject body) =>
        new() { Content = new StringContent(body.ToJsonString()) };

    private static HttpResponseMessage Error(int code, string reason) =>
        new((HttpStatusCode)code) { Content = new StringContent(Told(code, reason)) };

    private static string Told(int code, string reason, StatusDetails? details = null)
    {
        var status = new Status
        {
            Outcome = "Failure",
            Code = code,
            Reason = reason,
            Message = $"it is {reason}",
            Details = details,
        };
        return JsonSerializer.Serialize(status, ApiJson.Default.Status);
    }
}
