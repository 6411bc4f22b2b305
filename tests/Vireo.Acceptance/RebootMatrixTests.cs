using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// Every run strategy with either reboot policy, for every way in which a guest is rebooted. The guests of one way run
/// side by side.
/// </summary>
public sealed class RebootMatrixTests(VireoHost host)
{
    private const string BootOrder = """
        {"spec":{"template":{"spec":{"domain":{"devices":{"disks":[{"name":"root","bootOrder":1,"disk":{"bus":"virtio"}}]}}}}}}
        """;

    private static readonly string[] Strategies = ["Always", "RerunOnFailure", "Manual", "Once"];

    [Theory]
    [InlineData("guest", "GuestRequest")]
    [InlineData("softreboot", "SoftReboot")]
    [InlineData("reset", "Reset")]
    public Task Without_an_agent_in_the_guest_a_reboot_does_what_policy_and_strategy_say(string way, string reason) =>
        RunAllAsync(name => new MicroRebooter(host, $"mx-{way}-{name}"), way, reason);

    /// <remarks>
    /// These guests boot an operating system, which takes its time: where the run goes on, one serves two strategies.
    /// </remarks>
    [Fact]
    public Task Through_the_agent_in_the_guest_a_reboot_does_what_policy_and_strategy_say() =>
        RunAllAsync(
            name => new LinuxRebooter(host, $"mx-agent-{name}"),
            "softreboot",
            "SoftReboot",
            [
                ["Always", "RerunOnFailure"],
                ["Manual", "Once"],
            ]
        );

    /// <param name="inOneRun">The strategies under Reboot: those that are tried one after the other in one run.</param>
    private static async Task RunAllAsync(
        Func<string, Rebooter> make,
        string way,
        string reason,
        string[][]? inOneRun = null
    ) =>
        await Task.WhenAll([
            .. Strategies.Select(strategy => TerminateAsync(make($"t-{Short(strategy)}"), strategy, way, reason)),
            .. (inOneRun ?? [.. Strategies.Select(strategy => (string[])[strategy])]).Select(strategies =>
                RebootAsync(make($"r-{Short(strategies[0])}"), strategies, way, reason)
            ),
        ]);

    private static string Short(string strategy) => strategy.ToLowerInvariant();

    /// <summary>Under Terminate the run ends in order, and only Always begins another, with what was changed.</summary>
    private static async Task TerminateAsync(Rebooter rebooter, string strategy, string way, string reason)
    {
        await using var guest = rebooter.Machine;
        var before = await StartAndChangeAsync(rebooter, strategy, "Terminate");

        await rebooter.RebootAsync(way);

        var after = await guest.SeenAsync(
            sight =>
                Reason(sight.OfVm("GuestRebooted")) == reason
                && strategy switch
                {
                    "Always" => sight.Uid is { } uid && uid != before.Uid && sight.Status == "Running",
                    "RerunOnFailure" => sight.Vmi is null && sight.Status == "Stopped",
                    _ => sight.Phase == "Succeeded" && sight.Uid == before.Uid && sight.Status == "Stopped",
                },
            $"{strategy} under Terminate is right after {way}, and the VM says {reason}"
        );
        switch (strategy)
        {
            case "Always":
                ((int?)Disk(after.Vmi!)["bootOrder"]).ShouldBe(1, "the new run has the new settings");
                await guest.SeenAsync(sight => sight.OfVm("RestartRequired") is null, "nothing waits for a restart");
                break;
            case "Manual" or "Once":
                ((string?)after.Vmi!["status"]!["reason"]).ShouldBe("GuestRebooted", after.ToString());
                Reason(after.OfVmi("GuestRebooted")).ShouldBe(reason, after.ToString());
                break;
        }
    }

    /// <summary>Under Reboot the same power-on goes on: same process, old settings, the change still waits.</summary>
    private static async Task RebootAsync(Rebooter rebooter, string[] strategies, string way, string reason)
    {
        await using var guest = rebooter.Machine;
        var before = await StartAndChangeAsync(rebooter, strategies[0], "Reboot");
        var process = await guest.ProcessAsync();
        DateTimeOffset? last = null;
        foreach (var strategy in strategies)
        {
            await guest.PatchAsync(
                new JsonObject { ["spec"] = new JsonObject { ["runStrategy"] = strategy } }.ToJsonString()
            );

            await rebooter.RebootAsync(way);

            await rebooter.RebootedInPlaceAsync();
            var after = await guest.SeenAsync(
                sight =>
                    Reason(sight.OfVmi("GuestRebooted")) == reason
                    && Reason(sight.OfVm("GuestRebooted")) == reason
                    && Time(sight.OfVm("GuestRebooted")) is var time
                    && (last is null || time > last)
                    && sight.Status == "Running",
                $"{strategy} under Reboot runs on after {way}, and VM and instance say {reason}"
            );
            after.Uid.ShouldBe(before.Uid, after.ToString());
            (await guest.ProcessAsync()).ShouldBe(process);
            Disk(after.Vmi!)["bootOrder"].ShouldBeNull("the run keeps its settings");
            after.OfVm("RestartRequired").ShouldNotBeNull(after.ToString());
            last = Time(after.OfVm("GuestRebooted"));
        }
    }

    private static async Task<Sight> StartAndChangeAsync(Rebooter rebooter, string strategy, string policy)
    {
        var guest = rebooter.Machine;
        await rebooter.StartAsync(strategy, policy);
        if (strategy == "Manual")
        {
            await guest.IsAsync("Stopped");
            (await guest.ActAsync("start")).ShouldBe(202);
        }

        var booted = await rebooter.BootedAsync();
        await guest.PatchAsync(BootOrder);
        var changed = await guest.SeenAsync(
            sight => (string?)sight.OfVm("RestartRequired")?["status"] == "True",
            "the change waits for a restart"
        );
        ((string?)changed.OfVm("RestartRequired")!["message"])!.ShouldContain("bootOrder");
        changed.Vmi!["status"]!["migrationState"].ShouldBeNull();
        changed.Uid.ShouldBe(booted.Uid);
        return changed;
    }

    private static string? Reason(JsonNode? condition) =>
        (string?)condition?["status"] == "True" ? (string?)condition["reason"] : null;

    private static DateTimeOffset? Time(JsonNode? condition) => (DateTimeOffset?)condition?["lastTransitionTime"];

    private static JsonNode Disk(JsonNode vmi) => vmi["spec"]!["domain"]!["devices"]!["disks"]![0]!;
}
