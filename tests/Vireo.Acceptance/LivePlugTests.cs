using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Processors and memory come to guests that run, and the guests have them.</summary>
public sealed class LivePlugTests(VireoHost host, GuestWithoutDriver mute) : IClassFixture<GuestWithoutDriver>
{
    [Fact]
    public async Task Processors_and_memory_reach_the_running_guest_together_again_and_down()
    {
        await using var guest = await new Guest(host, "grows").StartAsync();
        var booted = await guest.BootedAsync();
        var process = await guest.ProcessAsync();
        (booted.Vcpus, booted.MemoryMib).ShouldBe((1, 128));

        foreach (var (sockets, memory) in ((int, int)[])[(2, 256), (3, 400), (3, 128)])
        {
            await guest.PatchAsync(Size(sockets, $"{memory}Mi"));
            var seen = await guest.SeenAsync(sight => Has(sight, sockets, $"{memory}Mi"), $"it has {memory}Mi");
            ((string?)seen.Vmi!["status"]!["memory"]!["guestAtBoot"]).ShouldBe("128Mi");
            ((string?)seen.Vmi["status"]!["memory"]!["guestRequested"]).ShouldBe($"{memory}Mi");
            seen.OfVm("RestartRequired").ShouldBeNull();
            await Eventually.Sees(
                () => guest.AskInGuestAsync("nproc; guest-info --memory"),
                said => said == $"{sockets}\n{memory}",
                $"the guest itself counts {sockets} processors and {memory} MiB"
            );
        }

        (await guest.LookAsync()).Uid.ShouldBe(booted.Uid);
        (await guest.ProcessAsync()).ShouldBe(process);
        (await guest.AskInGuestAsync("cat /proc/sys/kernel/random/boot_id")).ShouldBe(booted.BootId);
    }

    [Fact]
    public async Task Processors_that_a_guest_leaves_offline_are_brought_online_or_told_of_until_it_does()
    {
        await using var guest = await new Guest(host, "leaves-offline").StartAsync();
        await guest.BootedAsync();
        await guest.AgentConnectedAsync();
        await guest.RunInGuestAsync("echo '#!/bin/sh' >/sbin/hotplug");

        await guest.PatchAsync(Size(2, "128Mi"));
        await guest.SeenAsync(sight => Has(sight, 2, "128Mi"), "its agent has brought the second one online");
        (await guest.AskInGuestAsync("nproc")).ShouldBe("2");

        await guest.RunInGuestAsync(
            "kill $(pidof qemu-ga); while pidof qemu-ga; do usleep 100000; done; "
                + "qemu-ga --daemonize --blacklist=guest-set-vcpus --path $(echo /dev/vport*)"
        );
        await guest.AgentConnectedAsync();
        await guest.PatchAsync(Size(3, "128Mi"));
        var seen = await guest.SeenAsync(
            sight => (string?)sight.OfVmi("HotVCPUChange")?["reason"] == "GuestDoesNotTake",
            "the condition says that the guest does not take it",
            timeoutSeconds: 120
        );
        ((string?)seen.OfVmi("HotVCPUChange")!["message"])!.ShouldContain("was given 3 vCPUs and has 2 online");
        ((int?)seen.Vmi!["status"]!["currentCPUTopology"]!["sockets"]).ShouldBe(2);
        (await guest.AskInGuestAsync("nproc")).ShouldBe("2");

        await guest.RunInGuestAsync("echo 1 >/sys/devices/system/cpu/cpu2/online");
        await guest.SeenAsync(sight => Has(sight, 3, "128Mi"), "it has all three");
        (await guest.AskInGuestAsync("nproc")).ShouldBe("3");
    }

    [Fact]
    public async Task A_guest_that_takes_no_memory_runs_on_and_its_condition_tells_the_way_out()
    {
        var guest = mute.Guest;
        var seen = await guest.SeenAsync(
            sight => (string?)sight.OfVmi("HotMemoryChange")?["reason"] == "GuestDoesNotTake",
            "the condition says that the guest does not take it",
            timeoutSeconds: 100
        );
        ((string?)seen.OfVmi("HotMemoryChange")!["message"])!.ShouldContain("memory.guest back to 64Mi");
        ((string?)seen.Vmi!["status"]!["memory"]!["guestCurrent"]).ShouldBe("64Mi");
        guest.Boots(seen.Uid!).ShouldBe(1);

        await guest.PatchAsync(GuestWithoutDriver.Memory("64Mi"));

        await guest.SeenAsync(sight => sight.OfVmi("HotMemoryChange") is null, "nothing is waited for any more");
    }

    private static bool Has(Sight sight, int sockets, string memory) =>
        (int?)sight.Vmi?["status"]?["currentCPUTopology"]?["sockets"] == sockets
        && (string?)sight.Vmi["status"]?["memory"]?["guestCurrent"] == memory
        && sight.OfVmi("HotVCPUChange") is null
        && sight.OfVmi("HotMemoryChange") is null;

    private static string Size(int sockets, string memory) =>
        new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject
                {
                    ["spec"] = new JsonObject
                    {
                        ["domain"] = new JsonObject
                        {
                            ["cpu"] = new JsonObject { ["sockets"] = sockets },
                            ["memory"] = new JsonObject { ["guest"] = memory },
                        },
                    },
                },
            },
        }.ToJsonString();
}

/// <summary>A guest that knows nothing of memory that comes; it is asked to have more before the tests begin.</summary>
public sealed class GuestWithoutDriver(VireoHost host) : IAsyncLifetime
{
    private readonly MicroGuest _guest = new(host, "takes-none");

    internal MicroGuest Guest => _guest;

    public async ValueTask InitializeAsync()
    {
        var document = _guest.Document("Always");
        document["spec"]!["template"]!["spec"]!["domain"]!["memory"]!["maxGuest"] = "128Mi";
        await _guest.StartAsync(document);
        await _guest.BootedAsync();
        await _guest.PatchAsync(Memory("72Mi"));
    }

    public ValueTask DisposeAsync() => _guest.DisposeAsync();

    internal static string Memory(string guest) =>
        """{"spec":{"template":{"spec":{"domain":{"memory":{"guest":""" + $"\"{guest}\"" + "}}}}}}";
}
