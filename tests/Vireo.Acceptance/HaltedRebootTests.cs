namespace Vireo.Acceptance;

/// <summary>A guest that is told to stop for good and reboots instead: nothing starts again.</summary>
public sealed class HaltedRebootTests(VireoHost host)
{
    private const string Halt = """{"spec":{"runStrategy":"Halted"}}""";

    [Theory]
    [InlineData("Terminate")]
    [InlineData("Reboot")]
    public async Task A_guest_that_reboots_when_it_is_halted_is_gone_all_the_same(string policy)
    {
        var kind = policy.ToLowerInvariant();
        await using var image = await TestImage.StubbornAsync(host, $"test/stubborn-{kind}:v1");
        await using var guest = new MicroGuest(host, $"halted-{kind}");
        var document = guest.Document("Always", policy, image.Name);
        document["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"] = 4;
        await guest.StartAsync(document);
        await guest.BootedAsync(banner: "STUBBORN-READY");

        await guest.PatchAsync(Halt);

        await guest.GoneAsync();
        (await guest.IsAsync("Stopped")).OfVm("GuestRebooted").ShouldNotBeNull("the guest rebooted on its way out");
    }

    [Theory]
    [InlineData("Terminate")]
    [InlineData("Reboot")]
    public async Task A_guest_that_is_reset_while_it_is_halted_is_gone_all_the_same(string policy)
    {
        await using var guest = new MicroGuest(host, $"halted-reset-{policy.ToLowerInvariant()}");
        var document = guest.Document("Always", policy);
        document["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"] = 8;
        await guest.StartAsync(document);
        await guest.BootedAsync();
        await guest.TypeAsync(MicroGuest.Hang);
        await guest.PatchAsync(Halt);
        await guest.IsAsync("Stopping");

        (await guest.ActOnInstanceAsync("reset")).ShouldBe(200);

        await guest.GoneAsync();
        await guest.IsAsync("Stopped");
    }

    [Theory]
    [InlineData("Terminate")]
    [InlineData("Reboot")]
    public async Task A_guest_whose_agent_reboots_it_while_it_is_halted_is_gone_all_the_same(string policy)
    {
        await using var guest = new Guest(host, $"halted-agent-{policy.ToLowerInvariant()}");
        await guest.ApplyAsync(
            guest.Document(vm =>
            {
                var spec = vm["spec"]!["template"]!["spec"]!;
                spec["domain"]!["rebootPolicy"] = policy;
                spec["terminationGracePeriodSeconds"] = 15;
            })
        );
        await guest.BootedAsync();
        await guest.AgentConnectedAsync();
        await guest.RunInGuestAsync("echo 'exit 0' > /etc/acpi/PWRF/00000080");
        await guest.PatchAsync(Halt);
        await guest.IsAsync("Stopping");

        (await guest.ActOnInstanceAsync("softreboot")).ShouldBe(200);

        await guest.GoneAsync();
        (await guest.IsAsync("Stopped")).OfVm("GuestRebooted").ShouldNotBeNull("the guest rebooted on its way out");
    }
}
