using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>A server whose hosts offer machine types, and machines with a record of theirs.</summary>
internal sealed class MachineTypeServer(ActingServer server) : IAsyncDisposable
{
    /// <summary>Machine "a", asked for its machine type.</summary>
    public const string Path = ActingServer.Vms + "/a/machinetype";

    public ActingServer Server => server;

    public static async Task<MachineTypeServer> StartAsync()
    {
        var server = await ActingServer.StartAsync();
        var made = new MachineTypeServer(server);
        await made.OfferAsync("h1", "pc-q35-6.0", "pc-q35-6.2", "pc-q35-7.2", "pc-i440fx-7.2", "pc-q35-rhel9.6.0");
        return made;
    }

    /// <summary>Makes a host offer these; q35 and pc mean the newest of theirs, 6.0 is deprecated.</summary>
    public async Task OfferAsync(string host, params string[] types)
    {
        var offers = new JsonArray([
            .. types.Select(type => Offer(type, type.EndsWith("6.0") && !type.Contains("rhel"))),
        ]);
        AddAlias(offers, types, "q35", "pc-q35-");
        AddAlias(offers, types, "pc", "pc-i440fx-");
        var status = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["architecture"] = "amd64",
                ["machineTypes"] = offers,
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
            },
        };
        const string hosts = "/apis/vireo.dev/v1alpha1/hosts";
        await server.OwnAsync("POST", hosts, $$"""{"metadata":{"name":"{{host}}"} }""");
        var reply = await server.OwnAsync("PATCH", $"{hosts}/{host}/status", status.ToJsonString());
        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
    }

    /// <summary>Makes a stopped machine.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="template">What its template asks for; null for nothing.</param>
    /// <param name="recorded">What is recorded; null for nothing.</param>
    /// <param name="strategy">Its run strategy.</param>
    public async Task<JsonObject> MakeAsync(
        string name = "a",
        string? template = "pc-q35-6.2",
        string? recorded = "pc-q35-6.2",
        string strategy = "Halted"
    )
    {
        var body = JsonNode.Parse(RunningServer.Vm(name))!.AsObject();
        body["spec"]!["runStrategy"] = strategy;
        if (template is not null)
        {
            body["spec"]!["template"]!["spec"]!["domain"]!["machine"] = new JsonObject { ["type"] = template };
        }

        var made = await server.Api.PostAsync(RunningServer.Vms, body.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        if (recorded is null)
        {
            return made.Json;
        }

        var record = new JsonObject
        {
            ["resolved"] = recorded,
            ["source"] = "Domain",
            ["recordedAt"] = "2026-01-02T03:04:05Z",
        };
        if (template is not null)
        {
            record["requested"] = template;
        }

        return await RecordAsync(name, record);
    }

    /// <summary>Writes a record as the controllers do.</summary>
    public async Task<JsonObject> RecordAsync(string name, JsonObject record)
    {
        var status = new JsonObject { ["status"] = new JsonObject { ["machineType"] = record } };
        var reply = await server.OwnAsync("PATCH", $"{RunningServer.Vms}/{name}/status", status.ToJsonString());
        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        return reply.Json;
    }

    /// <summary>Makes a machine one that has booted before.</summary>
    public async Task BootBeforeAsync(string name, string @namespace = "default")
    {
        var path = $"{RunningServer.Vms.Replace("default", @namespace)}/{name}/status";
        var reply = await server.OwnAsync("PATCH", path, """{"status":{"observedGeneration":1} }""");
        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
    }

    /// <summary>Makes the machine's instance run with a type.</summary>
    public async Task RunAsync(string name, string type) =>
        await server.RunAsync(
            name,
            $$"""
            ,"machine":{"type":"{{type}}"}
            """,
            owner: await server.VmAsync(name)
        );

    public async Task<JsonObject?> RecordAsync(string name = "a") =>
        (await server.VmAsync(name))["status"]?["machineType"]?.AsObject();

    /// <summary>The messages of the events about a machine's update.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync() =>
        [
            .. (await server.Api.GetAsync("/api/v1/namespaces/default/events"))["items"]!
                .AsArray()
                .Where(item => item!["reason"]?.ToString() == "MachineTypeUpdated")
                .Select(item => item!["message"]!.ToString()),
        ];

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static void AddAlias(JsonArray offers, string[] types, string alias, string prefix)
    {
        if (types.LastOrDefault(type => type.StartsWith(prefix) && !type.Contains("rhel")) is { } newest)
        {
            var offer = Offer(alias, isDeprecated: false);
            offer["canonical"] = newest;
            offers.Add(offer);
        }
    }

    private static JsonObject Offer(string name, bool isDeprecated)
    {
        var offer = new JsonObject { ["name"] = name, ["architecture"] = "amd64" };
        if (isDeprecated)
        {
            offer["deprecated"] = true;
        }

        return offer;
    }
}
