namespace Vireo.Acceptance;

/// <summary>The program is killed at any moment; guests run on, nothing is started twice, nothing is lost.</summary>
public sealed class TakeOverTests(VireoHost host)
{
    [Fact]
    public async Task Killed_while_a_guest_runs_it_finds_the_same_guest_again()
    {
        await using var guest = await new Guest(host, "survivor").StartAsync();
        var before = await guest.BootedAsync();
        var processBefore = await QemuProcessAsync("survivor");

        host.KillNow();
        await host.StartAsync();

        await Eventually.Holds(
            async () => (string?)(await guest.VmAsync())?["status"]?["printableStatus"] == "Running",
            "Running"
        );
        (await QemuProcessAsync("survivor")).ShouldBe(processBefore);
        (await guest.BootedAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(600)]
    [InlineData(1000)]
    public async Task Killed_during_a_start_it_ends_with_exactly_one_guest(int millisecondsAfterCreate)
    {
        var name = $"start-{millisecondsAfterCreate}";
        await using var guest = await new Guest(host, name).StartAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(millisecondsAfterCreate), TestContext.Current.CancellationToken);

        host.KillNow();
        await host.StartAsync();

        var booted = await guest.BootedAsync();
        var domains = await host.VirshAsync("list", "--name");
        domains.Split('\n').Count(domain => domain.Trim() == $"default_{name}").ShouldBe(1);
        host.ConsoleLog(booted.Uid).Split("VIREO-GUEST-READY").Length.ShouldBe(2, "one boot, one banner");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    [InlineData(1500)]
    public async Task Killed_during_a_stop_it_finishes_the_stop(int millisecondsAfterDelete)
    {
        var name = $"stop-{millisecondsAfterDelete}";
        await using var guest = await new Guest(host, name).StartAsync();
        await guest.BootedAsync();
        (await host.KubectlAsync("delete", "vm", name, "--wait=false")).ShouldSucceed();
        await Task.Delay(TimeSpan.FromMilliseconds(millisecondsAfterDelete), TestContext.Current.CancellationToken);

        host.KillNow();
        await host.StartAsync();

        await Eventually.Holds(async () => await guest.VmAsync() is null, "the VM is gone");
        (await host.VirshAsync("list", "--all", "--name")).ShouldNotContain(name);
    }

    [Fact]
    public async Task A_guest_that_ended_while_nobody_looked_is_noticed_and_started_again()
    {
        await using var guest = await new Guest(host, "unseen").StartAsync();
        var before = await guest.BootedAsync();

        host.KillNow();
        await host.VirshAsync("destroy", "default_unseen");
        await host.StartAsync();

        await Eventually.Holds(
            async () => await guest.VmiAsync() is { } vmi && (string?)vmi["metadata"]!["uid"] != before.Uid,
            "another instance"
        );
        (await guest.BootedAsync()).BootId.ShouldNotBe(before.BootId);
    }

    private async Task<string> QemuProcessAsync(string name) =>
        await File.ReadAllTextAsync(
            Path.Combine(host.StateFolder, "libvirt", "run", "qemu", $"default_{name}.pid"),
            TestContext.Current.CancellationToken
        );
}
