using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Writing;

/// <summary>MachineTypeTransition, served like every kind.</summary>
public sealed class MachineTypeTransitionTests : IAsyncLifetime
{
    private const string Transitions = "/apis/vireo.dev/v1alpha1/machinetypetransitions";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task It_is_made_without_a_status_and_its_status_has_a_door_of_its_own()
    {
        var made = await MakeAsync("""{"machineTypes":"pc-q35-6.*"}""", """{"phase":"Completed"}""");
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        made["status"].ShouldBeNull();
        made["metadata"]!["generation"]!.GetValue<int>().ShouldBe(1);

        const string status = """{"status":{"phase":"Running","counts":{"selected":3,"updated":2}}}""";
        var plain = await _server.MergeAsync(Transitions + "/t", status);
        plain["status"].ShouldBeNull();
        var set = await _server.MergeAsync(Transitions + "/t/status", status);
        set.Code.ShouldBe(HttpStatusCode.OK, set.Text);
        set["status"]!["counts"]!["selected"]!.GetValue<int>().ShouldBe(3);
        set["metadata"]!["generation"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Its_columns_count_the_machines()
    {
        await MakeAsync("{}");
        const string status = """
            {"status":{"phase":"AwaitingRestarts","counts":{"selected":9,"updated":4,"restartRequired":3,"failed":1}}}
            """;
        await _server.MergeAsync(Transitions + "/t/status", status);

        var table = await _server.GetAsync(Transitions, Table);

        string.Join(' ', table["columnDefinitions"]!.AsArray().Select(column => column!["name"]!.ToString()))
            .ShouldBe("Name Phase Selected Updated Restart Failed Age");
        var cells = table["rows"]![0]!["cells"]!.AsArray();
        cells
            .Take(6)
            .Select(cell => cell!.ToJsonString())
            .ShouldBe(["\"t\"", "\"AwaitingRestarts\"", "9", "4", "3", "1"]);
    }

    [Theory]
    [InlineData("""{"restart":"Sometime"}""", "spec.restart")]
    [InlineData("""{"state":"Paused"}""", "spec.state")]
    [InlineData("""{"machineTypes":"pc-[q35"}""", "spec.machineTypes")]
    [InlineData("""{"selector":{"matchExpressions":[{"key":"a","operator":"Like"}]}}""", "spec.selector")]
    [InlineData("""{"steps":[{"below":"garbage of types","target":"newest"}]}""", "spec.steps[0].below")]
    [InlineData("""{"steps":[{"below":"pc-q35-7.2","target":"pc-q35-6.2"}]}""", "spec.steps[0]")]
    [InlineData("""{"limits":{"maxConcurrentRestarts":0}}""", "spec.limits.maxConcurrentRestarts")]
    [InlineData("""{"limits":{"batchInterval":"soon"}}""", "spec.limits.batchInterval")]
    [InlineData("""{"limits":{"window":{"start":"25:00","end":"04:00"}}}""", "spec.limits.window.start")]
    public async Task What_makes_no_sense_is_refused_with_its_field(string spec, string field)
    {
        var reply = await MakeAsync(spec);

        reply.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply["details"]!["causes"]!
            .AsArray()
            .Select(cause => cause!["field"]!.ToString())
            .ShouldContain(named => named.StartsWith(field), reply.Text);
        (await _server.GetAsync(Transitions + "/t")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_a_pause_and_the_end_may_be_asked_for_later()
    {
        await MakeAsync("""{"machineTypes":"pc-q35-6.*"}""");

        var other = await _server.MergeAsync(Transitions + "/t", """{"spec":{"machineTypes":"*"}}""");
        other.Code.ShouldBe(HttpStatusCode.UnprocessableEntity, other.Text);
        other.Text.ShouldContain("spec");
        var paused = await _server.MergeAsync(Transitions + "/t", """{"spec":{"paused":true}}""");
        paused.Code.ShouldBe(HttpStatusCode.OK, paused.Text);
        paused["metadata"]!["generation"]!.GetValue<int>().ShouldBe(2);
        var cancelled = await _server.MergeAsync(Transitions + "/t", """{"spec":{"cancelled":true}}""");
        cancelled.Code.ShouldBe(HttpStatusCode.OK, cancelled.Text);
    }

    [Fact]
    public async Task A_template_edit_that_a_guest_may_not_bear_is_let_through_with_a_warning()
    {
        await MakeVmAsync("pc-q35-7.2");
        foreach (var type in new[] { "pc-q35-6.2", "pc-i440fx-7.2", "pc-q35-rhel9.6.0" })
        {
            var edited = await EditAsync(type);
            edited.Code.ShouldBe(HttpStatusCode.OK, edited.Text);
            edited.Warnings.ShouldHaveSingleItem().ShouldContain(type);
            (await EditAsync("pc-q35-7.2")).Code.ShouldBe(HttpStatusCode.OK);
        }

        (await EditAsync("pc-q35-8.0")).Warnings.ShouldBeEmpty();
    }

    private Task<Reply> EditAsync(string type) =>
        _server.MergeAsync(
            RunningServer.Vms + "/a",
            $$"""{"spec":{"template":{"spec":{"domain":{"machine":{"type":"{{type}}"} } } } } }"""
        );

    private async Task MakeVmAsync(string type)
    {
        var body = JsonNode.Parse(RunningServer.Vm("a"))!;
        body["spec"]!["template"]!["spec"]!["domain"]!["machine"] = new JsonObject { ["type"] = type };
        var made = await _server.PostAsync(RunningServer.Vms, body.ToJsonString());
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    private Task<Reply> MakeAsync(string spec, string? status = null)
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "t" },
            ["spec"] = JsonNode.Parse(spec),
        };
        if (status is not null)
        {
            body["status"] = JsonNode.Parse(status);
        }

        return _server.PostAsync(Transitions, body.ToJsonString());
    }
}
