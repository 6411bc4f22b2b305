using System.Net;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Start, stop, restart and migrate, as virtctl asks for them.</summary>
public sealed class MachineActionTests : IAsyncLifetime
{
    private const string Machine = ActingServer.Vms + "/a";

    private ActingServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ActingServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha3")]
    public async Task A_start_of_a_halted_machine_is_accepted_without_a_body(string version)
    {
        await _server.MakeVmAsync("a", "Halted");
        var reply = await _server.PutAsync(Machine.Replace("/v1/", $"/{version}/") + "/start");
        reply.Code.ShouldBe(HttpStatusCode.Accepted);
        reply.Text.ShouldBeEmpty();
        var vm = await _server.VmAsync("a");
        vm["spec"]!["runStrategy"]!.ToString().ShouldBe("Always");
        vm["metadata"]!["generation"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task A_stop_and_a_start_give_back_the_strategy_in_one_write_each()
    {
        await _server.MakeVmAsync("a", "Once");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"));
        using var watch = await _server.Api.WatchAsync(RunningServer.Vms);
        (await _server.PutAsync(Machine + "/stop", "{}")).Code.ShouldBe(HttpStatusCode.Accepted);
        var stopped = await _server.VmAsync("a");
        stopped["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
        stopped["status"]!["runStrategyBeforeStop"]!.ToString().ShouldBe("Once");
        (await _server.PutAsync(Machine + "/start", "{}")).Code.ShouldBe(HttpStatusCode.Accepted);
        var started = await _server.VmAsync("a");
        started["spec"]!["runStrategy"]!.ToString().ShouldBe("Once");
        started["metadata"]!["generation"]!.GetValue<int>().ShouldBe(3);
        foreach (var word in new[] { "ADDED a", "MODIFIED a", "MODIFIED a" })
        {
            (await watch.NextWordAsync()).ShouldBe(word);
        }

        await _server.Api.MergeAsync(RunningServer.Vms + "/a", """{"metadata":{"labels":{"last":"yes"}}}""");
        (await watch.NextWordAsync()).ShouldBe("MODIFIED a");
        started["metadata"]!["resourceVersion"]!
            .ToString()
            .ShouldNotBe(stopped["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task A_request_to_a_manual_machine_is_status_only_and_no_new_generation()
    {
        await _server.MakeVmAsync("a", "Manual");
        (await _server.PutAsync(Machine + "/start", "paused: true")).Code.ShouldBe(HttpStatusCode.Accepted);
        var vm = await _server.VmAsync("a");
        var request = vm["status"]!["stateChangeRequests"]!.AsArray().ShouldHaveSingleItem()!;
        request["action"]!.ToString().ShouldBe("Start");
        request["data"]!["paused"]!.ToString().ShouldBe("true");
        vm["metadata"]!["generation"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_with_a_grace_period_sets_the_instances_first()
    {
        await _server.MakeVmAsync("a", "Always");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"));
        (await _server.PutAsync(Machine + "/stop", """{"gracePeriod":0}""")).Code.ShouldBe(HttpStatusCode.Accepted);
        (await _server.VmiAsync("a"))["spec"]!["terminationGracePeriodSeconds"]!.GetValue<int>().ShouldBe(0);
        (await _server.VmAsync("a"))["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
    }

    [Theory]
    [InlineData("start", "")]
    [InlineData("stop", "")]
    [InlineData("restart", "")]
    [InlineData("migrate", "")]
    [InlineData("expand-spec", "", "GET")]
    public async Task A_machine_that_is_not_there_is_named(string action, string body, string method = "PUT")
    {
        var reply = await _server.Api.SendAsync(method, $"{Machine}/{action}", body.Length == 0 ? null : body, "");
        reply.Code.ShouldBe(HttpStatusCode.NotFound);
        reply.Message.ShouldBe("virtualmachine.kubevirt.io \"a\" not found");
        reply["details"]!["kind"]!.ToString().ShouldBe("virtualmachine");
    }

    [Theory]
    [InlineData("start", "garbage: [", "Can not unmarshal Request body to struct, error:")]
    [InlineData("start", "just words", "Can not unmarshal Request body to struct, error:")]
    [InlineData("start", "[1]", "Can not unmarshal Request body to struct, error:")]
    [InlineData("start", """{"paused":"perhaps"}""", "Can not unmarshal Request body to struct, error:")]
    [InlineData("start", """{"pausd":true}""", "unknown field \"pausd\"; there are paused, dryRun")]
    [InlineData("start", """{"dryRun":["Some"]}""", "dryRun")]
    [InlineData("stop", """{"gracePeriod":-1}""", "gracePeriod")]
    [InlineData("stop", """{"gracePeriod":99999999999999999999}""", "Can not unmarshal Request body to struct, error:")]
    [InlineData("restart", """{"gracePeriodSeconds":-1}""", "race")]
    [InlineData("restart", """{"gracePeriodSeconds":5}""", "only gracePeriod=0 is supported")]
    public async Task A_body_that_makes_no_sense_changes_nothing(string action, string body, string why)
    {
        await _server.MakeVmAsync("a", "Always");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"));
        var before = (await _server.VmAsync("a")).ToJsonString() + (await _server.VmiAsync("a")).ToJsonString();
        var reply = await _server.PutAsync($"{Machine}/{action}", body);
        reply.Code.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        reply.Reason.ShouldBe("BadRequest");
        reply.Message.ShouldContain(why);
        ((await _server.VmAsync("a")).ToJsonString() + (await _server.VmiAsync("a")).ToJsonString()).ShouldBe(before);
    }

    [Fact]
    public async Task A_wrong_state_is_a_conflict_that_names_the_machine()
    {
        await _server.MakeVmAsync("a", "Halted");
        var reply = await _server.PutAsync(Machine + "/stop");
        reply.Code.ShouldBe(HttpStatusCode.Conflict);
        reply.Reason.ShouldBe("Conflict");
        reply.Message.ShouldBe("Operation cannot be fulfilled on virtualmachine.kubevirt.io \"a\": VM is not running");
    }

    [Theory]
    [InlineData("""{"dryRun":["All"],"gracePeriod":0}""", "")]
    [InlineData("""{"gracePeriod":0}""", "?dryRun=All")]
    public async Task A_dry_run_is_checked_and_changes_nothing(string body, string query)
    {
        await _server.MakeVmAsync("a", "Always");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"));
        var before = (await _server.VmAsync("a")).ToJsonString() + (await _server.VmiAsync("a")).ToJsonString();
        (await _server.PutAsync($"{Machine}/stop{query}", body)).Code.ShouldBe(HttpStatusCode.Accepted);
        ((await _server.VmAsync("a")).ToJsonString() + (await _server.VmiAsync("a")).ToJsonString()).ShouldBe(before);
        await _server.MakeVmAsync("b", "Halted");
        (await _server.PutAsync(ActingServer.Vms + "/b/stop?dryRun=All")).Code.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task An_action_is_decided_again_when_others_write_the_machine_meanwhile()
    {
        await _server.MakeVmAsync("a", "Manual");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var labels = $$"""{"metadata":{"labels":{"w":"{{i}}"} } }""";
                (await _server.Api.MergeAsync(RunningServer.Vms + "/a", labels)).Code.ShouldBe(HttpStatusCode.OK);
            }
        });
        var done = 0;
        for (var i = 0; i < 20; i++)
        {
            // Each asks for something else than the one before it, so each has something to write.
            var reply = await _server.PutAsync(Machine + "/start", i % 2 == 0 ? "paused: true" : "");
            done += reply.Code == HttpStatusCode.Accepted ? 1 : 0;
        }

        await stop.CancelAsync();
        await writer;
        // One that loses ten times in a row may give up.
        done.ShouldBeGreaterThanOrEqualTo(18);
        var vm = await _server.VmAsync("a");
        vm["status"]!["stateChangeRequests"]!.AsArray().Count.ShouldBe(1);
        vm["metadata"]!["labels"]!["w"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_migration_is_made_once_and_refused_while_it_is_open()
    {
        await _server.MakeVmAsync("a", "Always");
        var missing = await _server.PutAsync(Machine + "/migrate");
        missing.Code.ShouldBe(HttpStatusCode.NotFound);
        missing.Message.ShouldStartWith("virtualmachineinstance.kubevirt.io \"a\" not found");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"));
        const string migrations = "/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstancemigrations";

        (await _server.PutAsync(Machine + "/migrate", """{"dryRun":["All"]}""")).Code.ShouldBe(HttpStatusCode.Accepted);
        (await _server.Api.GetAsync(migrations)).Json["items"]!.AsArray().ShouldBeEmpty();
        var reply = await _server.PutAsync(Machine + "/migrate", """{"addedNodeSelector":{"disk":"fast"}}""");

        reply.Code.ShouldBe(HttpStatusCode.Accepted);
        var made = (await _server.Api.GetAsync(migrations)).Json["items"]!.AsArray().ShouldHaveSingleItem()!;
        made["metadata"]!["name"]!.ToString().ShouldStartWith("kubevirt-migrate-vm-");
        made["metadata"]!["labels"]!["kubevirt.io/vmi-name"]!.ToString().ShouldBe("a");
        made["spec"]!["addedNodeSelector"]!["disk"]!.ToString().ShouldBe("fast");
        var again = await _server.PutAsync(Machine + "/migrate");
        again.Code.ShouldBe(HttpStatusCode.Conflict);
        again.Message.ShouldContain("in-flight migration detected. Active migration job (");
    }

    [Theory]
    [InlineData("virtualmachines")]
    [InlineData("virtualmachineinstances")]
    public async Task An_evacuation_of_a_guest_that_is_to_stay_anyway_is_cancelled_without_a_word(string resource)
    {
        const string group = ActingServer.Group + "/namespaces/default";
        var nobody = await _server.PutAsync($"{group}/{resource}/a/evacuate/cancel");
        nobody.Code.ShouldBe(HttpStatusCode.NotFound);
        await _server.MakeVmAsync("a", "Always");
        await _server.RunAsync("a", owner: await _server.VmAsync("a"));

        var reply = await _server.PutAsync($"{group}/{resource}/a/evacuate/cancel");

        reply.Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_machine_expands_to_what_it_comes_to_and_that_to_itself()
    {
        await _server.MakeVmAsync("a", "Halted");
        var expanded = await _server.Api.GetAsync(Machine + "/expand-spec");
        var machine = await _server.VmAsync("a");
        expanded["metadata"]!["uid"]!.ToString().ShouldBe(machine["metadata"]!["uid"]!.ToString());
        expanded["status"]!.ToJsonString().ShouldBe(machine["status"]!.ToJsonString());
        var domain = expanded["spec"]!["template"]!["spec"]!["domain"]!;
        domain["memory"]!["guest"]!.ToString().ShouldBe("64Mi");
        domain["machine"]!["type"]!.ToString().ShouldBe("q35");
        domain["devices"]!["interfaces"]!.ToJsonString().ShouldBe("""[{"name":"default","masquerade":{}}]""");

        const string expand = ActingServer.Group + "/namespaces/default/expand-vm-spec";
        var twice = await _server.PutAsync(
            expand,
            $$$"""
            {"apiVersion":"kubevirt.io/v1","kind":"VirtualMachine","metadata":{"name":"a"},
             "spec":{{{expanded["spec"]!.ToJsonString()}}}}
            """
        );
        twice["spec"]!.ToJsonString().ShouldBe(expanded["spec"]!.ToJsonString());

        var sent = await _server.PutAsync(expand, RunningServer.Vm("b"));
        sent.Code.ShouldBe(HttpStatusCode.OK, sent.Text);
        sent["spec"]!["runStrategy"]!.ToString().ShouldBe("Halted");
        var wrong = await _server.PutAsync(expand, RunningServer.Vm("b").Replace("Halted", "Sometimes"));
        wrong.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        wrong.Message.ShouldContain("Sometimes");
        (await _server.Api.GetAsync(expand)).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Who_is_no_master_is_told_what_he_lacks()
    {
        await _server.MakeVmAsync("a", "Halted");
        using var bob = _server.Api.Server.CreateClient("bob", "developers");
        var reply = await RunningServer.SendAsync(bob, "PUT", Machine + "/start");
        reply.Code.ShouldBe(HttpStatusCode.Forbidden);
        reply.Message.ShouldBe(
            "virtualmachines.subresources.kubevirt.io \"a\" is forbidden: User \"bob\" cannot update resource "
                + "\"virtualmachines/start\" in API group \"subresources.kubevirt.io\" in the namespace \"default\""
        );
    }
}
