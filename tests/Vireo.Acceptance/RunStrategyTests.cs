using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>When an instance runs.</summary>
public sealed partial class RunStrategyTests(VireoHost host)
{
    [Fact]
    public async Task Halted_starts_nothing_until_it_is_patched_and_stops_the_guest_in_order_when_patched_back()
    {
        await using var guest = await new MicroGuest(host, "halted").StartAsync("Halted");
        await Eventually.Holds(async () => Status(await guest.VmAsync()) == "Stopped", "the VM is Stopped");
        (await guest.VmiAsync()).ShouldBeNull();

        await PatchAsync("halted", """{"spec":{"runStrategy":"Always"}}""");
        var booted = await guest.BootedAsync();
        await Eventually.Holds(async () => Status(await guest.VmAsync()) == "Running", "the VM is Running");
        var console = host.ConsoleLog(booted.Uid!);

        await PatchAsync("halted", """{"spec":{"runStrategy":"Halted"}}""");
        await guest.GoneAsync();
        await Eventually.Holds(async () => Status(await guest.VmAsync()) == "Stopped", "the VM is Stopped again");
        console.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Manual_starts_nothing_by_itself()
    {
        await using var guest = await new MicroGuest(host, "manual").StartAsync("Manual");

        await Eventually.Holds(async () => Status(await guest.VmAsync()) == "Stopped", "the VM was looked at");
        (await guest.VmiAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task The_older_field_running_works_and_warns()
    {
        await using var guest = new MicroGuest(host, "older");
        var manifest = guest
            .Document("Always")
            .ToJsonString()
            .Replace("\"runStrategy\":\"Always\"", "\"running\":true", StringComparison.Ordinal);

        var applied = (await host.KubectlWithInputAsync(manifest, "apply", "-f", "-")).ShouldSucceed();

        applied.Error.ShouldContain("spec.running is deprecated, please use spec.runStrategy instead.");
        await guest.InPhaseAsync("Running");
    }

    [Fact]
    public async Task Always_brings_a_deleted_instance_back()
    {
        await using var guest = new MicroGuest(host, "again");
        await guest.StartAsync(guest.Document("Always", hasNetwork: true));
        var first = await guest.InPhaseAsync("Running");
        var card = await CardAsync("again");

        (await host.KubectlAsync("delete", "vmi", "again", "--timeout=60s")).ShouldSucceed();

        var second = await guest.InPhaseAsync("Running");
        ((string?)second["metadata"]!["uid"]).ShouldNotBe((string?)first["metadata"]!["uid"]);
        ((string?)second["spec"]!["domain"]!["firmware"]!["uuid"]).ShouldBe(
            (string?)first["spec"]!["domain"]!["firmware"]!["uuid"]
        );
        (await CardAsync("again")).ShouldBe(card, "the guest sees the card it had");
    }

    /// <summary>The MAC address of the domain's network card, as libvirt has it.</summary>
    private async Task<string> CardAsync(string name)
    {
        var cards = await host.VirshAsync("domiflist", $"default_{name}");
        return MacAddress().Match(cards) is { Success: true } match
            ? match.Value
            : throw new InvalidOperationException($"No card: {cards}");
    }

    [GeneratedRegex("([0-9a-f]{2}:){5}[0-9a-f]{2}", RegexOptions.ExplicitCapture)]
    private static partial Regex MacAddress();

    private async Task PatchAsync(string name, string patch) =>
        (await host.KubectlAsync("patch", "vm", name, "--type=merge", "-p", patch)).ShouldSucceed();

    private static string? Status(System.Text.Json.Nodes.JsonNode? vm) => (string?)vm?["status"]?["printableStatus"];
}
