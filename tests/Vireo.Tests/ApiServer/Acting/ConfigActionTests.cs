using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Instances made from a configuration, started and stopped by its subresources.</summary>
public sealed class ConfigActionTests : IAsyncLifetime
{
    private const string Configs = "/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstanceconfigs";
    private const string Config = ActingServer.Configs + "/c";

    private ActingServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ActingServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task The_flow_of_the_design(string method)
    {
        var config = await MakeAsync();
        var started = await _server.Api.SendAsync(method, Config + "/start", null, "");
        started.Code.ShouldBe(HttpStatusCode.OK, started.Text);
        started["kind"]!.ToString().ShouldBe("VirtualMachineInstance");
        var first = await _server.VmiAsync("c");
        first["metadata"]!["uid"]!.ToString().ShouldBe(started["metadata"]!["uid"]!.ToString());
        var owner = first["metadata"]!["ownerReferences"]!.AsArray().ShouldHaveSingleItem()!;
        owner["uid"]!.ToString().ShouldBe(config["metadata"]!["uid"]!.ToString());
        first["status"]!["phase"]!.ToString().ShouldBe("Pending");

        (await _server.Api.MergeAsync(Configs + "/c", Memory("128Mi"))).Code.ShouldBe(HttpStatusCode.OK);
        Guest(await _server.VmiAsync("c")).ShouldBe("64Mi");
        (await _server.Api.SendAsync(method, Config + "/start", null, "")).Code.ShouldBe(HttpStatusCode.Conflict);

        var stopped = await _server.Api.SendAsync(method, Config + "/stop", null, "");
        stopped.Code.ShouldBe(HttpStatusCode.OK, stopped.Text);
        stopped["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        await LetGoAsync("c");
        (await _server.Api.SendAsync(method, Config + "/stop", null, "")).Code.ShouldBe(HttpStatusCode.Conflict);

        (await _server.Api.SendAsync(method, Config + "/start", null, "")).Code.ShouldBe(HttpStatusCode.OK);
        var second = await _server.VmiAsync("c");
        Guest(second).ShouldBe("128Mi");
        second["metadata"]!["uid"]!.ToString().ShouldNotBe(first["metadata"]!["uid"]!.ToString());
    }

    [Fact]
    public async Task More_than_one_instance_is_named_in_the_body_or_the_query()
    {
        await MakeAsync();
        (await _server.PutAsync(Config + "/start", """{"name":"one"}""")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.Api.GetAsync(Config + "/start?name=two")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.Api.SendAsync("GET", Config + "/start", "name: three", "")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.Api.GetAsync(RunningServer.Vmis)).Names.ShouldBe(["one", "three", "two"]);
        (await _server.Api.GetAsync(Config + "/stop?name=two")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.VmiAsync("two"))["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        (await _server.VmiAsync("one"))["metadata"]!["deletionTimestamp"].ShouldBeNull();
    }

    [Fact]
    public async Task An_ended_instance_is_replaced_when_it_is_gone()
    {
        await MakeAsync();
        await _server.PutAsync(Config + "/start");
        var uid = (await _server.VmiAsync("c"))["metadata"]!["uid"]!.ToString();
        await _server.OwnAsync("PATCH", RunningServer.Vmis + "/c", """{"status":{"phase":"Succeeded"}}""");
        var start = _server.PutAsync(Config + "/start");
        await Eventually.HoldsAsync(() => IsDeletingOrOther("c", uid));
        if ((await _server.VmiAsync("c"))["metadata"]!["uid"]!.ToString() == uid)
        {
            await LetGoAsync("c");
        }

        (await start).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.VmiAsync("c"))["metadata"]!["uid"]!.ToString().ShouldNotBe(uid);
    }

    [Fact]
    public async Task A_dry_run_makes_and_deletes_nothing()
    {
        await MakeAsync();
        (await _server.PutAsync(Config + "/start", """{"dryRun":["All"]}""")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.Api.GetAsync(RunningServer.Vmis)).Names.ShouldBeEmpty();
        await _server.PutAsync(Config + "/start");
        (await _server.Api.GetAsync(Config + "/stop?dryRun=All")).Code.ShouldBe(HttpStatusCode.OK);
        (await _server.VmiAsync("c"))["metadata"]!["deletionTimestamp"].ShouldBeNull();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_by_name()
    {
        (await _server.PutAsync(Config + "/start")).Message.ShouldBe(
            "virtualmachineinstanceconfig.kubevirt.io \"c\" not found"
        );
        await MakeAsync();
        (await _server.PutAsync(Config + "/start", """{"name":"No_Name"}""")).Code.ShouldBe(HttpStatusCode.BadRequest);
        (await _server.PutAsync(Config + "/start", "garbage: [")).Code.ShouldBe(HttpStatusCode.BadRequest);
        await _server.RunAsync("other");
        var foreign = await _server.PutAsync(Config + "/stop", """{"name":"other"}""");
        foreign.Code.ShouldBe(HttpStatusCode.Conflict);
        foreign.Message.ShouldStartWith(
            "Operation cannot be fulfilled on virtualmachineinstanceconfig.kubevirt.io \"c\": "
        );
        (await _server.Api.DeleteAsync(Config + "/start")).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    private static string Memory(string amount) =>
        """{"spec":{"template":{"spec":{"domain":{"memory":{"guest":"128Mi"}}}}}}""".Replace("128Mi", amount);

    private static string Guest(JsonObject vmi) => vmi["spec"]!["domain"]!["memory"]!["guest"]!.ToString();

    private async Task<JsonObject> MakeAsync()
    {
        var reply = await _server.Api.PostAsync(
            Configs,
            """
            {"metadata":{"name":"c"},
             "spec":{"template":{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"}}}}}}
            """
        );
        reply.Code.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply.Json;
    }

    /// <summary>Does what the host's agent does when the guest has ended.</summary>
    private async Task LetGoAsync(string name) =>
        await _server.OwnAsync("PATCH", $"{RunningServer.Vmis}/{name}", """{"metadata":{"finalizers":null}}""");

    private bool IsDeletingOrOther(string name, string uid)
    {
        var metadata = _server.VmiAsync(name).GetAwaiter().GetResult()["metadata"];
        return metadata?["deletionTimestamp"] is not null || metadata?["uid"]?.ToString() != uid;
    }
}
