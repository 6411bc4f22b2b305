using System.Net;
using System.Text.Json.Nodes;
using static Vireo.Tests.ApiServer.Applying.Applied;

namespace Vireo.Tests.ApiServer.Applying;

/// <summary>Server-side apply as clients of the server see it.</summary>
public sealed class ApplyTests : IAsyncLifetime
{
    private const string Map = RunningServer.ConfigMaps + "/a";
    private const string Vm = RunningServer.Vms + "/vm";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Applying_makes_an_object_and_tells_who_owns_it()
    {
        var made = await ApplyAsync(Map, "one", ConfigMap("""{"x":"1"}"""));
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        var entry = Entries(made).ShouldHaveSingleItem();
        entry["manager"]!.ToString().ShouldBe("one");
        entry["operation"]!.ToString().ShouldBe("Apply");
        entry["apiVersion"]!.ToString().ShouldBe("v1");
        entry["fieldsType"]!.ToString().ShouldBe("FieldsV1");
        entry["fieldsV1"]!.ToJsonString().ShouldBe("""{"f:data":{"f:x":{}}}""");

        var again = await ApplyAsync(Map, "one", ConfigMap("""{"x":"1"}"""));
        again.Code.ShouldBe(HttpStatusCode.OK);
        again.Text.ShouldBe(made.Text);
    }

    [Fact]
    public async Task A_conflict_names_every_field_and_who_owns_it()
    {
        await ApplyAsync(Map, "one", ConfigMap("""{"x":"1","y":"1"}"""));
        var one = await ApplyAsync(Map, "two", ConfigMap("""{"x":"2"}"""));
        one.Code.ShouldBe(HttpStatusCode.Conflict);
        one.Reason.ShouldBe("Conflict");
        one.Message.ShouldBe("Apply failed with 1 conflict: conflict with \"one\": .data.x");
        var cause = one["details"]!["causes"]![0]!;
        cause["reason"]!.ToString().ShouldBe("FieldManagerConflict");
        cause["message"]!.ToString().ShouldBe("conflict with \"one\"");
        cause["field"]!.ToString().ShouldBe(".data.x");

        var both = await ApplyAsync(Map, "two", ConfigMap("""{"x":"2","y":"2"}"""));
        both.Message.ShouldBe("Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y");

        var forced = await ApplyAsync(Map, "two", ConfigMap("""{"x":"2"}"""), "&force=true");
        forced.Code.ShouldBe(HttpStatusCode.OK, forced.Text);
        forced["data"]!.ToJsonString().ShouldBe("""{"x":"2","y":"1"}""");
    }

    [Fact]
    public async Task What_is_no_longer_applied_goes()
    {
        await ApplyAsync(Map, "one", ConfigMap("""{"x":"1","y":"1"}"""));
        (await ApplyAsync(Map, "one", ConfigMap("""{"y":"1"}""")))["data"]!.ToJsonString().ShouldBe("""{"y":"1"}""");
        (await ApplyAsync(Map, "one", ConfigMap("{}"))).Json.ContainsKey("data").ShouldBeTrue();
        (await ApplyAsync(Map, "one", """{"apiVersion":"v1","kind":"ConfigMap"}"""))
            .Json.ContainsKey("data")
            .ShouldBeFalse();
    }

    [Fact]
    public async Task A_trial_changes_nothing()
    {
        (await ApplyAsync(Map, "one", ConfigMap("""{"x":"1"}"""), "&dryRun=All")).Code.ShouldBe(HttpStatusCode.Created);
        (await _server.GetAsync(Map)).Code.ShouldBe(HttpStatusCode.NotFound);
        await ApplyAsync(Map, "one", ConfigMap("""{"x":"1"}"""));
        var tried = await ApplyAsync(Map, "one", ConfigMap("""{"x":"2"}"""), "&dryRun=All");
        tried["data"]!["x"]!.ToString().ShouldBe("2");
        (await _server.GetAsync(Map))["data"]!["x"]!.ToString().ShouldBe("1");
    }

    [Theory]
    [InlineData(
        "?force=true",
        ConfigMapText,
        422,
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    )]
    [InlineData("?fieldManager=one", "[]", 400, "not an object")]
    [InlineData("?fieldManager=one", "{", 400, "not valid YAML")]
    [InlineData("?fieldManager=one", """{"data":{"x":"1"}}""", 400, "apiVersion and kind")]
    [InlineData(
        "?fieldManager=one",
        """{"apiVersion":"v1","kind":"Secret"}""",
        400,
        "does not match the expected kind"
    )]
    [InlineData(
        "?fieldManager=one",
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}""",
        400,
        "does not match the name"
    )]
    [InlineData(
        "?fieldManager=one",
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"managedFields":[]}}""",
        400,
        "must be nil"
    )]
    [InlineData("?fieldManager=one", """{"apiVersion":"v1","kind":"ConfigMap","data":{"x":1}}""", 422, "data.x")]
    [InlineData(
        "?fieldManager=one&fieldValidation=Strict",
        """{"apiVersion":"v1","kind":"ConfigMap","dota":{}}""",
        400,
        "unknown field \"dota\""
    )]
    [InlineData("?fieldManager=one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"uid":"x"}}""", 409, "uid")]
    public async Task What_cannot_be_applied_is_refused(string query, string body, int code, string why)
    {
        var reply = await _server.SendAsync("PATCH", Map + query, body, "application/apply-patch+yaml");
        ((int)reply.Code).ShouldBe(code, reply.Text);
        reply.Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_field_that_nobody_knows_is_told_and_a_field_that_is_not_implemented_is_refused()
    {
        var unknown = await ApplyAsync(Map, "one", """{"apiVersion":"v1","kind":"ConfigMap","dota":{}}""");
        unknown.Code.ShouldBe(HttpStatusCode.Created, unknown.Text);
        unknown.Warnings.ShouldHaveSingleItem().ShouldContain("unknown field");
        var refused = await ApplyAsync(
            Vm,
            "one",
            RunningServer
                .Vm("vm")
                .Replace("\"devices\":{}", "\"devices\":{\"gpus\":[{\"name\":\"g\",\"deviceName\":\"d\"}]}")
        );
        refused.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, refused.Text);
        refused.Message.ShouldContain("gpus");
    }

    [Fact]
    public async Task Part_of_an_object_can_be_applied_but_not_make_one()
    {
        const string Part =
            """{"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"labels":{"x":"y"}}}""";
        var missing = await ApplyAsync(Vm, "one", Part);
        missing.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, missing.Text);
        await _server.MakeVmAsync("vm");
        var applied = await ApplyAsync(Vm, "one", Part);
        applied.Code.ShouldBe(HttpStatusCode.OK, applied.Text);
        applied["metadata"]!["labels"]!.ToJsonString().ShouldBe("""{"x":"y"}""");
        applied["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
    }

    [Fact]
    public async Task Status_is_applied_through_its_own_door()
    {
        await ApplyAsync(Vm, "one", RunningServer.Vm("vm"));
        const string Status = """
            apiVersion: kubevirt.io/v1
            kind: VirtualMachine
            metadata: {name: vm, labels: {not: mine}}
            spec: {runStrategy: Always}
            status: {printableStatus: Stopped}
            """;
        var applied = await ApplyAsync(Vm + "/status", "one", Status);
        applied.Code.ShouldBe(HttpStatusCode.OK, applied.Text);
        applied["status"]!["printableStatus"]!.ToString().ShouldBe("Stopped");
        applied["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
        applied["metadata"]!.AsObject().ContainsKey("labels").ShouldBeFalse();
        var entry = Entries(applied).Single(entry => entry["subresource"]?.ToString() == "status");
        entry["fieldsV1"]!.ToJsonString().ShouldBe("""{"f:status":{"f:printableStatus":{}}}""");

        var other = await ApplyAsync(Vm + "/status", "two", Status.Replace("Stopped", "Running"));
        other.Message.ShouldContain("conflict with \"one\" with subresource \"status\": .status.printableStatus");
    }

    [Theory]
    [InlineData(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"finalizers":["k/a","k/a"]}}""",
        "finalizers[=\"k/a\"]"
    )]
    [InlineData(
        """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"ownerReferences":[
              {"apiVersion":"v1","kind":"A","name":"a","uid":"u"},{"apiVersion":"v1","kind":"B","name":"b","uid":"u"}]}}
            """,
        "ownerReferences[uid=\"u\"]"
    )]
    public async Task Two_entries_of_one_key_are_refused(string body, string place)
    {
        var reply = await ApplyAsync(Map, "one", body);
        reply.Code.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        reply.Message.ShouldContain(place);
    }

    [Theory]
    [InlineData("""{"data":{"x":"1","x":"2"}}""")]
    [InlineData("no JSON")]
    public async Task A_broken_note_of_what_kubectl_applied_allows_nothing(string note)
    {
        var quoted = JsonValue.Create(note).ToJsonString();
        var annotations = $$"""{"kubectl.kubernetes.io/last-applied-configuration":{{quoted}}}""";
        await _server.MakeAsync("a", $$""", "annotations":{{annotations}}""", """{"x":"1"}""");
        var reply = await ApplyAsync(Map, "kubectl", ConfigMap("""{"x":"2"}"""));
        reply.Code.ShouldBe(HttpStatusCode.Conflict, reply.Text);
    }

    [Fact]
    public async Task Kubectl_goes_over_from_its_own_apply_to_the_servers()
    {
        var kubectl = new Kubectl(_server);
        await kubectl.RunAsync("apply -f -", ConfigMap("""{"x":"1","gone":"1"}"""));
        var said = await kubectl.RunAsync("apply --server-side -f -", ConfigMap("""{"x":"2"}"""));
        said.ShouldBe("configmap/a serverside-applied");
        var now = await _server.GetAsync(Map);
        now["data"]!.ToJsonString().ShouldBe("""{"x":"2"}""");
        Entries(now).Select(entry => entry["manager"]!.ToString()).ShouldNotContain("kubectl-client-side-apply");
        now["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]!
            .ToString()
            .ShouldContain("\"x\":\"2\"");
        (await kubectl.RunAsync("apply -f -", ConfigMap("""{"x":"3"}"""))).ShouldBe("configmap/a configured");
    }

    [Fact]
    public async Task Kubectl_applies_a_machine_on_the_server_and_shows_who_owns_what()
    {
        var kubectl = new Kubectl(_server);
        var vm = RunningServer.Vm("vm");
        (await kubectl.RunAsync("apply --server-side -f -", vm)).ShouldBe(
            "virtualmachine.kubevirt.io/vm serverside-applied"
        );
        (await kubectl.RunAsync("apply --server-side -f -", vm)).ShouldBe(
            "virtualmachine.kubevirt.io/vm serverside-applied"
        );
        (await kubectl.RunAsync("diff --server-side -f -", vm)).ShouldBe("");
        (await kubectl.RunAsync("get vm vm -o yaml")).ShouldNotContain("managedFields");
        (await kubectl.RunAsync("get vm vm -o yaml --show-managed-fields")).ShouldContain("f:runStrategy: {}");
        var other = vm.Replace("64Mi", "96Mi");
        (await kubectl.RunAsync("apply --server-side --field-manager=other -f -", other, exitCode: 1)).ShouldContain(
            "conflict with \"kubectl\": .spec.template.spec.domain.memory.guest"
        );
        await kubectl.RunAsync("apply --server-side --field-manager=other --force-conflicts -f -", other);
        (await kubectl.RunAsync("apply --server-side --dry-run=server -f -", vm, exitCode: 1)).ShouldContain(
            "\"other\""
        );
    }

    private const string ConfigMapText = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""";

    private Task<Reply> ApplyAsync(string path, string manager, string body, string query = "") =>
        _server.ApplyAsync(path, manager, body, query);
}
