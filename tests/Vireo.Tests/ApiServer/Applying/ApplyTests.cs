using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Applying;

/// <summary>Server-side apply and managed fields as clients of the server see them.</summary>
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
        (await ApplyAsync(Map, "one", """{"apiVersion":"v1","kind":"ConfigMap"}""")).Json.ContainsKey("data").ShouldBeFalse();
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
    [InlineData("?force=true", ConfigMapText, 422, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")]
    [InlineData("?fieldManager=one", "[]", 400, "not an object")]
    [InlineData("?fieldManager=one", "{", 400, "not valid YAML")]
    [InlineData("?fieldManager=one", """{"data":{"x":"1"}}""", 400, "apiVersion and kind")]
    [InlineData("?fieldManager=one", """{"apiVersion":"v1","kind":"Secret"}""", 400, "does not match the expected kind")]
    [InlineData("?fieldManager=one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}""", 400, "does not match the name")]
    [InlineData("?fieldManager=one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"managedFields":[]}}""", 400, "must be nil")]
    [InlineData("?fieldManager=one", """{"apiVersion":"v1","kind":"ConfigMap","data":{"x":1}}""", 422, "data.x")]
    [InlineData("?fieldManager=one&fieldValidation=Strict", """{"apiVersion":"v1","kind":"ConfigMap","dota":{}}""", 400, "unknown field \"dota\"")]
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
            RunningServer.Vm("vm").Replace("\"devices\":{}", "\"devices\":{\"gpus\":[{\"name\":\"g\",\"deviceName\":\"d\"}]}")
        );
        refused.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, refused.Text);
        refused.Message.ShouldContain("gpus");
    }

    [Fact]
    public async Task Part_of_an_object_can_be_applied_but_not_make_one()
    {
        const string Part = """{"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"labels":{"x":"y"}}}""";
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

    [Fact]
    public async Task Every_write_tells_who_made_it()
    {
        var made = await _server.PostAsync(RunningServer.ConfigMaps + "?fieldManager=maker", ConfigMap("""{"x":"1"}"""));
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
    [InlineData("""[{"manager":"x","operation":"Apply","fieldsType":"FieldsV9"}]""", "metadata.managedFields[0].fieldsType")]
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
        (await kubectl.RunAsync("apply --server-side -f -", vm)).ShouldBe("virtualmachine.kubevirt.io/vm serverside-applied");
        (await kubectl.RunAsync("apply --server-side -f -", vm)).ShouldBe("virtualmachine.kubevirt.io/vm serverside-applied");
        (await kubectl.RunAsync("diff --server-side -f -", vm)).ShouldBe("");
        (await kubectl.RunAsync("get vm vm -o yaml")).ShouldNotContain("managedFields");
        (await kubectl.RunAsync("get vm vm -o yaml --show-managed-fields")).ShouldContain("f:runStrategy: {}");
        var other = vm.Replace("64Mi", "96Mi");
        (await kubectl.RunAsync("apply --server-side --field-manager=other -f -", other, exitCode: 1)).ShouldContain(
            "conflict with \"kubectl\": .spec.template.spec.domain.memory.guest"
        );
        await kubectl.RunAsync("apply --server-side --field-manager=other --force-conflicts -f -", other);
        (await kubectl.RunAsync("apply --server-side --dry-run=server -f -", vm, exitCode: 1)).ShouldContain("\"other\"");
    }

    private const string ConfigMapText = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""";

    private static string ConfigMap(string data) =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"},"data":{{{data}}}}""";

    private Task<Reply> ApplyAsync(string path, string manager, string body, string query = "") =>
        _server.SendAsync("PATCH", $"{path}?fieldManager={manager}{query}", body, "application/apply-patch+yaml");

    private static IEnumerable<JsonNode> Entries(Reply reply) =>
        reply["metadata"]!["managedFields"]!.AsArray().Select(entry => entry!);

    private static IEnumerable<string> Owners(Reply reply) =>
        Vireo
            .ApiServer.Applying.ManagedFields.Read(reply["metadata"]!["managedFields"])!
            .Owners.SelectMany(owned => owned.Fields.Places().Select(place => $"{owned.Manager.Name}: {place}"))
            .Order();
}
