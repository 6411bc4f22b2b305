namespace Vireo.Acceptance;

/// <summary>
/// A reboot that picks up new settings: what is changed, when it takes effect, and what is in the way.
/// </summary>
[Collection(KilledCollection.Name)]
public sealed class ColdRebootTests(KilledHost host)
{
    [Fact]
    public async Task A_guest_reboots_into_its_new_settings_and_nothing_moved_or_plugged_before()
    {
        await using var guest = new Guest(host, "new-settings");
        await guest.ApplyAsync(
            guest.Document(vm => vm["spec"]!["template"]!["spec"]!["domain"]!["rebootPolicy"] = "Terminate")
        );
        var before = await guest.BootedAsync();
        before.Vcpus.ShouldBe(1);

        await guest.PatchAsync(
            """
            {"spec":{"template":{"spec":{"domain":{
              "cpu":{"cores":2}, "chassis":{"asset":"A-2"},
              "devices":{"disks":[{"name":"root","bootOrder":1,"disk":{"bus":"virtio"}}]}}}}}}
            """
        );

        var changed = await guest.SeenAsync(
            sight => (string?)sight.OfVm("RestartRequired")?["status"] == "True",
            "the changes wait for a restart"
        );
        var message = (string?)changed.OfVm("RestartRequired")!["message"]!;
        message.ShouldStartWith("a non-live-updatable field was changed in the template spec");
        foreach (var field in (string[])["domain.chassis.asset", "domain.cpu.cores", "domain.devices.disks"])
        {
            message.ShouldContain(field);
        }

        await guest.TypeAsync("\nreboot\n");
        var after = await guest.BootedAfterAsync(before);

        after.Uid.ShouldNotBe(before.Uid);
        after.Vcpus.ShouldBe(2);
        var settled = await guest.SeenAsync(
            sight => sight.OfVm("RestartRequired") is null && sight.OfVm("GuestRebooted") is not null,
            "nothing waits any more, and the VM tells of the reboot"
        );
        changed.Vmi!["spec"]!.ToJsonString().ShouldNotContain("A-2", Case.Sensitive, "the run kept its settings");
        foreach (var seen in (Sight[])[changed, settled])
        {
            foreach (var sign in (string[])["HotVCPUChange", "HotMemoryChange", "MigrationRequired"])
            {
                seen.OfVmi(sign).ShouldBeNull(seen.ToString());
            }
        }

        (await EventsAsync(guest.Name)).ShouldContain("GuestRebooted");
    }

    [Fact]
    public async Task The_policy_itself_takes_effect_with_the_next_power_on()
    {
        await using var guest = await new MicroGuest(host, "policy-set").StartAsync("Always", "Reboot");
        var first = await guest.BootedAsync();

        await guest.PatchAsync(Policy("\"Terminate\""));
        await WaitsForRestartAsync(guest, "rebootPolicy");
        await guest.TypeAsync(MicroGuest.Reboot);
        (await guest.BootedAsync(times: 2)).Uid.ShouldBe(first.Uid, "the run reboots as it was started");

        (await guest.ActAsync("restart")).ShouldBe(202);
        var second = await BootedInAnotherRunAsync(guest, first);
        await guest.TypeAsync(MicroGuest.Reboot);
        await BootedInAnotherRunAsync(guest, second);
    }

    [Fact]
    public async Task A_vm_without_its_policy_reboots_as_vms_always_did()
    {
        await using var guest = await new MicroGuest(host, "policy-back").StartAsync("Always", "Terminate");
        var first = await guest.BootedAsync();

        await guest.PatchAsync(Policy("null"));
        await WaitsForRestartAsync(guest, "rebootPolicy");
        await guest.TypeAsync(MicroGuest.Reboot);
        var second = await BootedInAnotherRunAsync(guest, first);
        second.OfVm("RestartRequired").ShouldBeNull(second.ToString());

        await guest.TypeAsync(MicroGuest.Reboot);
        (await guest.BootedAsync(times: 2)).Uid.ShouldBe(second.Uid);
    }

    [Fact]
    public async Task While_the_gate_is_closed_the_policy_is_refused()
    {
        await using var running = await new MicroGuest(host, "gate-before").StartAsync("Always", "Terminate");
        var first = await running.BootedAsync();
        foreach (var gate in (string[])["RebootPolicy", "RecreateVMIOnReboot"])
        {
            await CloseAsync($"[\"{gate}\"]");
            try
            {
                var vm = new MicroGuest(host, "gate-closed").Document("Halted", "Terminate").ToJsonString();
                (await host.Api.SendAsync(HttpMethod.Post, $"{Api.Kubevirt}/virtualmachines", vm))
                    .ShouldRefuse(422, "Invalid", "RebootPolicy")
                    .ShouldBlame("spec.template.spec.domain.rebootPolicy", "feature gate is not enabled");
                (await host.GetAsync("vm", "gate-closed")).ShouldBeNull();
            }
            finally
            {
                await CloseAsync("null");
            }
        }

        await running.TypeAsync(MicroGuest.Reboot);
        await BootedInAnotherRunAsync(running, first);
    }

    [Theory]
    [InlineData(MicroGuest.Reboot, "GuestRebooted")]
    [InlineData(MicroGuest.PowerOff, null)]
    public async Task What_a_guest_did_while_no_agent_ran_is_told_right(string key, string? reason)
    {
        await using var guest = await new MicroGuest(host, $"unseen-{key}").StartAsync("Once", "Terminate");
        var booted = await guest.BootedAsync();

        await WithoutVireoAsync(() => guest.TypeOnSocketAsync(booted.Uid!, key));

        var after = await guest.SeenAsync(
            sight => sight.Phase == "Succeeded" && sight.Status == "Stopped",
            "its run ended in order"
        );
        ((string?)after.Vmi!["status"]!["reason"]).ShouldBe(reason, after.ToString());
        (after.OfVm("GuestRebooted") is null).ShouldBe(reason is null, after.ToString());
    }

    [Fact]
    public async Task A_guest_that_rebooted_while_no_agent_ran_is_started_again_with_its_new_settings()
    {
        await using var guest = await new MicroGuest(host, "unseen-always").StartAsync("Always", "Terminate");
        var first = await guest.BootedAsync();
        await guest.PatchAsync("""{"spec":{"template":{"spec":{"domain":{"cpu":{"cores":2}}}}}}""");

        await WithoutVireoAsync(() => guest.TypeOnSocketAsync(first.Uid!, MicroGuest.Reboot));

        var second = await BootedInAnotherRunAsync(guest, first);
        ((int?)second.Vmi!["spec"]!["domain"]!["cpu"]!["cores"]).ShouldBe(2);
        (await host.VirshAsync("list", "--name"))
            .Split('\n')
            .Count(line => line.Trim() == "default_unseen-always")
            .ShouldBe(1);
        await guest.SeenAsync(sight => sight.OfVm("GuestRebooted") is not null, "the VM tells of the reboot");
    }

    [Fact]
    public async Task A_warm_reboot_while_no_agent_ran_leaves_the_guest_alone()
    {
        await using var guest = await new MicroGuest(host, "unseen-warm").StartAsync("Always", "Reboot");
        var booted = await guest.BootedAsync();
        var process = await guest.ProcessAsync();

        await WithoutVireoAsync(() => guest.TypeOnSocketAsync(booted.Uid!, MicroGuest.Reboot));

        (await guest.BootedAsync(times: 2)).Uid.ShouldBe(booted.Uid);
        await guest.IsAsync("Running");
        (await guest.ProcessAsync()).ShouldBe(process);
    }

    [Fact]
    public async Task Clients_can_wait_for_a_reboot()
    {
        await using var guest = await new MicroGuest(host, "waited-for").StartAsync("Always", "Terminate");
        await guest.BootedAsync();

        await guest.TypeAsync(MicroGuest.Reboot);

        (
            await host.KubectlAsync("wait", "vm/waited-for", "--for=condition=GuestRebooted", "--timeout=30s")
        ).ShouldSucceed();
        var once = (await guest.LookAsync()).OfVm("GuestRebooted")!;
        await guest.SeenAsync(sight => sight.Status == "Running" && guest.Boots(sight.Uid ?? "") == 1, "it is back");
        var second = (DateTimeOffset)once["lastTransitionTime"]!;
        await Eventually.Holds(
            () => Task.FromResult(DateTimeOffset.UtcNow > second.AddSeconds(1)),
            "the API's clock, which counts seconds, goes on"
        );
        await guest.TypeAsync(MicroGuest.Reboot);
        await guest.SeenAsync(
            sight => (DateTimeOffset?)sight.OfVm("GuestRebooted")?["lastTransitionTime"] > second,
            "the second reboot is told by its time"
        );
    }

    private async Task WithoutVireoAsync(Func<Task> happens)
    {
        host.KillNow();
        try
        {
            await happens();
        }
        finally
        {
            await host.StartAsync();
        }
    }

    private static Task<Sight> BootedInAnotherRunAsync(MicroGuest guest, Sight before) =>
        guest.SeenAsync(
            sight => sight.Status == "Running" && sight.Uid != before.Uid && guest.Boots(sight.Uid!) == 1,
            "another run has booted"
        );

    private static Task<Sight> WaitsForRestartAsync(MicroGuest guest, string field) =>
        guest.SeenAsync(
            sight =>
                ((string?)sight.OfVm("RestartRequired")?["message"])?.Contains(field, StringComparison.Ordinal) == true,
            $"{field} waits for a restart"
        );

    private async Task<string> EventsAsync(string name) =>
        (await host.KubectlAsync("get", "events", "--field-selector", $"involvedObject.name={name}")).Output;

    private async Task CloseAsync(string gates) =>
        (
            await host.Api.PatchAsync(
                "/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt",
                """{"spec":{"configuration":{"developerConfiguration":{"disabledFeatureGates":""" + gates + "}}}}"
            )
        ).ShouldBe(200);

    private static string Policy(string json) =>
        """{"spec":{"template":{"spec":{"domain":{"rebootPolicy":""" + json + "}}}}}";
}
