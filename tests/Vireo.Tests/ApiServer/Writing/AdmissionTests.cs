using System.Net;

namespace Vireo.Tests.ApiServer.Writing;

public sealed class AdmissionTests : IAsyncLifetime
{
    private const string Configuration = "/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_refusal_reads_as_kubevirts_webhooks_write_it()
    {
        var reply = await _server.PostAsync(RunningServer.Vms, WithLooseDisks(2));
        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Reason.ShouldBe("Invalid");
        var causes = reply["details"]!["causes"]!.AsArray();
        causes.Count.ShouldBe(2);
        causes[0]!["field"]!.ToString().ShouldStartWith("spec.template.spec.domain.devices.disks[0]");
        causes[0]!["reason"]!.ToString().ShouldStartWith("FieldValue");
        reply.Message.ShouldBe(string.Join(", ", causes.Select(cause => cause!["message"]!.ToString())));
    }

    [Fact]
    public async Task A_long_list_of_causes_is_cut_in_the_message_and_whole_in_the_details()
    {
        var reply = await _server.PostAsync(RunningServer.Vms, WithLooseDisks(13));
        reply["details"]!["causes"]!.AsArray().Count.ShouldBe(13);
        reply.Message.ShouldEndWith(", and 3 more validation errors");
    }

    [Fact]
    public async Task The_rules_follow_the_configuration_at_once()
    {
        var body = RunningServer
            .Vm("a")
            .Replace("\"domain\":{", "\"domain\":{\"machine\":{\"type\":\"pc-i440fx-rhel7.6.0\"},");
        var steps = new[]
        {
            ("\"q35*\",\"pc-*\"", HttpStatusCode.Created),
            ("\"q35*\"", HttpStatusCode.UnprocessableEntity),
        };
        foreach (var (allowed, code) in steps)
        {
            var globs = $$"""{"amd64":{"emulatedMachines":[{{allowed}}]} }""";
            var changed = await _server.MergeAsync(
                Configuration,
                $$"""{"spec":{"configuration":{"architectureConfiguration":{{globs}} } } }"""
            );
            changed.Code.ShouldBe(HttpStatusCode.OK, changed.Text);
            var reply = await _server.PostAsync(RunningServer.Vms + "?dryRun=All", body);
            reply.Code.ShouldBe(code, reply.Text);
        }
    }

    [Fact]
    public async Task What_the_rules_leave_alone_is_stored_as_it_was_written()
    {
        var made = await _server.MakeVmAsync("a");
        made["spec"]!["template"]!["spec"]!["domain"]!["memory"]!["guest"]!.ToString().ShouldBe("64Mi");
        made["spec"]!
            .ToJsonString()
            .ShouldBe(
                """{"runStrategy":"Halted","template":{"spec":{"domain":{"devices":{},"memory":{"guest":"64Mi"}}}}}"""
            );
    }

    [Fact]
    public async Task Only_Vireo_says_which_revision_an_instance_is_made_from()
    {
        foreach (var (name, client) in new[] { ("mine", _server.Own), ("yours", _server.Client) })
        {
            var body = RunningServer.Vmi(
                name,
                ""","status":{"phase":"Running","virtualMachineRevisionName":"revision-1"}"""
            );

            var made = await RunningServer.SendAsync(client, "POST", RunningServer.Vmis, body);

            made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
            made["status"]!["phase"]!.ToString().ShouldBe("Pending");
            made["status"]!
                ["virtualMachineRevisionName"]
                ?.ToString()
                .ShouldBe(name == "mine" ? "revision-1" : null, name);
        }
    }

    [Fact]
    public async Task A_new_strategy_voids_what_a_stop_remembered()
    {
        await _server.MakeVmAsync("a");
        const string path = RunningServer.Vms + "/a";
        var stopped = await _server.MergeAsync(path + "/status", """{"status":{"runStrategyBeforeStop":"Once"}}""");
        stopped["status"]!["runStrategyBeforeStop"]!.ToString().ShouldBe("Once");

        var edited = await _server.MergeAsync(path, """{"spec":{"runStrategy":"Manual"}}""");

        edited.Code.ShouldBe(HttpStatusCode.OK, edited.Text);
        edited["status"]!["runStrategyBeforeStop"].ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_run_strategy_is_refused_with_those_that_are_known()
    {
        var reply = await _server.PostAsync(RunningServer.Vms, RunningServer.Vm("a").Replace("Halted", "Sometimes"));

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var cause = reply["details"]!["causes"]!.AsArray().ShouldHaveSingleItem()!;
        cause["field"]!.ToString().ShouldBe("spec.runStrategy");
        cause["reason"]!.ToString().ShouldBe("FieldValueNotSupported");
        cause["message"]!.ToString().ShouldContain("\"Sometimes\": supported values: \"Always\", \"RerunOnFailure\"");
    }

    private static string WithLooseDisks(int count)
    {
        var disks = string.Join(",", Enumerable.Range(0, count).Select(i => $$$"""{"name":"d{{{i}}}","disk":{}}"""));
        return RunningServer
            .Vm("a")
            .Replace(
                "\"devices\":{}",
                $$"""
                "devices":{"disks":[{{disks}}]}
                """
            );
    }
}
