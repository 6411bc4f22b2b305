using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>The subresource machinetype: what a machine's type is, and updates of it.</summary>
public sealed class MachineTypeTests : IAsyncLifetime
{
    private const string Path = MachineTypeServer.Path;

    private MachineTypeServer _types = null!;

    private ActingServer Server => _types.Server;

    public async ValueTask InitializeAsync() => _types = await MachineTypeServer.StartAsync();

    public ValueTask DisposeAsync() => _types.DisposeAsync();

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha3")]
    public async Task The_answer_says_what_is_asked_for_recorded_and_running_and_who_offers_it(string version)
    {
        await _types.OfferAsync("h2", "pc-q35-7.2");
        await _types.OfferAsync("h0", "pc-q35-6.2");
        var vm = await _types.MakeAsync(template: "q35");
        await _types.RunAsync("a", "pc-q35-6.2");

        var reply = await Server.Api.GetAsync(Path.Replace("/v1/", $"/{version}/"));

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply["kind"]!.ToString().ShouldBe("VirtualMachineMachineType");
        reply["metadata"]!["name"]!.ToString().ShouldBe("a");
        reply["metadata"]!["uid"]!.ToString().ShouldBe(vm["metadata"]!["uid"]!.ToString());
        reply["template"]!.ToString().ShouldBe("q35");
        reply["recorded"]!["resolved"]!.ToString().ShouldBe("pc-q35-6.2");
        reply["recorded"]!["source"]!.ToString().ShouldBe("Domain");
        reply["running"]!.ToString().ShouldBe("pc-q35-6.2");
        reply["deprecated"]?.ToString().ShouldBe("false");
        reply["offeredBy"]!.ToJsonString().ShouldBe("""["h0","h1"]""");
    }

    [Fact]
    public async Task A_type_that_a_host_will_drop_is_said_to_be_deprecated()
    {
        await _types.MakeAsync(template: "pc-q35-6.0", recorded: "pc-q35-6.0");

        var reply = await Server.Api.GetAsync(Path);

        reply["deprecated"]!.ToString().ShouldBe("true");
        reply["running"].ShouldBeNull();
    }

    [Fact]
    public async Task What_an_instance_of_somebody_else_or_one_that_ended_has_is_not_the_machines()
    {
        await _types.MakeAsync();
        await Server.RunAsync("a", ""","machine":{"type":"pc-q35-7.2"}""");
        (await Server.Api.GetAsync(Path))["running"].ShouldBeNull();

        await _types.MakeAsync("b");
        await _types.RunAsync("b", "pc-q35-6.2");
        await Server.OwnAsync("PATCH", $"{RunningServer.Vmis}/b", """{"status":{"phase":"Succeeded"}}""");
        (await Server.Api.GetAsync(ActingServer.Vms + "/b/machinetype"))["running"].ShouldBeNull();
    }

    [Fact]
    public async Task An_update_of_a_stopped_machine_is_one_write_of_its_status_and_an_event()
    {
        var before = await _types.MakeAsync();
        using var watch = await Server.Api.WatchAsync(RunningServer.Vms);

        var reply = await Server.PutAsync(Path, "machineType: pc-q35-7.2");

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply["kind"]!.ToString().ShouldBe("MachineTypeChange");
        reply["metadata"]!["name"]!.ToString().ShouldBe("a");
        reply["outcome"]!.ToString().ShouldBe("Updated");
        reply["previous"]!.ToString().ShouldBe("pc-q35-6.2");
        reply["current"]!.ToString().ShouldBe("pc-q35-7.2");
        var after = await Server.VmAsync("a");
        after["status"]!["machineType"]!["resolved"]!.ToString().ShouldBe("pc-q35-7.2");
        after["status"]!["machineType"]!["source"]!.ToString().ShouldBe("Update");
        after["spec"]!.ToJsonString().ShouldBe(before["spec"]!.ToJsonString());
        after["metadata"]!["generation"]!.ToString().ShouldBe(before["metadata"]!["generation"]!.ToString());
        await Server.Api.MergeAsync(RunningServer.Vms + "/a", """{"metadata":{"labels":{"last":"yes"}}}""");
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
        (await watch.NextWordAsync()).ShouldBe("MODIFIED a");
        (await watch.NextAsync())!["object"]!["metadata"]!["labels"]!["last"]!.ToString().ShouldBe("yes");
        (await _types.EventsAsync()).ShouldBe(["Machine type pc-q35-7.2 is recorded; it was pc-q35-6.2."]);
    }

    [Fact]
    public async Task What_is_recorded_already_is_answered_and_not_written()
    {
        var before = await _types.MakeAsync();

        var reply = await Server.PutAsync(Path, """{"machineType":"pc-q35-6.2"}""");

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply["outcome"]!.ToString().ShouldBe("Unchanged");
        reply["current"]!.ToString().ShouldBe("pc-q35-6.2");
        (await Server.VmAsync("a")).ToJsonString().ShouldBe(before.ToJsonString());
        (await _types.EventsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"machineType":"pc-q35-7.2","dryRun":["All"]}""", "")]
    [InlineData("""{"machineType":"pc-q35-7.2"}""", "?dryRun=All")]
    public async Task A_dry_run_answers_what_would_be_and_writes_nothing(string body, string query)
    {
        var before = await _types.MakeAsync();

        var reply = await Server.PutAsync(Path + query, body);

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply["outcome"]!.ToString().ShouldBe("Updated");
        (await Server.VmAsync("a")).ToJsonString().ShouldBe(before.ToJsonString());
        (await _types.EventsAsync()).ShouldBeEmpty();
        var refused = await Server.PutAsync(Path + query, body.Replace("7.2", "6.0"));
        refused.Code.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("pc-q35-6.2", "pc-q35-6.0", "Downgrade", 409)]
    [InlineData("pc-q35-6.2", "pc-i440fx-7.2", "FamilyChange", 409)]
    [InlineData("pc-q35-6.2", "q35", "AliasFromVersioned", 409)]
    [InlineData("pc-q35-6.2", "pc-q35-rhel9.6.0", "NotComparable", 409)]
    [InlineData("pc-q35-6.2", "pc-q35-99.9", "NotOffered", 422)]
    [InlineData("pc-q35-6.2", "no type at all", "Malformed", 422)]
    [InlineData("pc-q35-6.2", "", "NoImageType", 422)]
    public async Task Every_refusal_has_a_cause_of_its_own(string recorded, string wanted, string cause, int code)
    {
        var before = await _types.MakeAsync(template: recorded, recorded: recorded);

        var reply = await Server.PutAsync(Path, $$"""{"machineType":"{{wanted}}"}""");

        ((int)reply.Code).ShouldBe(code, reply.Text);
        reply["details"]!["kind"]!.ToString().ShouldBe("virtualmachine");
        var only = reply["details"]!["causes"]!.AsArray().ShouldHaveSingleItem()!;
        only["reason"]!.ToString().ShouldBe(cause);
        only["field"]!.ToString().ShouldBe("machineType");
        reply.Message.ShouldContain("virtualmachine.kubevirt.io \"a\"");
        reply.Message.ShouldEndWith(only["message"]!.ToString());
        (await Server.VmAsync("a")).ToJsonString().ShouldBe(before.ToJsonString());
    }

    [Theory]
    [InlineData("pc-q35-6.0", 200)]
    [InlineData("pc-i440fx-7.2", 200)]
    [InlineData("pc-q35-99.9", 422)]
    [InlineData("no type at all", 422)]
    public async Task Force_overrides_and_warns_but_makes_no_type_out_of_none(string wanted, int code)
    {
        await _types.MakeAsync();

        var reply = await Server.PutAsync(Path, $$"""{"machineType":"{{wanted}}","force":true}""");

        ((int)reply.Code).ShouldBe(code, reply.Text);
        if (code == 200)
        {
            reply["warnings"]!.AsArray().ShouldNotBeEmpty();
            (await _types.RecordAsync())!["resolved"]!.ToString().ShouldBe(wanted);
        }
    }

    [Fact]
    public async Task A_running_machine_is_updated_at_its_next_boot_only()
    {
        await _types.MakeAsync(strategy: "Always");
        await _types.RunAsync("a", "pc-q35-6.2");
        var refused = await Server.PutAsync(Path, """{"machineType":"pc-q35-7.2"}""");
        refused.Code.ShouldBe(HttpStatusCode.Conflict);
        refused["details"]!["causes"]![0]!["reason"]!.ToString().ShouldBe("WrongState");

        var reply = await Server.PutAsync(Path, """{"machineType":"pc-q35-7.2","atNextBoot":true}""");

        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply["outcome"]!.ToString().ShouldBe("Pending");
        var record = (await _types.RecordAsync())!;
        record["resolved"]!.ToString().ShouldBe("pc-q35-6.2");
        record["pending"]!["type"]!.ToString().ShouldBe("pc-q35-7.2");
        (await _types.EventsAsync()).ShouldBe([
            "Machine type pc-q35-7.2 is stored for the next boot; the guest runs with pc-q35-6.2 until then.",
        ]);
        var shown = await Server.Api.GetAsync(Path);
        shown["running"]!.ToString().ShouldBe("pc-q35-6.2");
        shown["recorded"]!["pending"]!["type"]!.ToString().ShouldBe("pc-q35-7.2");
    }

    [Theory]
    [InlineData("""{"machinetype":"q35"}""", "unknown field \"machinetype\"; there are machineType, from, force")]
    [InlineData("""{"machineType":7}""", "Can not unmarshal Request body to struct, error:")]
    [InlineData("""{"machineType":"q35","force":"yes"}""", "Can not unmarshal Request body to struct, error:")]
    [InlineData("""{"machineType":"q35","dryRun":["Some"]}""", "dryRun")]
    [InlineData("[]", "Can not unmarshal Request body to struct, error:")]
    public async Task A_body_that_makes_no_sense_is_refused(string body, string why)
    {
        var before = await _types.MakeAsync();

        var reply = await Server.PutAsync(Path, body);

        reply.Code.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        reply.Message.ShouldContain(why);
        (await Server.VmAsync("a")).ToJsonString().ShouldBe(before.ToJsonString());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task A_machine_that_is_not_there_is_named(string method)
    {
        var reply = await Server.Api.SendAsync(method, Path, method == "PUT" ? "{}" : null);

        reply.Code.ShouldBe(HttpStatusCode.NotFound);
        reply.Message.ShouldBe("virtualmachine.kubevirt.io \"a\" not found");
    }

    [Theory]
    [InlineData("GET", "get")]
    [InlineData("PUT", "update")]
    public async Task Who_is_no_master_is_told_what_he_lacks(string method, string verb)
    {
        await _types.MakeAsync();
        using var bob = Server.Api.Server.CreateClient("bob", "developers");

        var reply = await RunningServer.SendAsync(bob, method, Path, method == "PUT" ? "{}" : null);

        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
        reply.Message.ShouldContain($"User \"bob\" cannot {verb} resource \"virtualmachines/machinetype\"");
        (await Server.Api.PostAsync(Path, "{}")).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }
}
