namespace Vireo.Acceptance;

/// <summary>The program is killed at any moment; guests run on, nothing is started twice, nothing is lost.</summary>
[Collection(KilledCollection.Name)]
public sealed class TakeOverTests(KilledHost host)
{
    [Fact]
    public async Task Killed_while_a_guest_runs_it_finds_the_same_guest_again()
    {
        await using var guest = await new MicroGuest(host, "survivor").StartAsync();
        var before = await guest.BootedAsync();
        var process = await guest.ProcessAsync();

        host.KillNow();
        await host.StartAsync();

        await guest.IsAsync("Running");
        (await guest.ProcessAsync()).ShouldBe(process);
        (await guest.BootedAsync()).Uid.ShouldBe(before.Uid);
        guest.Boots(before.Uid!).ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(600)]
    public async Task Killed_during_a_start_it_ends_with_exactly_one_guest(int millisecondsAfterCreate)
    {
        var name = $"start-{millisecondsAfterCreate}";
        await using var guest = await new MicroGuest(host, name).StartAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(millisecondsAfterCreate), TestContext.Current.CancellationToken);

        host.KillNow();
        await host.StartAsync();

        var booted = await guest.BootedAsync();
        var domains = await host.VirshAsync("list", "--name");
        domains.Split('\n').Count(domain => domain.Trim() == $"default_{name}").ShouldBe(1);
        guest.Boots(booted.Uid!).ShouldBe(1, "one boot, one banner");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    [InlineData(1500)]
    public async Task Killed_during_a_stop_it_finishes_the_stop(int millisecondsAfterDelete)
    {
        var name = $"stop-{millisecondsAfterDelete}";
        await using var image = await TestImage.StubbornAsync(host, $"test/{name}:v1");
        await using var guest = new MicroGuest(host, name);
        await guest.StartAsync(guest.Document("Always", image: image.Name, gracePeriod: 3));
        await guest.BootedAsync(banner: "STUBBORN-READY");
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
        await using var guest = await new MicroGuest(host, "unseen").StartAsync();
        var before = await guest.BootedAsync();

        host.KillNow();
        await host.VirshAsync("destroy", "default_unseen");
        await host.StartAsync();

        await Eventually.Holds(
            async () => await guest.VmiAsync() is { } vmi && (string?)vmi["metadata"]!["uid"] != before.Uid,
            "another instance"
        );
        guest.Boots((await guest.BootedAsync()).Uid!).ShouldBe(1);
    }
}
