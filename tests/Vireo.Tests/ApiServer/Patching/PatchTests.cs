using System.Net;

namespace Vireo.Tests.ApiServer.Patching;

public sealed class PatchTests : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;
    private const string Vms = RunningServer.Vms;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_json_patch_with_a_test_that_fails_changes_nothing()
    {
        var made = await _server.MakeVmAsync("a");
        var reply = await _server.SendAsync(
            "PATCH",
            Vms + "/a",
            """[{"op":"replace","path":"/spec/runStrategy","value":"Always"},{"op":"test","path":"/spec/runStrategy","value":"Manual"}]""",
            "application/json-patch+json"
        );
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Message.ShouldBe(
            "the server rejected our request due to an error in our request: testing value /spec/runStrategy failed"
        );
        (await _server.GetAsync(Vms + "/a")).Text.ShouldBe(made.ToJsonString());
    }

    [Fact]
    public async Task A_json_patch_may_test_the_version()
    {
        var made = await _server.MakeVmAsync("a");
        var version = made["metadata"]!["resourceVersion"];
        var patch = $$"""
            [{"op":"test","path":"/metadata/resourceVersion","value":"{{version}}"},
             {"op":"replace","path":"/spec/runStrategy","value":"Manual"}]
            """;
        (await _server.SendAsync("PATCH", Vms + "/a", patch, "application/json-patch+json")).Code.ShouldBe(
            HttpStatusCode.OK
        );
        (await _server.SendAsync("PATCH", Vms + "/a", patch, "application/json-patch+json")).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
    }

    [Theory]
    [InlineData("application/strategic-merge-patch+json", 415)]
    [InlineData("application/apply-patch+yaml", 422)]
    [InlineData("application/json", 415)]
    [InlineData("application/merge-patch+json", 200)]
    public async Task A_custom_resource_takes_the_patches_that_custom_resources_take(string type, int code)
    {
        await _server.MakeVmAsync("a");
        var reply = await _server.SendAsync("PATCH", Vms + "/a", """{"metadata":{"labels":{"x":"y"}}}""", type);
        ((int)reply.Code).ShouldBe(code);
        if (code == 415)
        {
            reply.Reason.ShouldBe("UnsupportedMediaType");
        }
    }

    [Fact]
    public async Task A_strategic_merge_patch_is_taken_for_kubernetes_own_kinds()
    {
        await _server.MakeAsync("a", """, "finalizers":["example.com/x"]""");
        var reply = await _server.SendAsync(
            "PATCH",
            Maps + "/a",
            """{"metadata":{"finalizers":["example.com/y"],"annotations":{"k":"v"}}}""",
            "application/strategic-merge-patch+json"
        );
        reply["metadata"]!["finalizers"]!.ToJsonString().ShouldBe("""["example.com/x","example.com/y"]""");
        reply["metadata"]!["annotations"]!["k"]!.ToString().ShouldBe("v");
    }

    [Theory]
    [InlineData("application/json-patch+json", "{}")]
    [InlineData("application/json-patch+json", "[{}]")]
    [InlineData("application/merge-patch+json", "[]")]
    [InlineData("application/merge-patch+json", "{")]
    [InlineData("application/json-patch+json", """[{"op":"replace","path":"","value":5}]""")]
    [InlineData("application/json-patch+json", """[{"op":"replace","path":"/metadata","value":5}]""")]
    [InlineData("application/json-patch+json", """[{"op":"remove","path":"/spec"}]""")]
    [InlineData("application/merge-patch+json", """{"spec":null}""")]
    [InlineData("application/merge-patch+json", """{"metadata":{"labels":5}}""")]
    public async Task A_patch_that_breaks_the_object_is_refused(string type, string patch)
    {
        await _server.MakeVmAsync("a");
        var reply = await _server.SendAsync("PATCH", Vms + "/a", patch, type);
        ((int)reply.Code).ShouldBeOneOf(400, 422);
        reply["kind"]!.ToString().ShouldBe("Status");
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_patched() =>
        (await _server.MergeAsync(Vms + "/none", "{}")).Code.ShouldBe(HttpStatusCode.NotFound);
}
