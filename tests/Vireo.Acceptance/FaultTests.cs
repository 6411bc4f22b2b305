using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// Vireo killed right after it answered, or in the midst of what it does: what was acknowledged is so in the end, and
/// no guest was touched or started besides.
/// </summary>
[Collection(KilledCollection.Name)]
public sealed class FaultTests(KilledHost host)
{
    private const string Config = "fault-config";

    [Fact]
    public async Task What_was_acknowledged_right_before_a_kill_is_done()
    {
        await using var start = await new MicroGuest(host, "fault-start").StartAsync("Halted");
        await using var stop = await new MicroGuest(host, "fault-stop").StartAsync("Manual");
        await using var halt = await new MicroGuest(host, "fault-halt").StartAsync("Always");
        await using var restart = await new MicroGuest(host, "fault-restart").StartAsync("Always");
        await using var pause = await new MicroGuest(host, "fault-pause").StartAsync("Always");
        await using var reboot = await new MicroGuest(host, "fault-reboot").StartAsync("Always", "Terminate");
        await using var untouched = await new MicroGuest(host, "fault-none").StartAsync("Always", "Terminate");
        (await stop.ActAsync("start")).ShouldBe(202);
        await host.ApplyAsync(ConfigDocument());
        MicroGuest[] running = [stop, halt, restart, pause, reboot, untouched];
        var before = await Task.WhenAll(running.Select(guest => guest.BootedAsync()));
        var (paused, left) = (await pause.ProcessAsync(), await untouched.ProcessAsync());

        await KilledAfterAsync(
            stop.ActAsync("stop", """{"gracePeriod":5}"""),
            start.ActAsync("start"),
            pause.ActOnInstanceAsync("pause")
        );
        await KilledAfterAsync(halt.ActAsync("stop"), restart.ActAsync("restart"));
        await KilledAfterAsync(reboot.ActOnInstanceAsync("softreboot"), OnConfigAsync("start"));

        (await start.IsAsync("Running")).Vm!["spec"]!["runStrategy"]!.GetValue<string>().ShouldBe("Always");
        await stop.SeenAsync(sight => sight is { Status: "Stopped", Vmi: null }, "it was stopped");
        await halt.SeenAsync(sight => sight is { Status: "Stopped", Vmi: null }, "it was stopped");
        await restart.SeenAsync(sight => sight.Status == "Running" && sight.Uid != before[2].Uid, "it was restarted");
        (await pause.IsAsync("Paused")).Uid.ShouldBe(before[3].Uid);
        (await pause.ProcessAsync()).ShouldBe(paused);
        var rebooted = await reboot.SeenAsync(
            sight => sight.Status == "Running" && sight.Uid != before[4].Uid,
            "it was rebooted"
        );
        ((string?)rebooted.OfVm("GuestRebooted")?["reason"]).ShouldBe("SoftReboot", rebooted.ToString());
        (await untouched.IsAsync("Running")).Uid.ShouldBe(before[5].Uid);
        (await untouched.ProcessAsync()).ShouldBe(left);
        await ConfigInstanceAsync(vmi => (string?)vmi?["status"]?["phase"] == "Running", "it was started");
        foreach (var guest in running.Append(start))
        {
            (await guest.LookAsync()).Vm!["status"]!["stateChangeRequests"].ShouldBeNull();
        }

        (await DomainsAsync()).ShouldBe([
            "default_fault-config",
            "default_fault-none",
            "default_fault-pause",
            "default_fault-reboot",
            "default_fault-restart",
            "default_fault-start",
        ]);
        await KilledAfterAsync(OnConfigAsync("stop"));
        await ConfigInstanceAsync(vmi => vmi is null, "it was stopped");
        await host.KubectlAsync("delete", "virtualmachineinstanceconfig", Config);
    }

    [Fact]
    public async Task A_kill_at_any_moment_of_a_cold_reboot_neither_loses_nor_doubles_it()
    {
        int[] moments = [0, 150, 400];
        await using var guest = await new MicroGuest(host, "fault-cold").StartAsync("Always", "Terminate");
        var before = await guest.BootedAsync();
        foreach (var moment in moments)
        {
            await guest.TypeAsync(MicroGuest.Reboot);
            await Task.Delay(moment, TestContext.Current.CancellationToken);
            host.KillNow();
            await host.StartAsync();

            var after = await guest.SeenAsync(
                sight => sight is { Status: "Running", Phase: "Running" } && sight.Uid != before.Uid,
                $"it runs anew after a kill {moment} ms into its reboot"
            );
            (await guest.BootedAsync()).Uid.ShouldBe(after.Uid);
            guest.Boots(after.Uid!).ShouldBe(1);
            (await DomainsAsync()).ShouldBe(["default_fault-cold"]);
            before = after;
        }
    }

    [Fact]
    public async Task What_the_administrator_does_with_virsh_is_told_and_followed_by_the_strategy()
    {
        await using var always = await new MicroGuest(host, "hand-always").StartAsync("Always");
        await using var manual = await new MicroGuest(host, "hand-manual").StartAsync("RerunOnFailure");
        await using var cold = await new MicroGuest(host, "hand-cold").StartAsync("Always", "Terminate");
        var before = await always.BootedAsync();
        var other = await manual.BootedAsync();
        var third = await cold.BootedAsync();
        var process = await always.ProcessAsync();

        await host.VirshAsync("suspend", "default_hand-always");
        (await always.IsAsync("Paused")).OfVmi("Paused").ShouldNotBeNull();
        (await always.ActOnInstanceAsync("pause")).ShouldBe(409);
        await host.VirshAsync("resume", "default_hand-always");
        (
            await always.SeenAsync(sight => sight.Status == "Running" && sight.OfVmi("Paused") is null, "it runs")
        ).Uid.ShouldBe(before.Uid);

        await host.VirshAsync("reset", "default_hand-always");
        (await always.BootedAsync(times: 2)).Uid.ShouldBe(before.Uid);
        await always.SeenAsync(sight => sight.OfVmi("GuestRebooted") is not null, "it tells of the reset");
        (await always.ProcessAsync()).ShouldBe(process);

        await host.VirshAsync("reset", "default_hand-cold");
        var reset = await cold.SeenAsync(
            sight => sight.Status == "Running" && sight.Uid != third.Uid,
            "a reset by hand is a reboot"
        );
        reset.OfVm("GuestRebooted").ShouldNotBeNull();

        await host.VirshAsync("destroy", "default_hand-always");
        await always.SeenAsync(sight => sight.Status == "Running" && sight.Uid != before.Uid, "it runs again");
        await host.VirshAsync("destroy", "default_hand-manual");
        await manual.SeenAsync(sight => sight.Status == "Running" && sight.Uid != other.Uid, "it runs again");
    }

    /// <summary>Kills Vireo as soon as it has answered.</summary>
    private async Task KilledAfterAsync(params Task<ApiAnswer>[] actions)
    {
        foreach (var answer in await Task.WhenAll(actions))
        {
            answer.Code.ShouldBeOneOf(200, 202);
        }

        host.KillNow();
        await host.StartAsync();
    }

    private async Task<string[]> DomainsAsync() =>
        [
            .. (await host.VirshAsync("list", "--name", "--all"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(name => name.StartsWith("default_fault-", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    private Task<ApiAnswer> OnConfigAsync(string action) =>
        host.Api.PutAsync($"{Api.Subresources}/virtualmachineinstanceconfigs/{Config}/{action}");

    private Task<JsonNode?> ConfigInstanceAsync(Predicate<JsonNode?> holds, string what) =>
        Eventually.Sees(() => host.Api.FindAsync($"{Api.Kubevirt}/virtualmachineinstances/{Config}"), holds, what);

    private string ConfigDocument()
    {
        var document = new MicroGuest(host, Config).Document("Halted");
        document["kind"] = "VirtualMachineInstanceConfig";
        document["spec"]!.AsObject().Remove("runStrategy");
        return document.ToJsonString();
    }
}
