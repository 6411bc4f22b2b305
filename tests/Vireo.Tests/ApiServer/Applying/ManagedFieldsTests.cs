using System.Net;
using System.Text.Json.Nodes;
using static Vireo.Tests.ApiServer.Applying.Applied;

namespace Vireo.Tests.ApiServer.Applying;

/// <summary>Who owns what of an object, as clients of the server see it.</summary>
public sealed class ManagedFieldsTests : IAsyncLifetime
{
    private const string Map = RunningServer.ConfigMaps + "/a";
    private const string Vm = RunningServer.Vms + "/vm";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_write_tells_who_made_it()
    {
        var made = await _server.PostAsync(
            RunningServer.ConfigMaps + "?fieldManager=maker",
            ConfigMap("""{"x":"1"}""")
        );
        var entry = Entries(made).ShouldHaveSingleItem();
        entry["manager"]!.ToString().ShouldBe("maker");
        entry["operation"]!.ToString().ShouldBe("Update");
        entry["fieldsV1"]!.ToJsonString().ShouldBe("""{"f:data":{".":{},"f:x":{}}}""");

        var patched = await _server.MergeAsync(Map + "?fieldManager=patcher", """{"data":{"x":"2","y":"1"}}""");
        Owners(patched).ShouldBe(["maker: .data", "patcher: .data.x", "patcher: .data.y"]);
        var conflict = await ApplyAsync(Map, "one", ConfigMap("""{"x":"3"}"""));
        conflict.Message.ShouldBe("Apply failed with 1 conflict: conflict with \"patcher\" using v1: .data.x");

        var put = await _server.PutAsync(Map + "?fieldManager=putter", ConfigMap("""{"y":"1"}"""));
        Owners(put).ShouldBe(["maker: .data", "patcher: .data.y"]);
    }

    [Fact]
    public async Task What_an_action_does_to_a_machine_conflicts_with_who_applied_it()
    {
        await ApplyAsync(Vm, "gitops", RunningServer.Vm("vm"));
        var start = Vm.Replace("/apis/kubevirt.io", "/apis/subresources.kubevirt.io") + "/start";
        (await _server.PutAsync(start, "{}")).Code.ShouldBe(HttpStatusCode.Accepted);
        var again = await ApplyAsync(Vm, "gitops", RunningServer.Vm("vm"));
        again.Message.ShouldBe(
            "Apply failed with 1 conflict: conflict with \"vireo\" using kubevirt.io/v1: .spec.runStrategy"
        );
    }

    [Fact]
    public async Task What_vireos_own_parts_report_makes_objects_no_larger()
    {
        var made = await _server.MakeVmAsync("vm");
        var reported = await RunningServer.SendAsync(
            _server.Own,
            "PATCH",
            Vm + "/status",
            """{"status":{"printableStatus":"Stopped"}}""",
            "application/merge-patch+json"
        );
        JsonNode.DeepEquals(reported["metadata"]!["managedFields"], made["metadata"]!["managedFields"]).ShouldBeTrue();
        var own = await RunningServer.SendAsync(_server.Own, "POST", RunningServer.ConfigMaps, ConfigMap("{}"));
        own["metadata"]!.AsObject().ContainsKey("managedFields").ShouldBeFalse();
    }

    [Fact]
    public async Task Managed_fields_can_be_cleared_and_are_not_lost_by_those_who_do_not_know_them()
    {
        var made = await ApplyAsync(Map, "one", ConfigMap("""{"x":"1"}"""));
        made["metadata"]!.AsObject().Remove("managedFields");
        Entries(await _server.PutAsync(Map, made.Text)).ShouldHaveSingleItem();
        Entries(await _server.MergeAsync(Map, """{"metadata":{"managedFields":[]}}""")).ShouldHaveSingleItem();
        var cleared = await _server.MergeAsync(Map, """{"metadata":{"managedFields":[{}]}}""");
        cleared["metadata"]!.AsObject().ContainsKey("managedFields").ShouldBeFalse(cleared.Text);

        var conflict = await ApplyAsync(Map, "two", ConfigMap("""{"x":"2"}"""));
        conflict.Message.ShouldContain("conflict with \"before-first-apply\" using v1: .data.x");
    }

    [Theory]
    [InlineData("""[{"manager":"x","operation":"Grab"}]""", "metadata.managedFields[0].operation")]
    [InlineData(
        """[{"manager":"x","operation":"Apply","fieldsType":"FieldsV9"}]""",
        "metadata.managedFields[0].fieldsType"
    )]
    [InlineData("""[{"manager":"x","operation":"Apply","time":"soon"}]""", "metadata.managedFields[0].time")]
    [InlineData("[1]", "metadata.managedFields[0]")]
    [InlineData("{}", "metadata.managedFields")]
    public async Task Managed_fields_that_are_none_are_refused(string managed, string field)
    {
        await _server.MakeAsync("a");
        var reply = await _server.MergeAsync(Map, $$$"""{"metadata":{"managedFields":{{{managed}}}}}""");
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Message.ShouldContain(field);
    }

    [Fact]
    public async Task A_manager_may_say_anything_of_keys_without_harm()
    {
        await _server.MakeAsync("a");
        var patch = """
            {"metadata":{"managedFields":[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1",
              "fieldsV1":{"f:metadata":{"f:ownerReferences":{"k:{\"uid\":1,\"uid\":2}":{},"k:nothing":{},"v:":{}}}}}]}}
            """;
        (await _server.MergeAsync(Map, patch)).Code.ShouldBe(HttpStatusCode.OK);
        (await ApplyAsync(Map, "one", ConfigMap("""{"x":"2"}"""))).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Many_who_apply_and_update_at_once_all_have_their_part()
    {
        await _server.MakeAsync("a");
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    i % 2 == 0
                        ? ApplyAsync(Map, $"m{i}", ConfigMap($$"""{"k{{i}}":"1"}"""))
                        : _server.MergeAsync($"{Map}?fieldManager=m{i}", $$$"""{"data":{"k{{{i}}}":"1"}}""")
                )
        );
        replies.ShouldAllBe(reply => reply.Code == HttpStatusCode.OK);
        var owners = Owners(await _server.GetAsync(Map)).ToArray();
        for (var i = 0; i < 8; i++)
        {
            owners.ShouldContain($"m{i}: .data.k{i}");
        }
    }

    private Task<Reply> ApplyAsync(string path, string manager, string body, string query = "") =>
        _server.ApplyAsync(path, manager, body, query);
}
