using System.Net;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Writing;

namespace Vireo.Tests.ApiServer.Writing;

public sealed class CreateTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_new_object_gets_what_only_the_server_sets()
    {
        var made = await _server.MakeVmAsync(
            "a",
            """,  "uid":"mine","creationTimestamp":"2001-01-01T00:00:00Z","generation":7"""
        );
        var meta = made["metadata"]!;
        Guid.TryParse(meta["uid"]!.ToString(), out _).ShouldBeTrue();
        meta["creationTimestamp"]!.ToString().ShouldNotStartWith("2001");
        meta["generation"]!.GetValue<long>().ShouldBe(1);
        meta["namespace"]!.ToString().ShouldBe("default");
        long.Parse(meta["resourceVersion"]!.ToString()).ShouldBeGreaterThan(0);
        (await _server.GetAsync(RunningServer.Vms + "/a")).Text.ShouldBe(made.ToJsonString());
    }

    [Fact]
    public async Task A_second_object_of_the_same_name_is_refused()
    {
        await _server.MakeAsync("a");
        var reply = await _server.PostAsync(RunningServer.ConfigMaps, """{"metadata":{"name":"a"}}""");
        reply.Code.ShouldBe(HttpStatusCode.Conflict);
        reply.Reason.ShouldBe("AlreadyExists");
        reply.Message.ShouldBe("configmaps \"a\" already exists");
    }

    [Fact]
    public async Task A_name_is_made_from_its_prefix()
    {
        var reply = await _server.PostAsync(RunningServer.ConfigMaps, """{"metadata":{"generateName":"job-"}}""");
        reply.Code.ShouldBe(HttpStatusCode.Created);
        reply["metadata"]!["name"]!.ToString().ShouldMatch("^job-[a-z0-9]{5}$");
        reply["metadata"]!["generateName"]!.ToString().ShouldBe("job-");
    }

    [Fact]
    public async Task A_prefix_that_is_too_long_is_cut()
    {
        var prefix = new string('a', 80);
        var reply = await _server.PostAsync(
            RunningServer.Vms,
            RunningServer.Vm("x").Replace("\"name\":\"x\"", $"\"generateName\":\"{prefix}\"")
        );
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        reply["metadata"]!["name"]!.ToString().Length.ShouldBe(63);
    }

    [Fact]
    public async Task A_trial_is_answered_like_the_real_thing_and_leaves_nothing()
    {
        var reply = await _server.PostAsync(RunningServer.ConfigMaps + "?dryRun=All", """{"metadata":{"name":"a"}}""");
        reply.Code.ShouldBe(HttpStatusCode.Created);
        reply["metadata"]!["uid"].ShouldNotBeNull();
        (await _server.GetAsync(RunningServer.ConfigMaps + "/a")).Code.ShouldBe(HttpStatusCode.NotFound);

        await _server.MakeAsync("a");
        (
            await _server.PostAsync(RunningServer.ConfigMaps + "?dryRun=All", """{"metadata":{"name":"a"}}""")
        ).Code.ShouldBe(HttpStatusCode.Conflict);
        (
            await _server.PostAsync(RunningServer.ConfigMaps + "?dryRun=Some", """{"metadata":{"name":"b"}}""")
        ).Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("Big")]
    [InlineData("under_score")]
    [InlineData("-dash")]
    [InlineData("")]
    public async Task A_name_that_breaks_the_rules_is_refused_by_field(string name)
    {
        var reply = await _server.PostAsync(RunningServer.ConfigMaps, $$"""{"metadata":{"name":"{{name}}"} }""");
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Reason.ShouldBe("Invalid");
        reply.Message.ShouldStartWith($"ConfigMap \"{name}\" is invalid: metadata.name: ");
        reply["details"]!["causes"]![0]!["field"]!.ToString().ShouldBe("metadata.name");
        reply["details"]!["kind"]!.ToString().ShouldBe("ConfigMap");
    }

    [Fact]
    public async Task Dots_may_be_in_the_name_of_a_config_map_but_not_of_a_virtual_machine()
    {
        await _server.MakeAsync("a.b");
        var reply = await _server.PostAsync(RunningServer.Vms, RunningServer.Vm("a.b"));
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Message.ShouldStartWith("VirtualMachine.kubevirt.io \"a.b\" is invalid: metadata.name: ");
        (await _server.PostAsync(RunningServer.Vms, RunningServer.Vm(new string('a', 64)))).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
    }

    [Fact]
    public async Task Every_fault_of_the_metadata_is_named_at_once()
    {
        var reply = await _server.PostAsync(
            RunningServer.ConfigMaps,
            """
            {"metadata":{"name":"a","labels":{"bad key":"x","ok":"bad value!"},"finalizers":["no good"],
             "ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"","uid":"1"}]}}
            """
        );
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply["details"]!["causes"]!
            .AsArray()
            .Select(cause => cause!["field"]!.ToString())
            .ShouldBe([
                "metadata.labels",
                "metadata.labels",
                "metadata.ownerReferences[0].name",
                "metadata.finalizers",
            ]);
        reply.Message.ShouldStartWith("ConfigMap \"a\" is invalid: [metadata.labels: ");
    }

    [Fact]
    public async Task A_new_object_has_no_version_and_no_other_namespace()
    {
        (
            await _server.PostAsync(RunningServer.ConfigMaps, """{"metadata":{"name":"a","resourceVersion":"5"}}""")
        ).Message.ShouldBe("resourceVersion should not be set on objects to be created");
        (
            await _server.PostAsync(RunningServer.ConfigMaps, """{"metadata":{"name":"a","namespace":"b"}}""")
        ).Message.ShouldContain("does not match the namespace");
    }

    [Fact]
    public async Task The_kind_in_the_body_must_be_that_of_the_path()
    {
        var reply = await _server.PostAsync(RunningServer.ConfigMaps, """{"kind":"Secret","metadata":{"name":"a"}}""");
        reply.Code.ShouldBe(HttpStatusCode.BadRequest);
        reply.Message.ShouldBe("the kind in the data (Secret) does not match the expected kind (ConfigMap)");
        (
            await _server.PostAsync(RunningServer.ConfigMaps, """{"apiVersion":"v2","metadata":{"name":"a"}}""")
        ).Code.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_namespace_must_be_there()
    {
        var reply = await _server.PostAsync("/api/v1/namespaces/none/configmaps", """{"metadata":{"name":"a"}}""");
        reply.Code.ShouldBe(HttpStatusCode.NotFound);
        reply.Message.ShouldBe("namespaces \"none\" not found");
    }

    [Fact]
    public async Task Status_is_not_the_clients_to_set_where_it_has_a_door_of_its_own()
    {
        var body = RunningServer.Vm("a").Replace("\"spec\":", "\"status\":{\"ready\":true},\"spec\":");
        (await _server.PostAsync(RunningServer.Vms, body))["status"]!["ready"]!.GetValue<bool>().ShouldBeFalse();

        var vmi = RunningServer.Vmi("a", ""","status":{"phase":"Pending"}""");
        (await _server.PostAsync(RunningServer.Vmis, vmi))["status"]!["phase"]!.ToString().ShouldBe("Pending");
    }

    [Fact]
    public async Task A_node_registers_with_its_status()
    {
        var body = """{"metadata":{"name":"n"},"status":{"nodeInfo":{"osImage":"Debian"}}}""";
        var reply = await _server.PostAsync("/api/v1/nodes", body);
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        reply["status"]!["nodeInfo"]!["osImage"]!.ToString().ShouldBe("Debian");
    }

    [Fact]
    public async Task Plain_texts_of_a_secret_are_kept_in_base64()
    {
        var reply = await _server.PostAsync(
            "/api/v1/namespaces/default/secrets",
            """{"metadata":{"name":"a"},"data":{"x":"eA==","y":"b2xk"},"stringData":{"y":"new"}}"""
        );
        reply.Json.ContainsKey("stringData").ShouldBeFalse();
        reply["data"]!.ToJsonString().ShouldBe("""{"x":"eA==","y":"bmV3"}""");
        reply["type"]!.ToString().ShouldBe("Opaque");
    }

    [Theory]
    [InlineData("{", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("", "application/json", 400)]
    [InlineData("""{"metadata":5}""", "application/json", 400)]
    [InlineData("""{"metadata":{"name":7}}""", "application/json", 400)]
    [InlineData("""{"metadata":{"name":"a"},"data":[1]}""", "application/json", 400)]
    [InlineData("{}", "application/xml", 415)]
    [InlineData("{}", "application/vnd.kubernetes.protobuf", 400)]
    public async Task A_broken_body_is_refused_with_a_status(string body, string type, int code)
    {
        var reply = await _server.SendAsync("POST", RunningServer.ConfigMaps, body, type);
        ((int)reply.Code).ShouldBeOneOf(code, body.Contains("data\":[") ? 422 : code);
        reply["kind"]!.ToString().ShouldBe("Status");
        reply["status"]!.ToString().ShouldBe("Failure");
        reply.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_body_that_nests_too_deep_or_is_too_large_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);
        (await _server.PostAsync(RunningServer.ConfigMaps, deep)).Code.ShouldBe(HttpStatusCode.BadRequest);

        var large = $$$"""{"metadata":{"name":"a"},"data":{"x":"{{{new string('x', 3 * 1024 * 1024)}}}"}}""";
        var reply = await _server.PostAsync(RunningServer.ConfigMaps, large);
        reply.Code.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        reply.Reason.ShouldBe("RequestEntityTooLarge");
    }

    [Theory]
    [InlineData("application/json", "duplicate field \"data.x\"")]
    [InlineData("application/yaml", "key \"x\" already set in map")]
    public async Task A_field_named_twice_is_told_refused_or_passed_over(string type, string said)
    {
        var json = """{"metadata":{"name":"a"},"data":{"x":"1","x":"2"}}""";
        var body = type == "application/json" ? json : "metadata:\n  name: a\ndata:\n  x: '1'\n  x: '2'\n";
        var strict = await _server.SendAsync("POST", Path("Strict"), body, type);
        strict.Code.ShouldBe(HttpStatusCode.BadRequest);
        strict.Message.ShouldStartWith("strict decoding error: ");
        strict.Message.ShouldContain(said);

        var told = await _server.SendAsync("POST", Path("Warn"), body, type);
        told.Code.ShouldBe(HttpStatusCode.Created, told.Text);
        told.Warnings.ShouldHaveSingleItem().Replace("\\\"", "\"", StringComparison.Ordinal).ShouldContain(said);
        told["data"]!["x"]!.ToString().ShouldBe("2");

        await _server.DeleteAsync(RunningServer.ConfigMaps + "/a");
        (await _server.SendAsync("POST", Path("Ignore"), body, type)).Warnings.ShouldBeEmpty();

        static string Path(string mode) => $"{RunningServer.ConfigMaps}?fieldValidation={mode}";
    }

    [Fact]
    public void Many_small_changes_make_no_larger_object_than_one_body_can()
    {
        RequestBody.CheckSize(new Encoded(new byte[RequestBody.LimitBytes], 0, 0));
        var larger = new Encoded(new byte[RequestBody.LimitBytes + 1], 0, 0);
        Should.Throw<StatusException>(() => RequestBody.CheckSize(larger)).Status.Code.ShouldBe(413);
    }

    [Fact]
    public async Task An_event_owns_nothing()
    {
        var reply = await _server.PostAsync(
            RunningServer.ConfigMaps,
            """
            {"metadata":{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Event","name":"e","uid":"1"}]}}
            """
        );
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Message.ShouldContain("metadata.ownerReferences[0]");
    }

    [Fact]
    public async Task What_a_client_says_of_field_managers_does_not_count_at_creation()
    {
        var made = await _server.MakeAsync("a", """,  "managedFields":[{"manager":"x"}]""");
        made["metadata"]!["managedFields"]!.ToJsonString().ShouldNotContain("\"x\"");
    }
}
