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
        var after = await guest.IsAsync("Stopped");
        if (policy == "Terminate")
        {
            after.OfVm("GuestRebooted").ShouldNotBeNull("the guest rebooted on its way out");
        }
    }

    /// <summary>Once an instance is on its way out, only its guest can still reboot it.</summary>
    [Fact]
    public async Task Nobody_else_reboots_an_instance_that_is_on_its_way_out()
    {
        await using var guest = new MicroGuest(host, "halted-actions");
        var document = guest.Document("Always", "Terminate");
        document["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"] = 4;
        await guest.StartAsync(document);
        await guest.BootedAsync();
        await guest.TypeAsync(MicroGuest.Hang);
        await guest.PatchAsync(Halt);
        await guest.IsAsync("Stopping");

        foreach (var action in (string[])["reset", "softreboot"])
        {
            (await guest.ActOnInstanceAsync(action)).ShouldRefuse(409, "Conflict", "VMI is being deleted");
        }

        await guest.GoneAsync();
        await guest.IsAsync("Stopped");
    }
}
