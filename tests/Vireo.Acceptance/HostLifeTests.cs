namespace Vireo.Acceptance;

/// <summary>What the host lives through, and what becomes of the guests on it.</summary>
[Collection(KilledCollection.Name)]
public sealed class HostLifeTests(KilledHost host)
{
    private string RunFolder => Path.Combine(host.StateFolder, "libvirt", "run");

    [Fact]
    public async Task After_the_host_rebooted_every_vm_is_what_its_strategy_says()
    {
        await using var always = await new MicroGuest(host, "host-always").StartAsync();
        await using var rerun = await new MicroGuest(host, "host-rerun").StartAsync("RerunOnFailure");
        await using var manual = await new MicroGuest(host, "host-manual").StartAsync("Manual");
        await using var halted = await new MicroGuest(host, "host-halted").StartAsync("Halted");
        await using var once = await new MicroGuest(host, "host-once").StartAsync("Once");
        await manual.IsAsync("Stopped");
        (await manual.ActAsync("start")).ShouldBe(202);
        var before = await Task.WhenAll(new[] { always, rerun, manual, once }.Select(guest => guest.BootedAsync()));

        await HostRebootsAsync();

        await IsBackAsync(always, before[0]);
        await IsBackAsync(rerun, before[1]);
        await StaysDownAsync(manual, before[2]);
        await StaysDownAsync(once, before[3]);
        (await halted.IsAsync("Stopped")).Vmi.ShouldBeNull();
        (await host.VirshAsync("list", "--name"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(name => name.StartsWith("default_host-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["default_host-always", "default_host-rerun"]);
    }

    [Fact]
    public async Task Vireo_restarted_touches_no_guest_whatever_its_strategy()
    {
        await using var always = await new MicroGuest(host, "live-always").StartAsync("Always", "Terminate");
        await using var rerun = await new MicroGuest(host, "live-rerun").StartAsync("RerunOnFailure");
        await using var once = await new MicroGuest(host, "live-once").StartAsync("Once");
        MicroGuest[] guests = [always, rerun, once];
        var before = await Task.WhenAll(guests.Select(guest => guest.BootedAsync()));
        (await rerun.ActOnInstanceAsync("pause")).ShouldBe(200);
        await rerun.IsAsync("Paused");
        var processes = await Task.WhenAll(guests.Select(guest => guest.ProcessAsync()));

        host.KillNow();
        await host.StartAsync();

        await always.IsAsync("Running");
        await rerun.IsAsync("Paused");
        await once.IsAsync("Running");
        (await Task.WhenAll(guests.Select(guest => guest.ProcessAsync()))).ShouldBe(processes);
        (await Task.WhenAll(guests.Select(guest => guest.LookAsync())))
            .Select(sight => sight.Uid)
            .ShouldBe(before.Select(sight => sight.Uid));
    }

    [Fact]
    public async Task The_libvirt_daemon_restarted_touches_no_guest_and_nothing_is_missed()
    {
        await using var stays = await new MicroGuest(host, "virtd-stays").StartAsync("Always", "Terminate");
        await using var reboots = await new MicroGuest(host, "virtd-reboots").StartAsync("Once", "Terminate");
        await using var leaves = await new MicroGuest(host, "virtd-leaves").StartAsync("Once", "Terminate");
        await using var warm = await new MicroGuest(host, "virtd-warm").StartAsync("Always", "Reboot");
        MicroGuest[] guests = [stays, reboots, leaves, warm];
        var before = await Task.WhenAll(guests.Select(guest => guest.BootedAsync()));
        var (stayed, warmed) = (await stays.ProcessAsync(), await warm.ProcessAsync());
        await using var console = await reboots.ConsoleAsync();
        await using var other = await leaves.ConsoleAsync();
        await using var third = await warm.ConsoleAsync();

        ThisMachine.KillByFile(Path.Combine(RunFolder, "libvirtd.pid"));
        await Task.WhenAll(
            console.SendAsync(MicroGuest.Reboot),
            other.SendAsync(MicroGuest.PowerOff),
            third.SendAsync(MicroGuest.Reboot)
        );

        var rebooted = await reboots.SeenAsync(sight => sight.Phase == "Succeeded", "its run has ended in order");
        var left = await leaves.SeenAsync(sight => sight.Phase == "Succeeded", "its run has ended in order");
        ((string?)rebooted.Vmi!["status"]!["reason"]).ShouldBe("GuestRebooted", rebooted.ToString());
        ((string?)left.Vmi!["status"]!["reason"]).ShouldBeNull(left.ToString());
        (await warm.BootedAsync(times: 2)).Uid.ShouldBe(before[3].Uid);
        (await warm.ProcessAsync()).ShouldBe(warmed);
        (await stays.LookAsync()).Uid.ShouldBe(before[0].Uid);
        (await stays.ProcessAsync()).ShouldBe(stayed);
        (await stays.ActOnInstanceAsync("pause")).ShouldBe(200);
        await stays.IsAsync("Paused");
    }

    /// <summary>
    /// As a power cut does: Vireo, the daemon, its guests and its network's helper all end at once, and the host comes
    /// up without them.
    /// </summary>
    private async Task HostRebootsAsync()
    {
        var files = Directory
            .EnumerateFiles(Path.Combine(RunFolder, "qemu"), "*.pid")
            .Concat(Directory.EnumerateFiles(RunFolder, "*.pid"))
            .Concat(Directory.EnumerateFiles(Path.Combine(RunFolder, "network"), "*.pid"))
            .ToList();
        host.KillNow();
        foreach (var file in files.Where(file => file.EndsWith("libvirtd.pid", StringComparison.Ordinal)))
        {
            ThisMachine.KillByFile(file);
        }

        foreach (var file in files.Where(file => !file.EndsWith("libvirtd.pid", StringComparison.Ordinal)))
        {
            ThisMachine.KillByFile(file);
        }

        await host.OnHostAsync("ip", "link", "delete", "vireo0");
        await host.StartAsync();
    }

    private static async Task IsBackAsync(MicroGuest guest, Sight before) =>
        await guest.SeenAsync(
            sight => sight.Status == "Running" && sight.Uid != before.Uid && guest.Boots(sight.Uid!) == 1,
            "it runs again",
            timeoutSeconds: 90
        );

    private static async Task StaysDownAsync(MicroGuest guest, Sight before)
    {
        var after = await guest.SeenAsync(
            sight => sight.Phase is "Failed" or "Succeeded" && sight.Status == "Stopped",
            "its run has ended and none follows"
        );
        after.Uid.ShouldBe(before.Uid, after.ToString());
    }
}
