using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>What follows when a guest ends, or when its VM goes without it.</summary>
public sealed class GuestEndTests(VireoHost host)
{
    private static readonly string[] Strategies = ["Always", "RerunOnFailure", "Manual", "Once"];

    [Theory]
    [InlineData("shut-down")]
    [InlineData("crashed")]
    public async Task Every_strategy_does_its_own_when_a_guest_has(string ended) =>
        await Task.WhenAll(Strategies.Select(strategy => EndsAsync(strategy, ended == "crashed")));

    private async Task EndsAsync(string strategy, bool crashes)
    {
        var name = $"end-{strategy.ToLowerInvariant()}-{(crashes ? "crash" : "off")}";
        await using var guest = await new MicroGuest(host, name).StartAsync(strategy);
        if (strategy == "Manual")
        {
            await guest.IsAsync("Stopped");
            (await guest.ActAsync("start")).ShouldBe(202);
        }

        var before = await guest.BootedAsync();
        if (crashes)
        {
            using var qemu = Process.GetProcessById(await guest.ProcessAsync());
            qemu.Kill();
        }
        else
        {
            await guest.TypeAsync(MicroGuest.PowerOff);
        }

        await guest.SeenAsync(
            sight =>
                (strategy, crashes) switch
                {
                    ("Always", _) or ("RerunOnFailure", true) => sight.Status == "Running"
                        && sight.Uid != before.Uid
                        && guest.Boots(sight.Uid!) == 1,
                    ("RerunOnFailure", false) => sight.Vmi is null && sight.Status == "Stopped",
                    _ => sight.Status == "Stopped"
                        && sight.Uid == before.Uid
                        && sight.Phase == (crashes ? "Failed" : "Succeeded"),
                },
            $"{strategy} is right after its guest {(crashes ? "crashed" : "shut down")}"
        );
    }

    [Fact]
    public async Task A_guest_whose_vm_is_deleted_alone_runs_on_and_is_taken_by_the_next_vm_of_its_name()
    {
        await using var guest = await new MicroGuest(host, "orphan").StartAsync();
        var before = await guest.BootedAsync();
        var process = await guest.ProcessAsync();

        (await host.KubectlAsync("delete", "vm", "orphan", "--cascade=orphan")).ShouldSucceed();
        await guest.SeenAsync(
            sight => sight is { Vm: null, Phase: "Running" } && Owners(sight.Vmi!).Count == 0,
            "it runs and belongs to nobody"
        );

        await guest.StartAsync();
        var adopted = await guest.SeenAsync(
            sight => sight.Status == "Running" && Owners(sight.Vmi!).Count == 1,
            "it belongs to the new VM"
        );
        adopted.Uid.ShouldBe(before.Uid);
        ((string?)Owners(adopted.Vmi!)[0]!["uid"]).ShouldBe((string?)adopted.Vm!["metadata"]!["uid"]);
        (await guest.ProcessAsync()).ShouldBe(process);
    }

    [Fact]
    public async Task A_vm_that_is_deleted_in_the_foreground_outlives_its_guest()
    {
        await using var image = await TestImage.StubbornAsync(host, "test/stubborn-delete:v1");
        await using var guest = new MicroGuest(host, "foreground");
        var document = guest.Document("Always", image: image.Name);
        document["spec"]!["template"]!["spec"]!["terminationGracePeriodSeconds"] = 3;
        await guest.StartAsync(document);
        await guest.BootedAsync(banner: "STUBBORN-READY");

        (await host.KubectlAsync("delete", "vm", "foreground", "--cascade=foreground", "--wait=false")).ShouldSucceed();

        var going = await guest.SeenAsync(sight => sight.Status == "Terminating" || sight.Vm is null, "it is going");
        going.Vmi.ShouldNotBeNull("the guest still has time, and its VM waits for it");
        await guest.SeenAsync(sight => sight is { Vm: null, Vmi: null }, "both are gone");
    }

    private static JsonArray Owners(JsonNode vmi) => vmi["metadata"]!["ownerReferences"]?.AsArray() ?? [];
}
