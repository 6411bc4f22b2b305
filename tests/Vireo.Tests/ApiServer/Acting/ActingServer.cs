using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>A server with one host, whose agent a test plays.</summary>
internal sealed class ActingServer(RunningServer server, ActingAgent agent) : IAsyncDisposable
{
    public const string Group = "/apis/subresources.kubevirt.io/v1";
    public const string Vms = Group + "/namespaces/default/virtualmachines";
    public const string Vmis = Group + "/namespaces/default/virtualmachineinstances";
    public const string Configs = Group + "/namespaces/default/virtualmachineinstanceconfigs";

    public RunningServer Api => server;

    public ActingAgent Agent => agent;

    public static async Task<ActingServer> StartAsync()
    {
        var server = await RunningServer.StartAsync();
        var agent = await ActingAgent.StartAsync(server.Folder);
        var acting = new ActingServer(server, agent);
        await acting.SetHostAsync("h1", agent.Endpoint);
        return acting;
    }

    /// <summary>Makes a host, or changes where its agent is.</summary>
    public async Task SetHostAsync(string name, string? endpoint)
    {
        const string hosts = "/apis/vireo.dev/v1alpha1/hosts";
        await OwnAsync("POST", hosts, $$"""{"metadata":{"name":"{{name}}"} }""");
        var status = $$"""{"status":{"endpoint":{{(endpoint is null ? "null" : $"\"{endpoint}\"")}} } }""";
        (await OwnAsync("PATCH", $"{hosts}/{name}/status", status)).Code.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Makes an instance that runs on the host, with more in its status.</summary>
    /// <returns>Its uid.</returns>
    public async Task<string> RunAsync(
        string name,
        string status = "",
        string phase = "Running",
        string host = "h1",
        JsonObject? owner = null,
        Func<string, string>? change = null
    )
    {
        var plain = RunningServer.Vmi(name);
        var body = JsonNode.Parse(change is null ? plain : change(plain))!.AsObject();
        if (owner is not null)
        {
            body["metadata"]!["ownerReferences"] = new JsonArray(
                new JsonObject
                {
                    ["apiVersion"] = owner["apiVersion"]!.DeepClone(),
                    ["kind"] = owner["kind"]!.DeepClone(),
                    ["name"] = owner["metadata"]!["name"]!.DeepClone(),
                    ["uid"] = owner["metadata"]!["uid"]!.DeepClone(),
                    ["controller"] = true,
                    ["blockOwnerDeletion"] = true,
                }
            );
        }

        var made = await OwnAsync("POST", RunningServer.Vmis, body.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        var set = await OwnAsync(
            "PATCH",
            $"{RunningServer.Vmis}/{name}",
            $$"""{"status":{"phase":"{{phase}}","nodeName":"{{host}}"{{status}} } }"""
        );
        set.Code.ShouldBe(HttpStatusCode.OK, set.Text);
        return made["metadata"]!["uid"]!.ToString();
    }

    /// <summary>Makes a VM with a run strategy.</summary>
    public async Task<JsonObject> MakeVmAsync(string name, string strategy)
    {
        var body = RunningServer.Vm(name).Replace("Halted", strategy, StringComparison.Ordinal);
        var reply = await server.PostAsync(RunningServer.Vms, body);
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply.Json;
    }

    public async Task<JsonObject> VmAsync(string name) => (await server.GetAsync($"{RunningServer.Vms}/{name}")).Json;

    public async Task<JsonObject> VmiAsync(string name) => (await server.GetAsync($"{RunningServer.Vmis}/{name}")).Json;

    /// <summary>Writes as a part of Vireo.</summary>
    public Task<Reply> OwnAsync(string method, string path, string? body = null) =>
        RunningServer.SendAsync(
            server.Own,
            method,
            path,
            body,
            method == "PATCH" ? "application/merge-patch+json" : "application/json"
        );

    /// <summary>Asks for an action as virtctl does: without a media type.</summary>
    public Task<Reply> PutAsync(string path, string? body = null) => server.SendAsync("PUT", path, body, type: "");

    /// <summary>Opens a stream over the network as the administrator.</summary>
    public Task<WebSocket> OpenAsync(string path) =>
        KubernetesClient
            .Connect(Kubeconfig.Read(server.Server.KubeconfigPath))
            .OpenStreamAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Opens a stream with .NET's own client, which offers these sub-protocols.</summary>
    public Task<WebSocket> OpenOfferingAsync(string path, params string[] protocols) =>
        OpenAsync(path, HttpVersion.Version11, protocols);

    /// <summary>Opens a stream as one of many in a connection, as browsers do.</summary>
    public Task<WebSocket> OpenOverHttp2Async(string path) =>
        OpenAsync(path, HttpVersion.Version20, ["plain.kubevirt.io"]);

    private async Task<WebSocket> OpenAsync(string path, Version version, IReadOnlyList<string> protocols)
    {
        var admin = Kubeconfig.Read(server.Server.KubeconfigPath);
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        foreach (var protocol in protocols)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        var handler = new SocketsHttpHandler();
        handler.SslOptions.ClientCertificates =
        [
            X509Certificate2.CreateFromPem(admin.ClientCertificate, admin.ClientKey),
        ];
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0;
        var address = new UriBuilder(new Uri(server.Server.Address, path)) { Scheme = "wss" }.Uri;
        var invoker = new HttpMessageInvoker(handler);
        await socket.ConnectAsync(address, invoker, TestContext.Current.CancellationToken);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        await server.DisposeAsync();
    }
}
