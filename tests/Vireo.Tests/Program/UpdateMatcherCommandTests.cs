using System.Net;
using System.Text.Json.Nodes;
using Vireo.Tests.ApiServer;

namespace Vireo.Tests.Program;

/// <summary>`vireo vm`: another instance type or preference, planned, made, and waited for.</summary>
public sealed class UpdateMatcherCommandTests : IAsyncLifetime
{
    private const string Types = "/apis/instancetype.kubevirt.io/v1beta1";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await MakeAsync(
            "virtualmachineclusterinstancetypes",
            "small",
            """{"cpu":{"guest":1},"memory":{"guest":"1Gi"} }"""
        );
        await MakeAsync(
            "virtualmachineclusterinstancetypes",
            "big",
            """{"cpu":{"guest":2},"memory":{"guest":"2Gi"} }"""
        );
        await MakeAsync(
            "namespaces/default/virtualmachineinstancetypes",
            "own",
            """{"cpu":{"guest":2},"memory":{"guest":"2Gi"} }"""
        );
        await MakeAsync("virtualmachineclusterpreferences", "plain", "{}");
        await MakeAsync(
            "virtualmachineclusterpreferences",
            "greedy",
            """{"requirements":{"memory":{"guest":"4Gi"} } }"""
        );
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_machine_is_given_another_type_and_keeps_no_pin()
    {
        await MakeMachineAsync("""{"name":"small","revisionName":"old"}""");

        var update = await _server.RunAsync("vm update-instance-type web big");

        update.ExitCode.ShouldBe(0, update.Error);
        update.Output.ShouldBe("VM web: its instance type is now big; it was small\n");
        (await SpecAsync())["instancetype"]!
            .ToJsonString()
            .ShouldBe("""{"name":"big","kind":"VirtualMachineClusterInstancetype"}""");
    }

    [Theory]
    [InlineData("virtualmachineinstancetype")]
    [InlineData("VirtualMachineInstancetypes")]
    [InlineData("vmf")]
    public async Task A_type_of_the_namespace_is_named_by_its_kind_in_any_form(string kind)
    {
        await MakeMachineAsync();

        var update = await _server.RunAsync($"vm update-instance-type web {kind}/own -o json");

        update.ExitCode.ShouldBe(0, update.Error);
        JsonNode.Parse(update.Output)!["instancetype"]!["kind"]!.ToString().ShouldBe("VirtualMachineInstancetype");
        (await SpecAsync())["instancetype"]!["kind"]!.ToString().ShouldBe("VirtualMachineInstancetype");
    }

    [Fact]
    public async Task A_machine_without_a_preference_is_given_one()
    {
        await MakeMachineAsync();

        var update = await _server.RunAsync("vm update-preference web plain");

        update.Output.ShouldBe("VM web: its preference is now plain; it had none\n");
        (await SpecAsync())["preference"]!["name"]!.ToString().ShouldBe("plain");
        (await _server.RunAsync("vm update-preference web plain")).Output.ShouldBe(
            "VM web: its preference is plain already\n"
        );
    }

    [Theory]
    [InlineData(
        "update-instance-type web none",
        1,
        "virtualmachineclusterinstancetypes.instancetype.kubevirt.io \"none\" not found"
    )]
    [InlineData("update-instance-type web none", 1, "'kubectl get virtualmachineclusterinstancetypes'")]
    [InlineData("update-instance-type nobody big", 1, "virtualmachine.kubevirt.io \"nobody\" not found")]
    [InlineData("update-instance-type web pods/big", 2, "'pods/big' names no instance type")]
    [InlineData(
        "update-preference web none",
        1,
        "virtualmachineclusterpreferences.instancetype.kubevirt.io \"none\" not found"
    )]
    [InlineData("update-preference web greedy", 1, "insufficient Memory resources of 1Gi provided by instance type")]
    [InlineData("update-preference web greedy --dry-run", 1, "insufficient Memory resources of 1Gi")]
    public async Task What_cannot_be_is_refused_and_nothing_changes(string line, int code, string says)
    {
        await MakeMachineAsync();
        var before = await SpecAsync();

        var refused = await _server.RunAsync($"vm {line}");

        refused.ExitCode.ShouldBe(code, refused.Output + refused.Error);
        refused.Error.ShouldContain(says);
        (await SpecAsync()).ToJsonString().ShouldBe(before.ToJsonString());
    }

    [Fact]
    public async Task A_dry_run_of_a_machine_that_is_stopped_says_so_and_changes_nothing()
    {
        await MakeMachineAsync();

        var plan = await _server.RunAsync("vm update-instance-type web big --dry-run");

        plan.ExitCode.ShouldBe(0, plan.Error);
        plan.Output.ShouldBe("VM web: no guest runs: all of it holds from its next start on\n");
        (await SpecAsync())["instancetype"]!["name"]!.ToString().ShouldBe("small");
    }

    [Fact]
    public async Task A_dry_run_tells_what_comes_to_the_guest_and_how()
    {
        await MakeMachineAsync();
        await RunGuestAsync();

        var plan = await _server.RunAsync("vm update-instance-type web big --dry-run");
        var document = await _server.RunAsync("vm update-instance-type web big --dry-run -o json");

        plan.ExitCode.ShouldBe(0, plan.Error);
        plan.Output.ShouldContain("VM web: domain.cpu.sockets 1 -> 2: live, in place\n");
        plan.Output.ShouldContain("VM web: domain.memory.guest 1Gi -> 2Gi: live, in place\n");
        var changes = JsonNode.Parse(document.Output)!["plan"]!["changes"]!.AsArray();
        changes.Select(change => $"{change!["field"]} {change["effect"]}").ShouldContain("domain.cpu.sockets Live");
        (await SpecAsync())["instancetype"]!["name"]!.ToString().ShouldBe("small");
    }

    [Fact]
    public async Task A_dry_run_of_a_preference_tells_what_its_machine_type_comes_to()
    {
        await MakeMachineAsync();
        await MakeAsync(
            "virtualmachineclusterpreferences",
            "aged",
            """{"machine":{"preferredMachineType":"pc-q35-7.2"}}"""
        );

        var plan = await _server.RunAsync("vm update-preference web aged --dry-run");

        plan.ExitCode.ShouldBe(0, plan.Error);
        plan.Output.ShouldContain("VM web: its machine type is pc-q35-7.2 from its first boot on");
    }

    [Fact]
    public async Task A_wait_ends_once_the_guest_has_all_of_it()
    {
        await MakeMachineAsync();
        await RunGuestAsync();

        using var machines = await _server.WatchAsync(RunningServer.Vms);
        var update = _server.RunAsync("vm update-instance-type web big --wait");
        var generation = await ChangedAsync(machines);
        await ShowMachineAsync($$"""{"desiredGeneration":{{generation}} }""");
        await PatchInstanceAsync("""{"spec":{"domain":{"cpu":{"sockets":2},"memory":{"guest":"2Gi"} } } }""");
        update.IsCompleted.ShouldBeFalse();
        await PatchInstanceAsync(
            """{"status":{"currentCPUTopology":{"sockets":2},"memory":{"guestCurrent":"2Gi"} } }"""
        );

        var done = await update;
        done.ExitCode.ShouldBe(0, done.Error);
        done.Output.ShouldEndWith("VM web: its guest has 2 vCPUs and 2Gi of memory\n");
    }

    [Fact]
    public async Task A_wait_that_comes_to_a_restart_ends_with_a_code_of_its_own_and_names_the_fields()
    {
        await MakeMachineAsync();
        await RunGuestAsync();

        using var machines = await _server.WatchAsync(RunningServer.Vms);
        var update = _server.RunAsync("vm update-instance-type web big -w -o json");
        var generation = await ChangedAsync(machines);
        await ShowMachineAsync(
            $$"""
            {"desiredGeneration":{{generation}},"conditions":[{"type":"RestartRequired","status":"True","message":
             "a non-live-updatable field was changed in the template spec: domain.cpu.cores, domain.cpu.model"}]}
            """
        );

        var done = await update;
        done.ExitCode.ShouldBe(8, done.Error);
        JsonNode.Parse(done.Output)!["restartRequired"]!
            .AsArray()
            .Select(field => field!.ToString())
            .ShouldBe(["domain.cpu.cores", "domain.cpu.model"]);
        done.Error.ShouldContain("'vireo restart web'");
    }

    private async Task MakeAsync(string collection, string name, string spec)
    {
        var made = await _server.PostAsync(
            $"{Types}/{collection}",
            $$"""{"metadata":{"name":"{{name}}"},"spec":{{spec}} }"""
        );
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    private async Task MakeMachineAsync(string matcher = """{"name":"small"}""")
    {
        var made = await _server.PostAsync(
            RunningServer.Vms,
            $$"""
            {"metadata":{"name":"web"},"spec":{"runStrategy":"Always","instancetype":{{matcher}},
             "template":{"spec":{"domain":{"devices":{} } } } } }
            """
        );
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
    }

    /// <summary>An instance of the machine that runs with what the small type gives it.</summary>
    private async Task RunGuestAsync()
    {
        var made = await RunningServer.SendAsync(
            _server.Own,
            "POST",
            RunningServer.Vmis,
            """
            {"metadata":{"name":"web"},"spec":{"domain":{"devices":{},"cpu":{"sockets":1,"cores":1,"threads":1,
             "maxSockets":4},"memory":{"guest":"1Gi","maxGuest":"4Gi"} } } }
            """
        );
        made.Code.ShouldBe(HttpStatusCode.Created, made.Text);
        await PatchInstanceAsync(
            """
            {"status":{"phase":"Running","currentCPUTopology":{"sockets":1,"cores":1,"threads":1},
             "memory":{"guestAtBoot":"1Gi","guestRequested":"1Gi","guestCurrent":"1Gi"} } }
            """
        );
    }

    private async Task PatchInstanceAsync(string patch) => await PatchAsync($"{RunningServer.Vmis}/web", patch);

    private async Task ShowMachineAsync(string status) =>
        await PatchAsync($"{RunningServer.Vms}/web/status", $$"""{"status":{{status}} }""");

    private async Task PatchAsync(string path, string patch)
    {
        var done = await RunningServer.SendAsync(_server.Own, "PATCH", path, patch, "application/merge-patch+json");
        done.Code.ShouldBe(HttpStatusCode.OK, done.Text);
    }

    private async Task<JsonNode> SpecAsync() => (await _server.GetAsync($"{RunningServer.Vms}/web"))["spec"]!;

    /// <summary>The machine's generation once its type was changed.</summary>
    private static async Task<long> ChangedAsync(WatchReader machines)
    {
        while (true)
        {
            var machine = (await machines.NextAsync())!["object"]!;
            if (machine["spec"]!["instancetype"]!["name"]!.ToString() == "big")
            {
                return machine["metadata"]!["generation"]!.GetValue<long>();
            }
        }
    }
}
