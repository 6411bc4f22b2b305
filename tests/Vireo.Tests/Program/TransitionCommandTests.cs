using System.Net;
using System.Text.Json.Nodes;
using Vireo.Tests.ApiServer.Acting;

namespace Vireo.Tests.Program;

/// <summary>`vireo machine-type transition` against a server whose controllers a test plays.</summary>
public sealed class TransitionCommandTests : IAsyncLifetime
{
    private const string Transitions = "/apis/vireo.dev/v1alpha1/machinetypetransitions";

    private MachineTypeServer _types = null!;

    public async ValueTask InitializeAsync() => _types = await MachineTypeServer.StartAsync();

    public ValueTask DisposeAsync() => _types.DisposeAsync();

    [Fact]
    public async Task What_is_typed_becomes_the_transitions_spec()
    {
        await _types.Server.Api.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"shop"} }""");

        var made = await RunAsync(
            "machine-type transition --no-wait --name fleet -n shop -n default -l app=web,!old --state stopped"
                + " --machine-types pc-q35-* --below pc-q35-6.2 --target pc-q35-7.2 --allow-family-change --restart-now"
                + " --max-concurrent-restarts 3 --batch-size 10 --batch-interval 90 --max-failures 2"
                + " --window 22:00-04:00@Europe/Berlin"
        );

        made.ExitCode.ShouldBe(0, made.Error);
        var spec = (await _types.Server.Api.GetAsync($"{Transitions}/fleet"))["spec"]!;
        JsonNode
            .DeepEquals(
                spec,
                JsonNode.Parse(
                    """
                    {
                      "namespaces": ["shop", "default"],
                      "selector": {
                        "matchLabels": {"app": "web"},
                        "matchExpressions": [{"key": "old", "operator": "DoesNotExist"}]
                      },
                      "state": "Stopped",
                      "machineTypes": "pc-q35-*",
                      "steps": [{"below": "pc-q35-6.2", "target": "pc-q35-7.2"}],
                      "allowFamilyChange": true,
                      "restart": "Now",
                      "limits": {
                        "maxConcurrentRestarts": 3,
                        "batchSize": 10,
                        "batchInterval": "1m30s",
                        "maxFailures": 2,
                        "window": {"start": "22:00", "end": "04:00", "timeZone": "Europe/Berlin"}
                      }
                    }
                    """
                )
            )
            .ShouldBeTrue(spec.ToJsonString());
    }

    [Fact]
    public async Task What_is_not_typed_is_left_to_the_server()
    {
        var made = await RunAsync("machine-type transition --no-wait -o json");

        made.ExitCode.ShouldBe(0, made.Error);
        var answer = JsonNode.Parse(made.Output)!;
        answer["metadata"]!["name"]!.ToString().ShouldStartWith("transition-");
        answer["spec"]!.ToJsonString().ShouldBe("{}");
    }

    [Theory]
    [InlineData("Completed", "", """{"selected":2,"updated":1,"unchanged":1}""", 0, "")]
    [InlineData("AwaitingRestarts", "", """{"selected":1,"restartRequired":1}""", 0, "-l restart-vm-required")]
    [InlineData("Failed", "", """{"selected":0}""", 1, "no host offers it")]
    [InlineData("Cancelled", "", """{"selected":3,"waiting":3}""", 1, "no host offers it")]
    [InlineData("Completed", "", """{"selected":2,"updated":1,"refused":1}""", 7, "transition report fleet")]
    [InlineData("Failed", "", """{"selected":2,"failed":1,"waiting":1}""", 7, "transition report fleet")]
    [InlineData("Completed", "--wait", """{"selected":1,"updated":1}""", 0, "")]
    public async Task A_transition_is_followed_to_its_end(
        string phase,
        string options,
        string counts,
        int code,
        string says
    )
    {
        using var watch = await _types.Server.Api.WatchAsync(Transitions);
        var following = RunAsync($"machine-type transition --name fleet {options}".TrimEnd());
        (await watch.NextWordAsync()).ShouldBe("ADDED fleet");
        await ShowAsync("Running", """{"selected":2,"waiting":2}""");
        following.IsCompleted.ShouldBeFalse();
        await ShowAsync(phase, counts);

        var ended = await following;

        ended.ExitCode.ShouldBe(code, ended.Error);
        ended.Error.ShouldContain(says);
        ended.Lines[^1][..2].ShouldBe(["fleet", phase]);
    }

    [Fact]
    public async Task Who_waits_for_the_owners_is_not_sent_away_before_they_have_restarted()
    {
        using var watch = await _types.Server.Api.WatchAsync(Transitions);
        var following = RunAsync("machine-type transition --name fleet --wait --timeout 2s");
        (await watch.NextWordAsync()).ShouldBe("ADDED fleet");
        await ShowAsync("AwaitingRestarts", """{"selected":1,"restartRequired":1}""");

        var ended = await following;

        ended.ExitCode.ShouldBe(1);
        ended.Error.ShouldContain("has not ended within 2s; it goes on");
    }

    [Fact]
    public async Task A_transition_is_held_goes_on_and_is_ended()
    {
        await RunAsync("machine-type transition --name fleet --no-wait");

        (await RunAsync("machine-type transition pause fleet")).Output.ShouldBe("Transition fleet is paused\n");
        (await SpecAsync("fleet"))["paused"]!.ToString().ShouldBe("true");
        (await RunAsync("machine-type transition resume fleet")).Output.ShouldBe("Transition fleet goes on\n");
        (await SpecAsync("fleet"))["paused"]!.ToString().ShouldBe("false");
        (await RunAsync("machine-type transition cancel fleet")).Output.ShouldBe("Transition fleet is cancelled\n");
        (await SpecAsync("fleet"))["cancelled"]!.ToString().ShouldBe("true");
    }

    [Fact]
    public async Task A_rollback_is_a_transition_that_names_the_first()
    {
        await RunAsync("machine-type transition --name fleet --no-wait");

        var back = await RunAsync("machine-type transition rollback fleet --name back --restart-now --no-wait");

        back.ExitCode.ShouldBe(0, back.Error);
        var spec = await SpecAsync("back");
        spec["rollbackOf"]!.ToString().ShouldBe("fleet");
        spec["restart"]!.ToString().ShouldBe("Now");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("report")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("rollback")]
    public async Task A_transition_that_is_not_there_is_named(string verb)
    {
        var answer = await RunAsync($"machine-type transition {verb} nowhere");

        answer.ExitCode.ShouldBe(1);
        answer.Error.ShouldContain("machinetypetransitions.vireo.dev \"nowhere\" not found");
    }

    [Theory]
    [InlineData("--state asleep", "asleep")]
    [InlineData("-l app=(", "--selector")]
    [InlineData("--window noon", "--window")]
    [InlineData("--batch-interval 5m", "--batch-size")]
    [InlineData("--batch-size 0", "--batch-size")]
    [InlineData("--batch-size none --batch-interval 5m", "'none'")]
    [InlineData("--batch-interval soon --batch-size 5", "'soon'")]
    [InlineData("--wait --no-wait", "--no-wait")]
    [InlineData("--run --as-job --image x", "--as-job")]
    [InlineData("--as-job", "--image")]
    [InlineData("--image x", "--as-job")]
    [InlineData("--run-id x", "--run")]
    [InlineData("fleet", "fleet")]
    public async Task A_mistake_is_told_and_nothing_is_made(string options, string says)
    {
        var answer = await RunAsync($"machine-type transition {options}");

        answer.ExitCode.ShouldBe(2, answer.Output);
        answer.Error.ShouldContain(says);
        (await _types.Server.Api.GetAsync(Transitions))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_status_shows_counts_and_who_needs_somebody()
    {
        await RunAsync("machine-type transition --name fleet --no-wait");
        await ShowAsync(
            "AwaitingRestarts",
            """{"selected":2,"updated":1,"restartRequired":1}""",
            """
            [{"namespace":"default","name":"b","outcome":"RestartRequired","from":"pc-q35-6.2","to":"pc-q35-7.2"},
             {"namespace":"default","name":"a","outcome":"Updated"}]
            """
        );

        var status = await RunAsync("machine-type transition status fleet");
        var list = await RunAsync("machine-type transition list");

        status.ExitCode.ShouldBe(0, status.Error);
        status.Lines[1].ShouldBe(["fleet", "AwaitingRestarts", "2", "1", "1", "0", "0", "0", "0", "0"]);
        status.Lines[^1].ShouldBe(["default", "b", "RestartRequired", "pc-q35-6.2", "pc-q35-7.2"]);
        list.Lines[1].ShouldBe(status.Lines[1]);
    }

    [Theory]
    [InlineData("--target pc-q35-99.9", 1, "no host offers pc-q35-99.9")]
    [InlineData("-n nowhere", 1, "no namespace nowhere")]
    [InlineData("--below pc-q35-7.2 --target pc-q35-6.2", 2, "spec.steps")]
    [InlineData("--machine-types pc-[", 2, "spec.machineTypes")]
    public async Task What_could_not_begin_is_told_by_a_dry_run_and_by_a_run(string options, int code, string says)
    {
        await _types.MakeAsync();

        foreach (var how in (string[])["--dry-run", "--run"])
        {
            var answer = await RunAsync($"machine-type transition {how} {options}");

            answer.ExitCode.ShouldBe(code, answer.Output + answer.Error);
            answer.Error.ShouldContain(says);
        }
    }

    [Fact]
    public async Task A_dry_run_tells_of_each_machine_and_changes_none()
    {
        await _types.MakeAsync();
        await _types.MakeAsync("b", "pc-q35-7.2", "pc-q35-7.2");
        var before = await _types.Server.VmAsync("a");

        var table = await RunAsync("machine-type transition --dry-run --below pc-q35-7.0 --target pc-q35-7.2");
        var csv = await RunAsync("machine-type transition --dry-run --below pc-q35-7.0 --target pc-q35-7.2 -o csv");

        table.ExitCode.ShouldBe(0, table.Error);
        table.Lines[1][..5].ShouldBe(["default", "a", "Updated", "pc-q35-6.2", "pc-q35-7.2"]);
        table.Lines[2][..4].ShouldBe(["default", "b", "Unchanged", "pc-q35-7.2"]);
        csv.Output.ShouldContain("\ndefault,a,Updated,pc-q35-6.2,pc-q35-7.2,");
        (await _types.Server.VmAsync("a")).ToJsonString().ShouldBe(before.ToJsonString());
        (await _types.Server.Api.GetAsync(Transitions))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_moves_machines_in_this_process_and_tells_of_each()
    {
        await _types.MakeAsync();
        await _types.MakeAsync("old", "pc-i440fx-6.2", "pc-i440fx-6.2");

        var run = await RunAsync("machine-type transition --run --name job --below pc-q35-7.0 --target pc-q35-7.2");

        run.Error.ShouldContain("default/a: Updated: pc-q35-6.2 to pc-q35-7.2");
        run.Lines[1].ShouldBe(["job", "Completed", "2", "1", "0", "0", "0", "0", "1", "0"]);
        run.Lines[^1][..3].ShouldBe(["default", "old", "Refused"]);
        run.ExitCode.ShouldBe(7, run.Error);
        var machine = await _types.Server.VmAsync("a");
        machine["spec"]!["template"]!["spec"]!["domain"]!["machine"]!["type"]!.ToString().ShouldBe("pc-q35-7.2");
    }

    [Fact]
    public async Task The_report_names_every_machine()
    {
        await _types.MakeAsync();
        await _types.MakeAsync("b", "pc-q35-7.2", "pc-q35-7.2");
        await RunAsync("machine-type transition --name fleet --no-wait --below pc-q35-7.0 --target pc-q35-7.2");

        var report = await RunAsync("machine-type transition report fleet");
        var unchanged = await RunAsync("machine-type transition report fleet --outcome Unchanged -o json");

        report.ExitCode.ShouldBe(0, report.Error);
        report.Lines.Skip(1).Select(line => line[1]).ShouldBe(["a", "b"]);
        JsonNode.Parse(unchanged.Output)!.AsArray().ShouldHaveSingleItem()!["name"]!.ToString().ShouldBe("b");
    }

    [Fact]
    public async Task The_manifest_of_a_job_does_what_was_typed()
    {
        var printed = await RunAsync(
            "machine-type transition --as-job --image vireo:v1 --name fleet -n shop --restart-now --dry-run -o json"
        );

        printed.ExitCode.ShouldBe(0, printed.Error);
        var job = JsonNode.Parse(printed.Output)!["items"]!
            .AsArray()
            .Single(item => item!["kind"]!.ToString() == "Job")!;
        job["metadata"]!["name"]!.ToString().ShouldBe("fleet");
        job["metadata"]!["generateName"].ShouldBeNull();
        var container = job["spec"]!["template"]!["spec"]!["containers"]![0]!;
        container["image"]!.ToString().ShouldBe("vireo:v1");
        container["args"]!
            .AsArray()
            .Select(word => word!.ToString())
            .ShouldBe(
                ["machine-type", "transition", "--run", "--namespace", "shop", "--restart-now"],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task A_server_without_jobs_says_so_and_what_else_there_is()
    {
        var answer = await RunAsync("machine-type transition --as-job --image vireo:v1");

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldContain("has no batch/v1");
        answer.Error.ShouldContain("--run");
    }

    private Task<Printed> RunAsync(string line) => _types.Server.Api.RunAsync(line);

    private async Task<JsonNode> SpecAsync(string name) =>
        (await _types.Server.Api.GetAsync($"{Transitions}/{name}"))["spec"]!;

    private async Task ShowAsync(string phase, string counts, string outcomes = "[]")
    {
        var status = $$"""
            {"status":{"phase":"{{phase}}","counts":{{counts}},"outcomes":{{outcomes}},
             "conditions":[{"type":"Progressing","status":"False","reason":"Why","message":"no host offers it"}] } }
            """;
        var reply = await _types.Server.OwnAsync("PATCH", $"{Transitions}/fleet/status", status);
        reply.Code.ShouldBe(HttpStatusCode.OK, reply.Text);
    }
}
