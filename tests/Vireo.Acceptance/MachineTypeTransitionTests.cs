using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Many VMs are moved to the newest machine type of a real host, by label or at once, and back.</summary>
[Collection(ApartCollection.Name)]
public sealed class MachineTypeTransitionTests(ApartHost host)
{
    private const string Old = "pc-q35-6.2";
    private const string Newest = "pc-q35-7.2";
    private const string Labels = """{"fleet":"mt"}""";

    [Fact]
    public async Task A_fleet_moves_by_label_goes_back_and_moves_again_at_once()
    {
        await using var running = new MicroGuest(host, "mt-fleet-running");
        await using var stopped = new MicroGuest(host, "mt-fleet-stopped");
        await using var recent = new MicroGuest(host, "mt-fleet-recent");
        await using var other = new MicroGuest(host, "mt-fleet-other");
        await running.StartAsync(running.Typed(Old, labels: Labels));
        await stopped.StartAsync(stopped.Typed(Old, labels: Labels));
        await recent.StartAsync(recent.Typed("q35", labels: Labels));
        await other.StartAsync(other.Typed("pc-i440fx-6.2", "Halted", Labels));
        foreach (var (guest, type) in new[] { (stopped, Old), (running, Old), (recent, Newest) })
        {
            await guest.BootedAsync();
            await guest.SeenAsync(sight => sight.Recorded == type, $"{type} is recorded");
        }

        await stopped.StopAsync();
        var runs = (await running.LookAsync()).Uid;

        await DryRunAsync();
        await MoveByLabelAsync();
        await GoBackAsync();
        await MoveAtOnceAsync();

        (await recent.LookAsync()).Vm!["metadata"]!["annotations"]?.ToJsonString().ShouldNotContain("transition");
        (await other.LookAsync()).Vm!["spec"]!.ToJsonString().ShouldContain("pc-i440fx-6.2");

        async Task DryRunAsync()
        {
            var output = (await TransitionAsync("--dry-run", "-o", "json")).Output;
            var outcomes = OutcomesOf(JsonNode.Parse(output)!);
            outcomes[running.Name].ShouldBe("RestartRequired", output);
            outcomes[stopped.Name].ShouldBe("Updated", output);
            outcomes[recent.Name].ShouldBe("Unchanged", output);
            outcomes[other.Name].ShouldBe("Refused", output);
            (await stopped.LookAsync()).Vm!["spec"]!.ToJsonString().ShouldContain(Old);
        }

        async Task MoveByLabelAsync()
        {
            await TransitionAsync("--name", "mt-label", "--no-wait");
            await PhaseAsync("mt-label", "AwaitingRestarts");
            HasLabel(await running.LookAsync()).ShouldBeTrue();
            HasLabel(await stopped.LookAsync()).ShouldBeFalse();
            HasLabel(await recent.LookAsync()).ShouldBeFalse();
            await stopped.SeenAsync(sight => sight.Recorded == Newest, "the stopped one has moved");
            await running.SeenAsync(sight => sight is { Recorded: Old, Pending: Newest }, "the running one waits");
            (await running.RunningTypeAsync()).ShouldBe(Old);

            (await running.ActAsync("restart", """{"gracePeriodSeconds":0}""")).ShouldBe(202);
            await PhaseAsync("mt-label", "Completed", "Failed");
            var moved = await running.SeenAsync(sight => sight.Recorded == Newest && !HasLabel(sight), "it has moved");
            moved.Uid.ShouldNotBe(runs);
            (await running.RunningTypeAsync()).ShouldBe(Newest);
            var report = (await host.RunAsync("machine-type", "transition", "report", "mt-label", "-o", "json")).Output;
            OutcomesOf(JsonNode.Parse(report)!)[running.Name].ShouldBe("Updated");
        }

        async Task GoBackAsync()
        {
            string[] line =
            [
                "machine-type",
                "transition",
                "rollback",
                "mt-label",
                "--name",
                "mt-back",
                "--restart-now",
            ];
            await host.RunAsync(line);
            await PhaseAsync("mt-back", "Completed", "Failed");
            await running.SeenAsync(sight => sight is { Recorded: Old, Phase: "Running" }, "it is back");
            (await running.RunningTypeAsync()).ShouldBe(Old);
            await stopped.SeenAsync(sight => sight.Recorded == Old, "the stopped one is back");
        }

        async Task MoveAtOnceAsync()
        {
            await TransitionAsync("--name", "mt-now", "--restart-now");
            await PhaseAsync("mt-now", "Completed", "Failed");
            await running.SeenAsync(sight => sight is { Recorded: Newest, Phase: "Running" }, "it has moved again");
            (await running.RunningTypeAsync()).ShouldBe(Newest);
            (
                await stopped.SeenAsync(sight => sight.Recorded == Newest, "the stopped one has moved again")
            ).Vmi.ShouldBeNull("it did not run before");
        }
    }

    private Task<CommandResult> TransitionAsync(params string[] arguments) =>
        host.RunAsync([
            "machine-type",
            "transition",
            "-n",
            "default",
            "-l",
            "fleet=mt",
            "--below",
            "pc-q35-7.0",
            .. arguments,
        ]);

    private async Task PhaseAsync(string name, params string[] phases) =>
        await Eventually.Sees(
            async () => await host.Api.FindAsync($"/apis/vireo.dev/v1alpha1/machinetypetransitions/{name}"),
            transition => phases.Contains((string?)transition?["status"]?["phase"]),
            $"{name} is {string.Join(" or ", phases)}"
        );

    private static bool HasLabel(Sight sight) =>
        (string?)sight.Vm?["metadata"]?["labels"]?["restart-vm-required"] == "true";

    private static Dictionary<string, string> OutcomesOf(JsonNode report) =>
        (report as JsonArray ?? report["outcomes"]?.AsArray() ?? report["items"]!.AsArray()).ToDictionary(
            outcome => (string)outcome!["name"]!,
            outcome => (string)outcome!["outcome"]!
        );
}
