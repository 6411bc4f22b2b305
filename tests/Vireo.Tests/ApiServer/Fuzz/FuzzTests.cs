using System.Text;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>
/// Whatever is sent, the answer is a refusal or a success in Kubernetes' form, never a fault of the server.
/// </summary>
/// <remarks>For longer: <c>tests/fuzz MINUTES</c>.</remarks>
public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Json = "application/json";
    private const int Objects = 250;

    private static readonly (string Type, IReadOnlyList<byte[]> Bodies)[] Corpus =
    [
        (Json, BadBodies.Json),
        ("application/yaml", BadBodies.Yaml),
        ("", BadBodies.Yaml),
        ("application/vnd.kubernetes.protobuf", BadBodies.Protobuf),
        ("application/json-patch+json", BadPatches.Json),
        ("application/json-patch+json", BadBodies.Json),
        ("application/merge-patch+json", BadPatches.Merge),
        ("application/merge-patch+json", BadBodies.Json),
        ("application/strategic-merge-patch+json", BadPatches.Merge),
        ("application/apply-patch+yaml", BadPatches.Merge),
        ("application/apply-patch+yaml", BadBodies.Yaml),
        ("application/apply-patch+yaml", BadBodies.Json),
        ("nonsense", BadPatches.Merge),
    ];

    private FuzzServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FuzzServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Bodies_that_make_no_sense_are_refused_wherever_they_are_sent()
    {
        foreach (var (type, bodies) in Corpus)
        {
            foreach (var (body, i) in bodies.Select((body, i) => (body, i)))
            {
                // Not every body to every place each time: small ones, which are quick, go everywhere.
                var places = body.Length < 200 ? BadAddresses.Objects : [BadAddresses.Objects[i % 6]];
                foreach (var path in places)
                {
                    var method = type.Contains("patch", StringComparison.Ordinal) ? "PATCH" : Method(path, i);
                    await _server.SendAsync(new(method, path + Manager(type), body, type));
                }
            }
        }

        await ShouldAnswerAsync();
    }

    [Fact]
    public async Task Every_kind_and_every_action_refuses_what_makes_no_sense()
    {
        foreach (var (path, i) in BadAddresses.Everything.Select((path, i) => (path, i)))
        {
            foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "FROB"])
            {
                var bodies = method == "PATCH" ? BadPatches.Merge : BadBodies.Json;
                var body = bodies[(i * 7) % 20];
                await _server.SendAsync(
                    new(
                        method,
                        path,
                        method is "GET" or "HEAD" ? null : body,
                        method == "PATCH" ? Corpus[6].Type : Json
                    )
                );
            }
        }

        await ShouldAnswerAsync();
    }

    [Fact]
    public async Task Queries_paths_and_headers_that_make_no_sense_are_refused()
    {
        foreach (var path in BadAddresses.Objects)
        {
            foreach (var query in BadAddresses.Queries)
            {
                await _server.SendAsync(new("GET", $"{path}?{query}"));
            }

            foreach (var accept in BadAddresses.Accepts)
            {
                await _server.SendAsync(new("GET", path, Accept: accept));
            }
        }

        foreach (var query in BadAddresses.Queries)
        {
            var made = Encoding.UTF8.GetBytes("""{"metadata":{"generateName":"q"}}""");
            await _server.SendAsync(new("POST", $"{RunningServer.ConfigMaps}?{query}", made, Json));
            await _server.SendAsync(
                new("PATCH", $"{RunningServer.Vms}/there?{query}", "{}"u8.ToArray(), Corpus[6].Type)
            );
            await _server.SendAsync(new("DELETE", $"{RunningServer.ConfigMaps}/none?{query}"));
        }

        foreach (var path in BadAddresses.Paths)
        {
            foreach (var method in (string[])["GET", "PUT", "DELETE"])
            {
                await _server.SendAsync(new(method, path, method == "PUT" ? "{}"u8.ToArray() : null, Json));
            }
        }

        await ShouldAnswerAsync();
    }

    [Fact]
    public async Task Objects_of_the_right_shape_may_hold_anything()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("VIREO_FUZZ_MINUTES") ?? "0", null);
        var seed = int.Parse(Environment.GetEnvironmentVariable("VIREO_FUZZ_SEED") ?? $"{Environment.TickCount}", null);
        output.WriteLine($"seed {seed}");
        var end = DateTime.UtcNow.AddMinutes(minutes);
        var random = new Random(seed);
        var codes = new SortedDictionary<int, int>();
        for (var i = 0; i < Objects || DateTime.UtcNow < end; i++)
        {
            var kind = ResourceKinds.All[random.Next(ResourceKinds.All.Count)];
            var path = BadAddresses.Collection(kind);
            var objects = new SchemaObjects(random, wrong: random.Next(3) * 8);
            var code = await SendAsync("POST", path, objects.Of(kind), Json);
            codes[code] = codes.GetValueOrDefault(code) + 1;
            if (code == 201)
            {
                await ChangeAsync(kind, path, objects, random);
            }
        }

        output.WriteLine(string.Join(", ", codes.Select(code => $"{code.Key}: {code.Value}")));
        await ShouldAnswerAsync();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("[null]")]
    [InlineData("\"x\"")]
    public async Task A_migration_whose_spec_is_no_object_is_refused(string spec)
    {
        var body = $$"""
            {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstanceMigration","metadata":{"name":"fuzz"},"spec":{{spec}} }
            """;
        var path = "/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstancemigrations";

        ((int)await _server.SendAsync(new("POST", path, Encoding.UTF8.GetBytes(body), Json))).ShouldBeOneOf(400, 422);
    }

    [Fact]
    public async Task What_is_nested_deep_can_be_changed_and_deleted()
    {
        const int depth = 80;
        var data = new string('[', depth) + new string(']', depth);
        var path = "/apis/apps/v1/namespaces/default/controllerrevisions";
        var body = $$"""
            {"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"deep"},"revision":1,"data":{"a":{{data}} } }
            """;

        ((int)await _server.SendAsync(new("POST", path, Encoding.UTF8.GetBytes(body), Json))).ShouldBe(201);
        ((int)await _server.SendAsync(new("PUT", $"{path}/deep", Encoding.UTF8.GetBytes(body), Json))).ShouldBe(200);
        ((int)await _server.SendAsync(new("DELETE", $"{path}/deep"))).ShouldBe(200);
    }

    private async Task ChangeAsync(ResourceKind kind, string path, SchemaObjects objects, Random random)
    {
        await _server.SendAsync(new("GET", path, Accept: BadAddresses.Accepts[2]));
        await _server.SendAsync(new("GET", path, Accept: BadAddresses.Accepts[6]));
        await SendAsync("PATCH", path + "/fuzz", objects.Of(kind), "application/merge-patch+json");
        await SendAsync("PATCH", path + "/fuzz", objects.Of(kind), "application/strategic-merge-patch+json");
        await SendAsync(
            "PATCH",
            path + "/fuzz?fieldManager=x&force=true",
            objects.Of(kind),
            "application/apply-patch+yaml"
        );
        if (kind.HasStatusSubresource)
        {
            await SendAsync("PATCH", path + "/fuzz/status", objects.Of(kind), "application/merge-patch+json");
        }

        foreach (var action in Subresources.All.Where(action => action.Resource == kind.Plural))
        {
            var place = $"/apis/{Subresources.Group}/v1/namespaces/default/{kind.Plural}/fuzz/{action.Name}";
            var body = BadBodies.Json[^(1 + random.Next(10))];
            await _server.SendAsync(new(action.Methods.Split(' ')[^1], place, random.Next(2) == 0 ? body : null, Json));
        }

        await _server.SendAsync(new("GET", path + "/fuzz"));
        await _server.SendAsync(new("DELETE", path + "/fuzz"));
        await SendAsync("PATCH", path + "/fuzz", Free, "application/merge-patch+json");
    }

    private static JsonObject Free => new() { ["metadata"] = new JsonObject { ["finalizers"] = null } };

    private async Task<int> SendAsync(string method, string path, JsonObject body, string type) =>
        (int)await _server.SendAsync(new(method, path, Encoding.UTF8.GetBytes(body.ToJsonString()), type));

    /// <summary>The server lives, and what it keeps can be shown in every form.</summary>
    private async Task ShouldAnswerAsync()
    {
        foreach (var path in ResourceKinds.All.Select(BadAddresses.Collection))
        {
            foreach (var accept in (string[])["", BadAddresses.Accepts[2], BadAddresses.Accepts[6]])
            {
                ((int)await _server.SendAsync(new("GET", path, Accept: accept))).ShouldBeOneOf(200, 405);
            }
        }

        ((int)await _server.SendAsync(new("GET", "/readyz"))).ShouldBe(200);
        _server.ShouldBeWell();
    }

    private static string Method(string path, int i) =>
        path.EndsWith('s') ? "POST"
        : i % 2 == 0 ? "PUT"
        : "DELETE";

    private static string Manager(string type) =>
        type.Contains("apply", StringComparison.Ordinal) ? "?fieldManager=fuzz" : "";
}
