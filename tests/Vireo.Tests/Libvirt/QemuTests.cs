using System.Text.Json;
using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>What only a real daemon with real QEMU processes shows.</summary>
public sealed class QemuTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>, IDisposable
{
    private const string Namespace = "https://vireo.example/test";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private LibvirtConnection _connection = daemon.Open();

    public void Dispose()
    {
        foreach (var left in _connection.ListDomains(DomainFilter.Active))
        {
            DestroyIfThere(left);
            left.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>Right after a daemon's start, its own search for its guests may take note of the death first.</summary>
    private static void DestroyIfThere(LibvirtDomain guest)
    {
        try
        {
            guest.Destroy();
        }
        catch (LibvirtException gone) when (gone.IsNotFound) { }
    }

    [Fact]
    public void The_host_says_what_its_qemu_offers()
    {
        _connection.GetCapabilities().ShouldContain("<domain type='qemu'");
        _connection
            .GetDomainCapabilities(arch: "x86_64", machine: "q35", virtType: "qemu")
            .ShouldContain("<domain>qemu</domain>");
        _connection.GetVersion().Major.ShouldBeGreaterThanOrEqualTo(7);
        _connection.GetLibVersion().ShouldBeGreaterThanOrEqualTo(new Version(9, 0, 0));

        Should
            .Throw<LibvirtException>(() => _connection.GetDomainCapabilities(machine: "pc-q35-0.0", virtType: "qemu"))
            .Code.ShouldBe(ErrorCode.InvalidArgument);
    }

    [Fact]
    public async Task A_guest_lives_in_the_order_started_paused_resumed_stopped()
    {
        using var subscription = _connection.Subscribe(DomainEventKinds.All);
        using var guest = _connection.CreateDomain(TinyGuest.Xml("order"), DomainStart.Paused);
        guest.GetState().ShouldBe(new DomainStatus(DomainState.Paused, DomainReason.PausedByUser));
        guest.Resume();
        guest.GetState().State.ShouldBe(DomainState.Running);
        guest.Destroy(DomainDestroy.Graceful);

        var told = await subscription.ReadUntilAsync(IsStop);

        told.OfType<LifecycleChanged>()
            .Select(happened => happened.Event)
            .Where(happened => happened is not (Lifecycle.Suspended or Lifecycle.Shutdown))
            .ShouldBe([Lifecycle.Started, Lifecycle.Resumed, Lifecycle.Stopped]);
        told.ShouldAllBe(happened => happened.Domain.Uuid == guest.Uuid);
        told[^1].ShouldBeOfType<LifecycleChanged>().Detail.ShouldBe(LifecycleDetail.StoppedDestroyed);
        _connection.FindDomain("order").ShouldBeNull();
    }

    [Theory]
    [InlineData(true, "guest-reset")]
    [InlineData(false, "guest-shutdown")]
    public async Task A_reboot_that_destroys_is_told_from_a_shutdown_by_qemus_own_event(bool reboots, string reason)
    {
        var disk = TinyGuest.Disk(daemon.Folder, reason, reboots ? TinyGuest.Reboots : TinyGuest.PowersOff);
        using var subscription = _connection.Subscribe(DomainEventKinds.Lifecycle, "SHUTDOWN");
        using var guest = _connection.CreateDomain(TinyGuest.Xml(reason, "destroy", disk));

        var told = await subscription.ReadUntilAsync(IsStop);

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
        using var subscription = _connection.Subscribe(
            DomainEventKinds.Lifecycle | DomainEventKinds.Reboot,
            "SHUTDOWN"
        );
        using var guest = _connection.CreateDomain(TinyGuest.Xml("reset"));

        guest.Reset();
        await subscription.ReadUntilAsync(happened => happened is Rebooted);
        guest.SetLifecycleAction(GuestTransition.Reboot, LifecycleAction.Destroy, DomainImpact.Live);
        _ = Record.Exception(guest.Reset); // QEMU may be gone before it has answered.
        var told = await subscription.ReadUntilAsync(IsStop);

        Reason(told.OfType<MonitorEvent>().First()).ShouldBe("host-qmp-system-reset");
        _connection.FindDomain("reset").ShouldBeNull();
    }

    [Fact]
    public async Task Destroying_a_guest_is_told_by_qemu_too()
    {
        using var subscription = _connection.Subscribe(DomainEventKinds.Lifecycle, "SHUTDOWN");
        using var guest = _connection.CreateDomain(TinyGuest.Xml("destroyed"));
        guest.Destroy();

        var told = await subscription.ReadUntilAsync(IsStop);

        told.OfType<MonitorEvent>().ShouldAllBe(happened => Reason(happened) == "host-signal");
        told[^1].ShouldBeOfType<LifecycleChanged>().Detail.ShouldBe(LifecycleDetail.StoppedDestroyed);
    }

    [Fact]
    public async Task A_qemu_that_dies_is_told_as_failed()
    {
        using var subscription = _connection.Subscribe(DomainEventKinds.Lifecycle);
        using var guest = _connection.CreateDomain(TinyGuest.Xml("killed"));
        await daemon.KillGuestAsync("killed");

        var told = await subscription.ReadUntilAsync(IsStop);

        told[^1].ShouldBeOfType<LifecycleChanged>().Detail.ShouldBe(LifecycleDetail.StoppedFailed);
    }

    [Fact]
    public async Task A_guest_and_its_metadata_outlive_the_daemon_and_the_connection_says_that_it_was_lost()
    {
        using var guest = _connection.CreateDomain(TinyGuest.Xml("survivor"));
        guest.SetMetadata(Namespace, "vireo", "<machine uid='42'/>");
        var subscription = _connection.Subscribe(DomainEventKinds.All, "SHUTDOWN");

        await daemon.KillDaemonAsync();

        (await _connection.Closed.WaitAsync(s_patience)).ShouldBe(CloseReason.EndOfFile);
        _connection.IsAlive.ShouldBeFalse();
        (await subscription.ReadToEndAsync()).ShouldBeEmpty();
        Should.Throw<LibvirtException>(() => guest.GetState()).IsConnectionLost.ShouldBeTrue();
        Should.Throw<LibvirtException>(() => daemon.Open()).IsConnectionLost.ShouldBeTrue();
        Should
            .Throw<LibvirtException>(() => _connection.Subscribe(DomainEventKinds.All, "RESET"))
            .IsConnectionLost.ShouldBeTrue();
        _connection.Dispose();

        await daemon.StartDaemonAsync();
        _connection = daemon.Open();
        using var found = _connection.FindDomain(guest.Uuid).ShouldNotBeNull();
        found.Identity.ShouldBe(guest.Identity);
        found.GetState().State.ShouldBe(DomainState.Running);
        found.GetMetadata(Namespace).ShouldBe("<machine uid=\"42\"/>");
        found.IsPersistent.ShouldBeFalse();
    }

    [Fact]
    public async Task A_closed_connection_leaves_nothing_open_at_the_daemon()
    {
        var before = await daemon.CountSocketsAsync();
        for (var count = 0; count < 5; count++)
        {
            using var connection = daemon.Open();
            using var subscription = connection.Subscribe(DomainEventKinds.All, "SHUTDOWN", "RESET");
        }

        var now = int.MaxValue;
        for (var look = 0; look < 100 && now > before; look++)
        {
            now = await daemon.CountSocketsAsync();
        }

        now.ShouldBe(before);
    }

    [Fact]
    public async Task Connections_may_close_while_qemu_events_come()
    {
        using var guest = _connection.CreateDomain(TinyGuest.Xml("noisy"));
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
                            using var connection = daemon.Open();
                            using var subscription = connection.Subscribe(DomainEventKinds.All, "RESET");
                            (await subscription.NextAsync()).Domain.ShouldBe(guest.Identity);
                        }
                    })
                )
        );
        await end.CancelAsync();
        await noise;

        guest.GetState().State.ShouldBe(DomainState.Running);
    }

    [Fact]
    public void A_monitor_command_is_answered_by_qemu()
    {
        using var guest = _connection.CreateDomain(TinyGuest.Xml("asked"));

        guest.MonitorCommand("""{"execute":"query-status"}""").ShouldContain("\"status\":\"running\"");
    }

    [Fact]
    public void A_guest_without_an_agent_says_so()
    {
        using var guest = _connection.CreateDomain(TinyGuest.Xml("mute"));

        Should
            .Throw<LibvirtException>(() => guest.AgentCommand("""{"execute":"guest-ping"}"""))
            .Code.ShouldBe(ErrorCode.ArgumentUnsupported);
        Should.Throw<LibvirtException>(() => guest.GetGuestFacts()).Code.ShouldBe(ErrorCode.ArgumentUnsupported);
        guest.SetAgentTimeout(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void An_agent_that_does_not_answer_says_so()
    {
        const string Channel = """
            <controller type='virtio-serial'/>
            <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
            """;
        using var guest = _connection.CreateDomain(TinyGuest.Xml("asleep", devices: Channel));

        Should
            .Throw<LibvirtException>(() => guest.AgentCommand("""{"execute":"guest-ping"}""", TimeSpan.FromSeconds(1)))
            .Code.ShouldBe(ErrorCode.AgentUnresponsive);
        Should
            .Throw<LibvirtException>(() => guest.Shutdown(PowerRequest.GuestAgent))
            .Code.ShouldBe(ErrorCode.AgentUnresponsive);
    }

    [Fact]
    public async Task A_device_is_attached_changed_and_detached()
    {
        const string Rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
        const string Port =
            "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' model='pcie-root-port'/>";
        using var subscription = _connection.Subscribe(
            DomainEventKinds.DeviceAdded | DomainEventKinds.DeviceRemovalFailed
        );
        using var guest = _connection.CreateDomain(TinyGuest.Xml("plugged", devices: Port));

        guest.AttachDevice(Rng, DeviceImpact.Live);

        var added = (await subscription.NextAsync()).ShouldBeOfType<DeviceAdded>();
        guest.GetXml().ShouldContain($"<alias name='{added.Alias}'/>");
        Should
            .Throw<LibvirtException>(() => guest.DetachDevice("<rng model='virtio'/>", DeviceImpact.Live))
            .Call.ShouldBe("virDomainDetachDeviceFlags");
    }

    [Fact]
    public void A_networks_leases_are_told_and_found_for_its_guests()
    {
        const string Mac = "52:54:00:0A:0B:0C";
        using var network = _connection.CreateNetwork(
            """
            <network>
              <name>leases</name>
              <bridge name='virleases' stp='off'/>
              <ip address='10.98.0.1' prefix='24'><dhcp><range start='10.98.0.10' end='10.98.0.20'/></dhcp></ip>
            </network>
            """
        );
        using var guest = _connection.CreateDomain(
            TinyGuest.Xml(
                "leased",
                devices: $"<interface type='network'><mac address='{Mac}'/><source network='leases'/></interface>"
            )
        );
        network.GetDhcpLeases().ShouldBeEmpty();

        // No DHCP client fits into a boot sector: the lease is written as the network's DHCP server writes it.
        File.WriteAllText(
            $"{daemon.Folder}/var/lib/libvirt/dnsmasq/virleases.status",
            """
            [{"ip-address":"10.98.0.12","mac-address":"52:54:00:0a:0b:0c","hostname":"tiny","client-id":"01:02",
              "expiry-time":4102444800}]
            """
        );

        network
            .GetDhcpLeases()
            .ShouldBe([
                new DhcpLease(
                    "52:54:00:0a:0b:0c",
                    "10.98.0.12",
                    24,
                    "tiny",
                    "01:02",
                    DateTimeOffset.FromUnixTimeSeconds(4102444800)
                ),
            ]);
        network.GetDhcpLeases("52:54:00:00:00:01").ShouldBeEmpty();
        var only = guest.GetInterfaceAddresses(AddressSource.Lease).ShouldHaveSingleItem();
        only.Mac.ShouldBe("52:54:00:0a:0b:0c");
        only.Addresses.ShouldBe([new GuestAddress("10.98.0.12", 24)]);

        guest.Destroy();
        network.Destroy();
    }

    [Fact]
    public async Task A_running_guest_moves_to_another_host()
    {
        await using var target = await PrivateLibvirtd.StartAsync();
        using var there = target.Open();
        using var subscription = _connection.Subscribe(DomainEventKinds.Lifecycle | DomainEventKinds.JobCompleted);
        using var guest = _connection.CreateDomain(TinyGuest.Xml("mover"));

        guest.Migrate(
            target.Uri,
            MigrateFlags.Live | MigrateFlags.PeerToPeer,
            new() { MigrateUri = $"unix://{target.Folder}/mover.migration", BandwidthMiB = 500 }
        );

        using var moved = there.FindDomain(guest.Uuid).ShouldNotBeNull();
        moved.GetState().ShouldBe(new DomainStatus(DomainState.Running, DomainReason.RunningMigrated));
        moved.GetJobStats().Type.ShouldBe(JobType.None);
        var (stopped, ended) = (false, false);
        var told = await subscription.ReadUntilAsync(happened =>
        {
            stopped |= IsStop(happened);
            ended |= happened is JobEnded;
            return stopped && ended;
        });
        told.OfType<LifecycleChanged>().Last().Detail.ShouldBe(LifecycleDetail.StoppedMigrated);
        var stats = told.OfType<JobEnded>().ShouldHaveSingleItem().Stats;
        (stats.Type, stats.Operation).ShouldBe((JobType.Completed, JobOperation.MigrationOut));
        stats.DataTotalBytes.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(32L << 20);
        moved.GetCompletedJobStats().Operation.ShouldBe(JobOperation.MigrationIn);
        Should.Throw<LibvirtException>(() => moved.AbortJob()).Code.ShouldBe(ErrorCode.OperationInvalid);
    }

    private static bool IsStop(DomainEvent happened) => happened is LifecycleChanged { Event: Lifecycle.Stopped };

    private static string? Reason(MonitorEvent happened) =>
        JsonDocument.Parse(happened.DetailsJson!).RootElement.GetProperty("reason").GetString();
}
