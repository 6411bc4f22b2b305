using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Writing;

public sealed class ChangeTests : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;
    private const string Vms = RunningServer.Vms;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_replacement_made_for_an_older_version_is_a_conflict()
    {
        var vm = await _server.MakeVmAsync("a");
        vm["spec"]!["runStrategy"] = "Manual";
        (await _server.PutAsync(Vms + "/a", vm.ToJsonString())).Code.ShouldBe(HttpStatusCode.OK);
        vm["spec"]!["runStrategy"] = "Always";
        var reply = await _server.PutAsync(Vms + "/a", vm.ToJsonString());
        reply.Code.ShouldBe(HttpStatusCode.Conflict);
        reply.Reason.ShouldBe("Conflict");
        reply.Message.ShouldBe(
            "Operation cannot be fulfilled on virtualmachines.kubevirt.io \"a\": the object has been modified; please apply "
                + "your changes to the latest version and try again"
        );
    }

    [Fact]
    public async Task A_custom_resource_is_not_replaced_blindly_but_a_config_map_may_be()
    {
        await _server.MakeVmAsync("a");
        var reply = await _server.PutAsync(Vms + "/a", RunningServer.Vm("a"));
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Message.ShouldContain("metadata.resourceVersion");

        await _server.MakeAsync("m");
        (await _server.PutAsync(Maps + "/m", """{"metadata":{"name":"m"},"data":{"x":"1"}}""")).Code.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task Only_a_change_of_what_is_wanted_counts_as_a_generation()
    {
        await _server.MakeVmAsync("a");
        (await _server.MergeAsync(Vms + "/a", """{"metadata":{"labels":{"x":"y"}}}"""))["metadata"]!["generation"]!
            .GetValue<int>()
            .ShouldBe(1);
        (await _server.MergeAsync(Vms + "/a/status", """{"status":{"ready":true}}"""))["metadata"]!["generation"]!
            .GetValue<int>()
            .ShouldBe(1);
        (await _server.MergeAsync(Vms + "/a", """{"spec":{"runStrategy":"Manual"}}"""))["metadata"]!["generation"]!
            .GetValue<int>()
            .ShouldBe(2);
        (await _server.MergeAsync(Vms + "/a", """{"metadata":{"generation":9}}"""))["metadata"]!["generation"]!
            .GetValue<int>()
            .ShouldBe(2);
    }

    [Fact]
    public async Task A_patch_of_metadata_is_judged_like_any_other_and_leaves_the_rest_as_it_is()
    {
        var vm = await _server.MakeVmAsync("a");

        var labelled = await _server.MergeAsync(Vms + "/a", """{"metadata":{"labels":{"x":"y"}}}""");

        JsonNode.DeepEquals(labelled["spec"], vm["spec"]).ShouldBeTrue();
        JsonNode.DeepEquals(labelled["status"], vm["status"]).ShouldBeTrue();
        labelled["metadata"]!["managedFields"]!.ToJsonString().ShouldContain("f:labels");
        (await _server.MergeAsync(Vms + "/a", """{"metadata":{"labels":{"x":"not one"}}}""")).Code.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        (await _server.MergeAsync(Vms + "/a", """{"metadata":{"labels":{"x":7}}}""")).Code.ShouldBe(
            HttpStatusCode.BadRequest
        );
        var strict = await _server.MergeAsync(Vms + "/a?fieldValidation=Strict", """{"metadata":{"label":{}}}""");
        strict.Code.ShouldBe(HttpStatusCode.BadRequest);
        strict.Message.ShouldContain("unknown field \"metadata.label\"");
    }

    [Fact]
    public async Task Rules_about_metadata_see_what_it_was_before_a_patch_of_it()
    {
        const string Owner =
            "\"ownerReferences\":[{\"apiVersion\":\"vireo.dev/v1alpha1\",\"kind\":\"VirtualMachineInstanceConfig\","
            + "\"name\":\"c\",\"uid\":\"0c1f0f4e-9f1c-4d3c-9a62-8f4a5fd1b001\",\"controller\":true}]";
        var owned = JsonNode.Parse(RunningServer.Vmi("a"))!;
        owned["metadata"]!["ownerReferences"] = JsonNode.Parse($"{{{Owner}}}")!["ownerReferences"]!.DeepClone();
        var made = await RunningServer.SendAsync(_server.Own, "POST", RunningServer.Vmis, owned.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);

        var freed = await _server.MergeAsync(RunningServer.Vmis + "/a", """{"metadata":{"ownerReferences":null}}""");

        freed.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, freed.Text);
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/metadata/annotations","value":{"a":"b"}}]""", 0)]
    [InlineData("""[{"op":"replace","path":"/spec/runStrategy","value":"Manual"}]""", 1)]
    [InlineData(
        """
            [{"op":"add","path":"/metadata/annotations","value":{}},
             {"op":"move","from":"/spec/template/metadata/annotations/a","path":"/metadata/annotations/a"}]
            """,
        1
    )]
    public async Task A_patch_that_takes_from_what_is_wanted_changes_it(string operations, int more)
    {
        await _server.MakeVmAsync("a");
        var prepared = await _server.MergeAsync(
            Vms + "/a",
            """{"spec":{"template":{"metadata":{"annotations":{"a":"b"}}}}}"""
        );
        var before = prepared["metadata"]!["generation"]!.GetValue<int>();

        var patched = await _server.SendAsync("PATCH", Vms + "/a", operations, "application/json-patch+json");

        patched.Code.ShouldBe(HttpStatusCode.OK, patched.Text);
        patched["metadata"]!["generation"]!.GetValue<int>().ShouldBe(before + more);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_not_written()
    {
        var vm = await _server.MakeVmAsync("a");
        var version = vm["metadata"]!["resourceVersion"]!.ToString();
        var shuffled = new JsonObject();
        foreach (var (name, value) in vm.Reverse())
        {
            shuffled[name] = value!.DeepClone();
        }

        (await _server.PutAsync(Vms + "/a", shuffled.ToJsonString()))["metadata"]!["resourceVersion"]!
            .ToString()
            .ShouldBe(version);
        (await _server.MergeAsync(Vms + "/a", """{"spec":{"runStrategy":"Halted"}}"""))["metadata"]!["resourceVersion"]!
            .ToString()
            .ShouldBe(version);
    }

    [Fact]
    public async Task The_status_has_a_door_of_its_own_and_opens_nothing_else()
    {
        var vm = await _server.MakeVmAsync("a");
        vm["status"] = new JsonObject { ["ready"] = true };
        vm["spec"]!["runStrategy"] = "Manual";
        vm["metadata"]!["labels"] = new JsonObject { ["x"] = "y" };
        var byStatus = await _server.PutAsync(Vms + "/a/status", vm.ToJsonString());
        byStatus.Code.ShouldBe(HttpStatusCode.OK, byStatus.Text);
        byStatus["status"]!["ready"]!.GetValue<bool>().ShouldBeTrue();
        byStatus["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
        byStatus["metadata"]!.AsObject().ContainsKey("labels").ShouldBeFalse();

        var byObject = await _server.MergeAsync(
            Vms + "/a",
            """{"status":{"ready":false},"spec":{"runStrategy":"Always"}}"""
        );
        byObject["status"]!["ready"]!.GetValue<bool>().ShouldBeTrue();
        byObject["spec"]!["runStrategy"]!.ToString().ShouldBe("Always");
        (await _server.GetAsync(Vms + "/a/status"))["status"]!["ready"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_kind_without_a_status_door_writes_it_with_the_object()
    {
        const string Vmis = RunningServer.Vmis;
        await _server.PostAsync(Vmis, RunningServer.Vmi("a"));
        var reply = await RunningServer.SendAsync(
            _server.Own,
            "PATCH",
            Vmis + "/a",
            """{"status":{"phase":"Running"}}""",
            "application/merge-patch+json"
        );
        reply["status"]!["phase"]!.ToString().ShouldBe("Running");
        (await _server.PutAsync(Vmis + "/a/status", "{}")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_names_an_object_cannot_be_changed()
    {
        var made = await _server.MakeAsync("a");
        (await _server.MergeAsync(Maps + "/a", """{"metadata":{"name":"b"}}""")).Message.ShouldBe(
            "the name of the object (b) does not match the name on the URL (a)"
        );
        (await _server.MergeAsync(Maps + "/a", """{"metadata":{"namespace":"b"}}""")).Code.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await _server.MergeAsync(Maps + "/a", """{"kind":"Secret"}""")).Code.ShouldBe(HttpStatusCode.BadRequest);
        var uid = await _server.MergeAsync(Maps + "/a", """{"metadata":{"uid":"other"}}""");
        uid.Code.ShouldBe(HttpStatusCode.Conflict);
        uid.Message.ShouldContain("Precondition failed: UID in precondition: other, UID in object meta: ");
        var date = await _server.MergeAsync(
            Maps + "/a",
            """{"metadata":{"creationTimestamp":"2001-01-01T00:00:00Z"}}"""
        );
        date.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        date.Message.ShouldContain("metadata.creationTimestamp: Invalid value");
        var without = await _server.PutAsync(Maps + "/a", """{"metadata":{"name":"a"}}""");
        without["metadata"]!["uid"]!.ToString().ShouldBe(made["metadata"]!["uid"]!.ToString());
        without["metadata"]!["creationTimestamp"]!
            .ToString()
            .ShouldBe(made["metadata"]!["creationTimestamp"]!.ToString());
    }

    [Fact]
    public async Task Deletion_is_not_asked_for_by_a_change()
    {
        await _server.MakeAsync("a", """, "finalizers":["example.com/x"]""");
        var reply = await _server.MergeAsync(
            Maps + "/a",
            """{"metadata":{"deletionTimestamp":"2001-01-01T00:00:00Z"}}"""
        );
        reply["metadata"]!.AsObject().ContainsKey("deletionTimestamp").ShouldBeFalse();
    }

    [Fact]
    public async Task A_trial_shows_the_outcome_and_keeps_the_old_state()
    {
        var made = await _server.MakeAsync("a");
        var reply = await _server.MergeAsync(Maps + "/a?dryRun=All", """{"data":{"x":"1"}}""");
        reply["data"]!["x"]!.ToString().ShouldBe("1");
        (await _server.GetAsync(Maps + "/a")).Text.ShouldBe(made.ToJsonString());
    }

    [Fact]
    public async Task Concurrent_patches_of_different_fields_all_win()
    {
        await _server.MakeAsync("a");
        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => _server.MergeAsync(Maps + "/a", $$"""{"data":{"k{{i}}":"v"} }"""))
        );
        (await _server.GetAsync(Maps + "/a"))["data"]!.AsObject().Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_patch_that_names_a_version_is_held_to_it()
    {
        var made = await _server.MakeAsync("a");
        var version = made["metadata"]!["resourceVersion"]!.ToString();
        var patch = $$"""{"metadata":{"resourceVersion":"{{version}}"},"data":{"x":"1"} }""";
        (await _server.MergeAsync(Maps + "/a", patch)).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.MergeAsync(Maps + "/a", patch)).Code.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_body_may_be_yaml_and_needs_no_type()
    {
        await _server.MakeAsync("a");
        var yaml = "metadata:\n  name: a\ndata:\n  x: \"1\"\n";
        foreach (var type in new[] { "application/yaml", "" })
        {
            var reply = await _server.SendAsync("PUT", Maps + "/a", yaml, type);
            reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
            reply["data"]!["x"]!.ToString().ShouldBe("1");
        }

        (await _server.SendAsync("PUT", Maps + "/a", "a: [", "application/yaml")).Code.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await _server.SendAsync("PUT", Maps + "/a", yaml + "---\n" + yaml, "application/yaml")).Message.ShouldContain(
            "more than one YAML document"
        );
    }

    [Theory]
    [InlineData("Strict", 400, 0)]
    [InlineData("Warn", 201, 1)]
    [InlineData("Ignore", 201, 0)]
    [InlineData(null, 201, 1)]
    [InlineData("Often", 422, 0)]
    public async Task Unknown_fields_are_treated_as_the_client_chose(string? mode, int code, int warnings)
    {
        var body = RunningServer.Vm("a").Replace("\"runStrategy\"", "\"runStratgy\":\"x\",\"runStrategy\"");
        var reply = await _server.PostAsync(Vms + (mode is null ? "" : "?fieldValidation=" + mode), body);
        ((int)reply.Code).ShouldBe(code, reply.Text);
        reply.Warnings.Count.ShouldBe(warnings);
        if (warnings > 0)
        {
            reply.Warnings[0].ShouldBe("299 - \"unknown field \\\"spec.runStratgy\\\"\"");
        }

        if (code == 201)
        {
            reply["spec"]!.AsObject().ContainsKey("runStratgy").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_is_refused_by_field()
    {
        var reply = await _server.PostAsync(Vms, RunningServer.Vm("a").Replace("\"Halted\"", "7"));
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Message.ShouldStartWith("VirtualMachine.kubevirt.io \"a\" is invalid: ");
        reply["details"]!["causes"]!
            .AsArray()
            .ShouldContain(cause => cause!["field"]!.ToString() == "spec.runStrategy");
    }
}
