using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// What can be done to a VM and to its instance, as KubeVirt's clients ask for it, on guests that run.
/// </summary>
public sealed class ActionTests(VireoHost host)
{
    private const string DryRun = """{"dryRun":["All"]}""";

    [Fact]
    public async Task Start_and_stop_change_the_strategy_of_a_halted_vm_and_back()
    {
        await using var guest = await new MicroGuest(host, "act-start").StartAsync("Halted");
        await guest.IsAsync("Stopped");

        (await guest.ActAsync("start", DryRun)).ShouldBe(202).Text.ShouldBeEmpty();
        Strategy(await guest.LookAsync()).ShouldBe("Halted", "a dry run changes nothing");
        (await guest.ActAsync("start")).ShouldBe(202).Text.ShouldBeEmpty();
        var booted = await guest.BootedAsync();
        Strategy(booted).ShouldBe("Always");
        (await guest.ActAsync("start")).ShouldRefuse(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on virtualmachine.kubevirt.io \"{guest.Name}\"",
            "VM is already running"
        );

        (await guest.ActAsync("stop", DryRun)).ShouldBe(202);
        Strategy(await guest.LookAsync()).ShouldBe("Always", "a dry run changes nothing");
        (await guest.ActAsync("stop")).ShouldBe(202).Text.ShouldBeEmpty();
        await guest.GoneAsync();
        Strategy(await guest.IsAsync("Stopped")).ShouldBe("Halted");
        (await guest.ActAsync("stop")).ShouldRefuse(409, "Conflict", "VM is not running");
    }

    [Fact]
    public async Task A_guest_started_paused_waits_before_its_first_instruction()
    {
        await using var guest = await new MicroGuest(host, "act-paused").StartAsync("Halted");
        await guest.IsAsync("Stopped");

        (await guest.ActAsync("start", """{"paused":true}""")).ShouldBe(202);

        var paused = await guest.IsAsync("Paused");
        guest.Boots(paused.Uid!).ShouldBe(0, paused.ToString());
        (await guest.ActOnInstanceAsync("unpause")).ShouldBe(200);
        (await guest.BootedAsync()).Uid.ShouldBe(paused.Uid);
        await guest.IsAsync("Running");
    }

    [Theory]
    [InlineData("RerunOnFailure")]
    [InlineData("Manual")]
    public async Task Start_and_stop_leave_a_strategy_that_allows_both(string strategy)
    {
        await using var guest = await new MicroGuest(host, $"act-{strategy.ToLowerInvariant()}").StartAsync(strategy);
        if (strategy == "RerunOnFailure")
        {
            await guest.BootedAsync();
            (await guest.ActAsync("stop")).ShouldBe(202);
        }

        await guest.IsAsync("Stopped");
        await guest.GoneAsync();
        (await guest.ActAsync("stop")).ShouldRefuse(409, "Conflict", "VM is not running");

        (await guest.ActAsync("start")).ShouldBe(202);
        await guest.BootedAsync();
        (await guest.ActAsync("start")).ShouldRefuse(409, "Conflict", "VM is already running");
        (await guest.ActAsync("stop")).ShouldBe(202);
        await guest.GoneAsync();
        Strategy(await guest.IsAsync("Stopped")).ShouldBe(strategy);
    }

    [Fact]
    public async Task Once_stays_once_after_a_stop_and_a_start()
    {
        await using var guest = await new MicroGuest(host, "act-once").StartAsync("Once");
        var first = await guest.BootedAsync();
        (await guest.ActAsync("start")).ShouldRefuse(409, "Conflict");
        (await guest.ActAsync("restart")).ShouldRefuse(409, "Conflict", "Once");

        (await guest.ActAsync("stop")).ShouldBe(202);
        await guest.GoneAsync();
        await guest.IsAsync("Stopped");
        (await guest.ActAsync("start")).ShouldBe(202);
        var second = await guest.BootedAsync();

        second.Uid.ShouldNotBe(first.Uid);
        Strategy(second).ShouldBe("Once");
        await guest.TypeAsync(MicroGuest.PowerOff);
        await guest.InPhaseAsync("Succeeded");
        await guest.IsAsync("Stopped");
    }

    [Fact]
    public async Task A_guest_that_will_not_stop_is_ended_when_its_grace_is_over()
    {
        await using var image = await TestImage.StubbornAsync(host, "test/stubborn-stop:v1");
        await using var guest = new MicroGuest(host, "act-grace");
        await guest.StartAsync(guest.Document("Always", image: image.Name));
        await guest.BootedAsync(banner: "STUBBORN-READY");

        (await guest.ActAsync("stop", """{"gracePeriod":0}""")).ShouldBe(202);

        await guest.GoneAsync();
        await guest.IsAsync("Stopped");
    }

    [Fact]
    public async Task Restart_powers_the_guest_off_and_on_again()
    {
        await using var guest = await new MicroGuest(host, "act-restart").StartAsync();
        var first = await guest.BootedAsync();

        (await guest.ActAsync("restart", DryRun)).ShouldBe(202);
        (await guest.LookAsync()).Vm!["status"]!["stateChangeRequests"].ShouldBeNull("a dry run queues nothing");
        (await guest.ActAsync("restart")).ShouldBe(202).Text.ShouldBeEmpty();
        (await guest.ActAsync("restart")).Code.ShouldBe(
            202,
            "a second restart while the first is under way is the same"
        );

        var second = await guest.SeenAsync(
            sight => sight.Uid is { } uid && uid != first.Uid && sight.Status == "Running",
            "another instance runs"
        );
        await guest.BootedAsync();
        (await guest.LookAsync()).Uid.ShouldBe(second.Uid, "it is restarted once");
    }

    [Fact]
    public async Task A_forced_restart_does_not_wait_for_the_guest()
    {
        await using var image = await TestImage.StubbornAsync(host, "test/stubborn-restart:v1");
        await using var guest = new MicroGuest(host, "act-force");
        await guest.StartAsync(guest.Document("Manual", image: image.Name));
        await guest.IsAsync("Stopped");
        (await guest.ActAsync("restart")).ShouldRefuse(409, "Conflict", "VM is not running");
        (await guest.ActAsync("start")).ShouldBe(202);
        var first = await guest.BootedAsync(banner: "STUBBORN-READY");

        (await guest.ActAsync("restart", """{"gracePeriodSeconds":5}""")).ShouldRefuse(
            400,
            "BadRequest",
            "For force restart, only gracePeriod=0 is supported for now"
        );
        (await guest.ActAsync("restart", """{"gracePeriodSeconds":0}""")).ShouldBe(202);

        await guest.SeenAsync(sight => sight.Uid is { } uid && uid != first.Uid, "another instance", 25);
        await guest.BootedAsync(banner: "STUBBORN-READY");
    }

    [Fact]
    public async Task A_paused_guest_stands_still_until_it_is_unpaused()
    {
        await using var guest = await new MicroGuest(host, "act-pause").StartAsync();
        var booted = await guest.BootedAsync();
        var process = await guest.ProcessAsync();

        (await guest.ActOnInstanceAsync("unpause")).ShouldRefuse(409, "Conflict", "VMI is not paused");
        (await guest.ActOnInstanceAsync("pause", DryRun)).ShouldBe(200);
        (await host.VirshAsync("domstate", "default_act-pause")).ShouldContain("running");
        (await guest.ActOnInstanceAsync("pause")).ShouldBe(200).Text.ShouldBeEmpty();
        var paused = await guest.IsAsync("Paused");
        ((string?)paused.OfVmi("Paused")?["reason"]).ShouldBe("PausedByUser", paused.ToString());
        (await host.VirshAsync("domstate", "default_act-pause")).ShouldContain("paused");
        (await guest.ActOnInstanceAsync("pause")).ShouldRefuse(409, "Conflict", "VMI is already paused");
        (await guest.ActOnInstanceAsync("softreboot")).ShouldRefuse(409, "Conflict", "VMI is paused");

        (await guest.ActOnInstanceAsync("unpause")).ShouldBe(200).Text.ShouldBeEmpty();
        var running = await guest.SeenAsync(
            sight => sight.Status == "Running" && sight.OfVmi("Paused") is null,
            "it runs and says nothing of a pause"
        );
        running.Uid.ShouldBe(booted.Uid);
        (await guest.ProcessAsync()).ShouldBe(process);
    }

    [Fact]
    public async Task What_a_strategy_does_not_allow_is_refused_with_its_name()
    {
        await using var halted = await new MicroGuest(host, "act-wrong-h").StartAsync("Halted");
        await using var always = await new MicroGuest(host, "act-wrong-a").StartAsync();
        await always.BootedAsync();
        await halted.IsAsync("Stopped");

        (await halted.ActAsync("restart")).ShouldRefuse(409, "Conflict", "Halted");
        (await halted.ActOnInstanceAsync("pause")).ShouldRefuse(404, "NotFound", halted.Name);
        (await always.ActAsync("migrate")).Code.ShouldBe(202, "it waits for another host");
        (await always.ActAsync("migrate")).ShouldRefuse(409, "Conflict", "in-flight migration detected");
        (await always.LookAsync()).Status.ShouldBe("Running");
    }

    [Fact]
    public async Task A_vm_is_shown_as_it_is_meant_with_all_that_would_be_filled_in()
    {
        await using var guest = await new MicroGuest(host, "act-expand").StartAsync("Halted");

        var expanded = (await host.Api.GetAsync($"{Api.Subresources}/virtualmachines/act-expand/expand-spec"))
            .ShouldBe(200)
            .Json;

        ((string?)expanded["kind"]).ShouldBe("VirtualMachine");
        ((string?)expanded["metadata"]!["name"]).ShouldBe("act-expand");
        ((string?)expanded["spec"]!["template"]!["spec"]!["domain"]!["memory"]!["guest"]).ShouldBe("64Mi");
        var spec = expanded["spec"]!["template"]!["spec"]!;
        ((string?)spec["architecture"]).ShouldBe("amd64");
        ((int?)spec["domain"]!["cpu"]!["sockets"]).ShouldBe(1);
        ((string?)spec["domain"]!["machine"]!["type"]).ShouldNotBeNullOrEmpty();
        ((string?)spec["volumes"]![0]!["containerDisk"]!["imagePullPolicy"]).ShouldNotBeNullOrEmpty();
        spec["domain"]!["firmware"].ShouldBeNull();
    }

    [Fact]
    public async Task Kubectl_can_ask_for_a_question_and_finds_the_actions_in_discovery()
    {
        var list = JsonNode.Parse(
            (await host.KubectlAsync("get", "--raw", "/apis/subresources.kubevirt.io/v1")).ShouldSucceed().Output
        )!;

        var names = list["resources"]!.AsArray().Select(resource => (string?)resource!["name"]).ToList();
        foreach (
            var name in (string[])
                ["virtualmachines/start", "virtualmachineinstances/console", "virtualmachineinstances/vnc"]
        )
        {
            names.ShouldContain(name);
        }
    }

    private static string? Strategy(Sight sight) => (string?)sight.Vm!["spec"]!["runStrategy"];
}
