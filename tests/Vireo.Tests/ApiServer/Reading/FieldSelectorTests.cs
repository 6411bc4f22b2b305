using System.Net;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Tests.ApiServer.Reading;

/// <summary>Every field that a kind declares to be selectable, by the kinds' own table.</summary>
public sealed class FieldSelectorTests : IAsyncLifetime
{
    private const string Label = "labelSelector=selected%3Dyes";
    private const string Mine = "mine";
    private const string Other = "other";

    /// <summary>A value for each declared field, and another one.</summary>
    private static readonly Dictionary<string, (string Mine, string Other)> Values = new(StringComparer.Ordinal)
    {
        ["Namespace status.phase"] = ("Terminating", "Active"),
        ["Node spec.unschedulable"] = ("true", "false"),
        ["Event involvedObject.kind"] = ("VirtualMachine", "Node"),
        ["Event involvedObject.namespace"] = ("default", ""),
        ["Event involvedObject.name"] = ("web", "db"),
        ["Event involvedObject.uid"] = ("1-2", "3-4"),
        ["Event involvedObject.apiVersion"] = ("kubevirt.io/v1", "v1"),
        ["Event involvedObject.resourceVersion"] = ("7", "8"),
        ["Event involvedObject.fieldPath"] = ("spec.domain", "spec"),
        ["Event reason"] = ("Started", "Stopped"),
        ["Event reportingComponent"] = ("agent", "controller"),
        ["Event source"] = ("agent", "controller"),
        ["Event type"] = ("Warning", "Normal"),
        ["Secret type"] = ("example.com/mine", "Opaque"),
        ["VirtualMachine status.savedDisks.host"] = ("host1", "host2"),
        ["VirtualMachineInstance status.nodeName"] = ("host1", "host2"),
        ["VirtualMachineInstance status.phase"] = ("Running", "Scheduled"),
        ["VirtualMachineInstance status.migrationState.targetNode"] = ("host1", "host2"),
        ["VirtualMachineInstanceMigration spec.vmiName"] = (Mine, Other),
        ["VirtualMachineInstanceMigration status.phase"] = ("Running", "Pending"),
    };

    private RunningServer _server = null!;

    public static TheoryData<string, string> Declared =>
        [.. ResourceKinds.All.SelectMany(kind => kind.SelectableFields.Select(name => (kind.Kind, name)))];

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory, MemberData(nameof(Declared))]
    public async Task A_declared_field_selects_in_lists_and_watches(string name, string field)
    {
        var kind = ResourceKinds.All.Single(kind => kind.Kind == name);
        Values.ShouldContainKey($"{name} {field}", "a declared field needs values in this test");
        var (mine, other) = Values[$"{name} {field}"];
        await PrepareAsync(kind);
        var path = PathOf(kind);
        var start = (await _server.GetAsync(path))["metadata"]!["resourceVersion"];
        using var watch = await _server.WatchAsync(
            $"{path}?resourceVersion={start}&{Label}&fieldSelector={field}%3D{Uri.EscapeDataString(mine)}"
        );

        await MakeAsync(kind, Mine, field, mine);
        await MakeAsync(kind, Other, field, other);
        await SendAsync("PATCH", $"{path}/{Mine}", """{"metadata":{"labels":{"seen":"yes"} } }""");

        (await NamesAsync(path, $"{field}={mine}")).ShouldBe([Mine]);
        (await NamesAsync(path, $"{field}=={mine}")).ShouldBe([Mine]);
        (await NamesAsync(path, $"{field}={other}")).ShouldBe([Other]);
        (await NamesAsync(path, $"{field}!={mine}")).ShouldBe([Other]);
        (await NamesAsync(path, $"{field}={mine},metadata.name={Other}")).ShouldBeEmpty();
        (await watch.NextWordAsync()).ShouldBe($"ADDED {Mine}");
        (await watch.NextWordAsync()).ShouldBe($"MODIFIED {Mine}");
    }

    [Fact]
    public async Task A_field_that_is_not_declared_is_refused_with_those_that_are()
    {
        foreach (var kind in ResourceKinds.All)
        {
            var refused = await _server.GetAsync($"{PathOf(kind)}?fieldSelector=spec.undeclared%3Da");

            refused.Code.ShouldBe(HttpStatusCode.BadRequest, kind.Kind);
            refused.Message.ShouldContain("field label not supported: spec.undeclared");
            kind.SelectableFields.ShouldAllBe(field => refused.Message.Contains(field));
        }
    }

    private async Task<IEnumerable<string>> NamesAsync(string path, string selector)
    {
        var list = await _server.GetAsync($"{path}?{Label}&fieldSelector={Uri.EscapeDataString(selector)}");
        list.Code.ShouldBe(HttpStatusCode.OK, list.Text);
        return list.Names;
    }

    /// <summary>Migrations are of instances that can move.</summary>
    private async Task PrepareAsync(ResourceKind kind)
    {
        foreach (var name in kind == ResourceKinds.VirtualMachineInstanceMigrations ? (string[])[Mine, Other] : [])
        {
            await SendAsync("POST", RunningServer.Vmis, RunningServer.Vmi(name));
            await SendAsync(
                "PATCH",
                $"{RunningServer.Vmis}/{name}",
                """{"status":{"phase":"Running","conditions":[{"type":"LiveMigratable","status":"True"}]} }"""
            );
        }
    }

    private async Task MakeAsync(ResourceKind kind, string name, string field, string value)
    {
        var (path, isStatus) = (PathOf(kind), field.StartsWith("status.", StringComparison.Ordinal));
        var made = Plain(kind, name);
        made["metadata"]!["labels"] = new JsonObject { ["selected"] = "yes" };
        if (!isStatus)
        {
            Set(made, field, value);
        }

        // Whether a namespace ends is not for others to say.
        made["metadata"]!["finalizers"] = value == "Terminating" ? new JsonArray("example.com/held") : null;
        await SendAsync("POST", path, made.ToJsonString());
        if (value == "Terminating")
        {
            await SendAsync("DELETE", $"{path}/{name}", "{}");
        }
        else if (isStatus)
        {
            var status = new JsonObject();
            Set(status, field, value);
            var door = kind.HasStatusSubresource ? "/status" : "";
            await SendAsync("PATCH", $"{path}/{name}{door}", status.ToJsonString());
        }
    }

    private static JsonObject Plain(ResourceKind kind, string name) =>
        JsonNode
            .Parse(
                kind.Kind switch
                {
                    "VirtualMachine" => RunningServer.Vm(name),
                    "VirtualMachineInstance" => RunningServer.Vmi(name),
                    "VirtualMachineInstanceMigration" =>
                        $$"""{"metadata":{"name":"{{name}}"},"spec":{"vmiName":"{{name}}"} }""",
                    "Event" => $$"""
                    {"metadata":{"name":"{{name}}"},
                     "involvedObject":{"kind":"VirtualMachine","name":"web","namespace":"default"} }
                    """,
                    _ => $$"""{"metadata":{"name":"{{name}}"} }""",
                }
            )!
            .AsObject();

    private static void Set(JsonObject into, string field, string value)
    {
        var steps = field == "source" ? ["source", "component"] : field.Split('.');
        var at = into;
        foreach (var step in steps[..^1])
        {
            at[step] ??= new JsonObject();
            at = at[step]!.AsObject();
        }

        at[steps[^1]] = bool.TryParse(value, out var flag) ? flag : value;
    }

    private async Task SendAsync(string method, string path, string body)
    {
        var type = method == "PATCH" ? "application/merge-patch+json" : "application/json";
        var reply = await RunningServer.SendAsync(_server.Own, method, path, body, type);
        reply.Code.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
    }

    private static string PathOf(ResourceKind kind) =>
        $"{kind.GroupPath}{(kind.IsNamespaced ? "/namespaces/default" : "")}/{kind.Plural}";
}
