using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Vireo.ApiServer;

namespace Vireo.Tests.ApiServer;

/// <summary>A server of its own for one test, on a free port, in a folder that goes with it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string Vms = "/apis/kubevirt.io/v1/namespaces/default/virtualmachines";
    public const string Vmis = "/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances";
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    private readonly bool _ownsFolder;

    private RunningServer(Vireo.ApiServer.ApiServer server, string folder, bool ownsFolder)
    {
        (Server, Folder, _ownsFolder) = (server, folder, ownsFolder);
        Client = server.CreateClient("tester", "system:masters");
        Own = server.CreateClient("system:vireo:tester");
    }

    public Vireo.ApiServer.ApiServer Server { get; }

    public string Folder { get; }

    /// <summary>A user who may do everything.</summary>
    public HttpClient Client { get; }

    /// <summary>A part of Vireo: it may also write what belongs to the system.</summary>
    public HttpClient Own { get; }

    public static async Task<RunningServer> StartAsync(
        TimeProvider? time = null,
        string? folder = null,
        Func<ApiServerOptions, ApiServerOptions>? told = null
    )
    {
        var path = folder ?? Path.Combine(Path.GetTempPath(), "vireo-test-" + Guid.NewGuid().ToString("N"));
        if (time is null)
        {
            // The certificates of the copy are of today.
            await PreparedState.CopyAsync(path);
        }

        var options = new ApiServerOptions
        {
            StateFolder = path,
            Port = 0,
            Time = time ?? TimeProvider.System,
        };
        var server = await Vireo.ApiServer.ApiServer.StartAsync(
            told?.Invoke(options) ?? options,
            TestContext.Current.CancellationToken
        );
        return new RunningServer(server, path, folder is null);
    }

    /// <summary>Sends a request and reads the answer's JSON.</summary>
    public Task<Reply> SendAsync(
        string method,
        string path,
        string? body = null,
        string type = "application/json",
        string? accept = null
    ) => SendAsync(Client, method, path, body, type, accept);

    public static async Task<Reply> SendAsync(
        HttpClient client,
        string method,
        string path,
        string? body = null,
        string type = "application/json",
        string? accept = null
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = type.Length == 0 ? null : MediaTypeHeaderValue.Parse(type);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values.ToArray() : [];
        return new Reply(response.StatusCode, text, warnings, response.Content.Headers.ContentType?.ToString());
    }

    public Task<Reply> GetAsync(string path, string? accept = null) => SendAsync("GET", path, accept: accept);

    public Task<Reply> PostAsync(string path, string body) => SendAsync("POST", path, body);

    public Task<Reply> PutAsync(string path, string body) => SendAsync("PUT", path, body);

    public Task<Reply> MergeAsync(string path, string patch) =>
        SendAsync("PATCH", path, patch, "application/merge-patch+json");

    public Task<Reply> DeleteAsync(string path, string? options = null) => SendAsync("DELETE", path, options);

    /// <summary>Makes a config map: the simplest object there is.</summary>
    public async Task<JsonObject> MakeAsync(string name, string metadata = "", string data = "{}")
    {
        var reply = await PostAsync(ConfigMaps, $$"""{"metadata":{"name":"{{name}}"{{metadata}} },"data":{{data}} }""");
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply.Json;
    }

    /// <summary>Makes a stopped VM.</summary>
    public async Task<JsonObject> MakeVmAsync(string name, string metadata = "")
    {
        var reply = await PostAsync(Vms, Vm(name, metadata));
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply.Json;
    }

    public static string Vm(string name, string metadata = "") =>
        $$"""
            {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"name":"{{name}}"{{metadata}} },
             "spec":{"runStrategy":"Halted","template":{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"} } } } } }
            """;

    /// <summary>An instance; more fields follow its spec.</summary>
    public static string Vmi(string name, string more = "") =>
        $$"""
            {"metadata":{"name":"{{name}}"},"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"} } }{{more}} }
            """;

    public Task<WatchReader> WatchAsync(string path, string? accept = null) =>
        WatchReader.StartAsync(Client, path, accept);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Own.Dispose();
        await Server.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}

/// <summary>An answer, read.</summary>
internal sealed record Reply(HttpStatusCode Code, string Text, IReadOnlyList<string> Warnings, string? ContentType)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public JsonNode? this[string name] => Json[name];

    public string Message => Json["message"]?.ToString() ?? "";

    public string Reason => Json["reason"]?.ToString() ?? "";

    public IEnumerable<string> Names => Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString());
}
