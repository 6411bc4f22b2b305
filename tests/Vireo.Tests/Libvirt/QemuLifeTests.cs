using System.Text.Json;
using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>How guests live and die, and what is told of it, with a real daemon and real QEMU processes.</summary>
public sealed class QemuLifeTests(PrivateLibvirtd daemon) : QemuTest(daemon)
{
    private const string Namespace = "https://vireo.example/test";

    [Fact]
    public async Task A_guest_lives_in_the_order_started_paused_resumed_stopped()
    {
        using var subscription = Connection.Subscribe(DomainEventKinds.All);
        using var guest = Connection.CreateDomain(TinyGuest.Xml("order"), DomainStart.Paused);
        guest.GetState().ShouldBe(new DomainStatus(DomainState.Paused, DomainReason.PausedByUser));
        guest.Resume();
        guest.GetState().State.ShouldBe(DomainState.Running);
        guest.Destroy(DomainDestroy.Graceful);

        var told = await ReadLifeAsync(subscription, guest);

        told.OfType<LifecycleChanged>()
            .Select(happened => happened.Event)
            .Where(happened => happened is not (Lifecycle.Suspended or Lifecycle.Shutdown))
            .ShouldBe([Lifecycle.Started, Lifecycle.Resumed, Lifecycle.Stopped]);
        told.ShouldAllBe(happened => happened.Domain.Name == "order");
        told[^1].ShouldBeOfType<LifecycleChanged>().Detail.ShouldBe(LifecycleDetail.StoppedDestroyed);
        Connection.FindDomain("order").ShouldBeNull();
    }

    [Theory]
    [InlineData(true, "guest-reset")]
    [InlineData(false, "guest-shutdown")]
    public async Task A_reboot_that_destroys_is_told_from_a_shutdown_by_qemus_own_event(bool reboots, string reason)
    {
        var disk = TinyGuest.Disk(Daemon.Folder, reason, reboots ? TinyGuest.Reboots : TinyGuest.PowersOff);
        using var subscription = Connection.Subscribe(DomainEventKinds.Lifecycle, "SHUTDOWN");
        // It ends within milliseconds: libvirt is not to find it gone while it still starts it.
        using var guest = Connection.CreateDomain(TinyGuest.Xml(reason, "destroy", disk), DomainStart.Paused);
        _ = Record.Exception(guest.Resume);

        var told = await ReadLifeAsync(subscription, guest);

        // libvirt's own events are the same for both; QEMU's comes first.
        told.OfType<LifecycleChanged>()
            .Select(happened => happened.Detail)
            .TakeLast(2)
            .ShouldBe([LifecycleDetail.ShutdownByGuest, LifecycleDetail.StoppedShutdown]);
        var shutdown = told.OfType<MonitorEvent>().First();
        Reason(shutdown).ShouldBe(reason);
        shutdown.At.ShouldNotBeNull();
        told.IndexOf(shutdown)
            .ShouldBeLessThan(told.FindIndex(happened => happened is LifecycleChanged { Event: Lifecycle.Shutdown }));
    }

    [Fact]
    public async Task A_reset_destroys_once_the_lifecycle_action_says_so()
    {
        using var subscription = Connection.Subscribe(DomainEventKinds.Lifecycle | DomainEventKinds.Reboot, "SHUTDOWN");
        using var other = Connection.CreateDomain(TinyGuest.Xml("reset"));
        using var guest = Connection.CreateDomain(TinyGuest.Xml("reset-ends"));

        other.Reset();
        await subscription.ReadUntilAsync(happened => happened is Rebooted { Domain.Name: "reset" });
        // Not on the same guest: after a reset its firmware resets once more by itself, whenever it comes to that.
        guest.SetLifecycleAction(GuestTransition.Reboot, LifecycleAction.Destroy, DomainImpact.Live);
        _ = Record.Exception(guest.Reset); // QEMU may be gone before it has answered.
        var told = await ReadLifeAsync(subscription, guest);

        Reason(told.OfType<MonitorEvent>().First()).ShouldBe("host-qmp-system-reset");
    }

    [Fact]
    public async Task Destroying_a_guest_is_told_by_qemu_too()
    {
        using var subscription = Connection.Subscribe(DomainEventKinds.Lifecycle, "SHUTDOWN");
        using var guest = Connection.CreateDomain(TinyGuest.Xml("destroyed"));
        guest.Destroy();

        var told = await ReadLifeAsync(subscription, guest);

        told.OfType<MonitorEvent>().ShouldAllBe(happened => Reason(happened) == "host-signal");
        told[^1].ShouldBeOfType<LifecycleChanged>().Detail.ShouldBe(LifecycleDetail.StoppedDestroyed);
    }

    [Fact]
    public async Task A_qemu_that_dies_is_told_as_failed()
    {
        using var subscription = Connection.Subscribe(DomainEventKinds.Lifecycle);
        using var guest = Connection.CreateDomain(TinyGuest.Xml("killed"));
        await Daemon.KillGuestAsync("killed");

        var told = await ReadLifeAsync(subscription, guest);

        told[^1].ShouldBeOfType<LifecycleChanged>().Detail.ShouldBe(LifecycleDetail.StoppedFailed);
    }

    [Fact]
    public async Task A_guest_and_its_metadata_outlive_the_daemon_and_theConnection_says_that_it_was_lost()
    {
        using var guest = Connection.CreateDomain(TinyGuest.Xml("survivor"));
        guest.SetMetadata(Namespace, "vireo", "<machine uid='42'/>");
        var subscription = Connection.Subscribe(DomainEventKinds.All, "SHUTDOWN");

        await Daemon.KillDaemonAsync();

        (await Connection.Closed.WaitAsync(Patience)).ShouldBe(CloseReason.EndOfFile);
        Connection.IsAlive.ShouldBeFalse();
        (await subscription.ReadToEndAsync()).ShouldNotContain(happened => IsStop(happened, guest));
        Should.Throw<LibvirtException>(() => guest.GetState()).IsConnectionLost.ShouldBeTrue();
        Should.Throw<LibvirtException>(() => Daemon.Open()).IsConnectionLost.ShouldBeTrue();
        Should
            .Throw<LibvirtException>(() => Connection.Subscribe(DomainEventKinds.All, "RESET"))
            .IsConnectionLost.ShouldBeTrue();
        Connection.Dispose();

        await Daemon.StartDaemonAsync();
        Connection = Daemon.Open();
        using var found = Connection.FindDomain(guest.Uuid).ShouldNotBeNull();
        found.Identity.ShouldBe(guest.Identity);
        found.GetState().State.ShouldBe(DomainState.Running);
        found.GetMetadata(Namespace).ShouldBe("<machine uid=\"42\"/>");
        found.IsPersistent.ShouldBeFalse();
    }

    [Fact]
    public async Task A_closedConnection_leaves_nothing_open_at_the_daemon()
    {
        var before = await Daemon.CountSocketsAsync();
        for (var count = 0; count < 5; count++)
        {
            using var connection = Daemon.Open();
            using var subscription = connection.Subscribe(DomainEventKinds.All, "SHUTDOWN", "RESET");
        }

        var now = int.MaxValue;
        for (var look = 0; look < 100 && now > before; look++)
        {
            now = await Daemon.CountSocketsAsync();
        }

        now.ShouldBe(before);
    }

    [Fact]
    public async Task Connections_may_close_while_qemu_events_come()
    {
        using var guest = Connection.CreateDomain(TinyGuest.Xml("noisy"));
        using var end = new CancellationTokenSource();
        var noise = Task.Run(() =>
        {
            for (var count = 0; !end.IsCancellationRequested; count++)
            {
                guest.Reset();
            }
        });

        await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (var count = 0; count < 15; count++)
                        {
                            using var connection = Daemon.Open();
                            using var subscription = connection.Subscribe(DomainEventKinds.All, "RESET");
                            await subscription.ReadUntilAsync(happened => happened.Domain == guest.Identity);
                        }
                    })
                )
        );
        await end.CancelAsync();
        await noise;

        guest.GetState().State.ShouldBe(DomainState.Running);
    }

    private static string? Reason(MonitorEvent happened) =>
        JsonDocument.Parse(happened.DetailsJson!).RootElement.GetProperty("reason").GetString();
}
