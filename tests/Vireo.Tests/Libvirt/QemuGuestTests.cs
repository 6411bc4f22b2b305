using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>What a real daemon says of its host and does with its guests.</summary>
public sealed class QemuGuestTests(PrivateLibvirtd daemon) : QemuTest(daemon)
{
    [Fact]
    public void The_host_says_what_its_qemu_offers()
    {
        Connection.GetCapabilities().ShouldContain("<domain type='qemu'");
        Connection
            .GetDomainCapabilities(arch: "x86_64", machine: "q35", virtType: "qemu")
            .ShouldContain("<domain>qemu</domain>");
        Connection.GetVersion().Major.ShouldBeGreaterThanOrEqualTo(7);
        Connection.GetLibVersion().ShouldBeGreaterThanOrEqualTo(new Version(9, 0, 0));

        Should
            .Throw<LibvirtException>(() => Connection.GetDomainCapabilities(machine: "pc-q35-0.0", virtType: "qemu"))
            .Code.ShouldBe(ErrorCode.InvalidArgument);
    }

    [Fact]
    public void A_monitor_command_is_answered_by_qemu()
    {
        using var guest = Connection.CreateDomain(TinyGuest.Xml("asked"));

        guest.MonitorCommand("""{"execute":"query-status"}""").ShouldContain("\"status\":\"running\"");
    }

    [Fact]
    public void A_guest_without_an_agent_says_so()
    {
        using var guest = Connection.CreateDomain(TinyGuest.Xml("mute"));

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
        using var guest = Connection.CreateDomain(TinyGuest.Xml("asleep", devices: Channel));

        Should
            .Throw<LibvirtException>(() => guest.AgentCommand("""{"execute":"guest-ping"}""", TimeSpan.FromSeconds(1)))
            .Code.ShouldBe(ErrorCode.AgentUnresponsive);
        Should
            .Throw<LibvirtException>(() => guest.Shutdown(PowerRequest.GuestAgent))
            .Code.ShouldBe(ErrorCode.AgentUnresponsive);
    }

    [Fact]
    public void A_guest_shows_its_screen()
    {
        var screen = $"<video><model type='vga'/></video><graphics type='vnc' socket='{Daemon.Folder}/seen.sock'/>";
        using var guest = Connection.CreateDomain(TinyGuest.Xml("seen", devices: screen));

        var picture = guest.TakeScreenshot();

        picture.MimeType.ShouldBeOneOf("image/x-portable-pixmap", "image/png");
        picture.Bytes.Length.ShouldBeGreaterThan(100);
        guest.Suspend();
        guest.TakeScreenshot().MimeType.ShouldBe(picture.MimeType);
    }

    [Fact]
    public void A_guest_without_a_screen_says_so()
    {
        using var guest = Connection.CreateDomain(
            TinyGuest.Xml("blind", devices: "<video><model type='none'/></video>")
        );

        Should.Throw<LibvirtException>(() => guest.TakeScreenshot()).Call.ShouldBe("virDomainScreenshot");
    }

    [Fact]
    public async Task A_device_is_attached_changed_and_detached()
    {
        const string Rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
        const string Port =
            "<controller type='pci' index='0' model='pcie-root'/><controller type='pci' model='pcie-root-port'/>";
        using var subscription = Connection.Subscribe(
            DomainEventKinds.DeviceAdded | DomainEventKinds.DeviceRemovalFailed
        );
        using var guest = Connection.CreateDomain(TinyGuest.Xml("plugged", devices: Port));

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
        using var network = Connection.CreateNetwork(
            """
            <network>
              <name>leases</name>
              <bridge name='virleases' stp='off'/>
              <ip address='10.98.0.1' prefix='24'><dhcp><range start='10.98.0.10' end='10.98.0.20'/></dhcp></ip>
            </network>
            """
        );
        using var guest = Connection.CreateDomain(
            TinyGuest.Xml(
                "leased",
                devices: $"<interface type='network'><mac address='{Mac}'/><source network='leases'/></interface>"
            )
        );
        network.GetDhcpLeases().ShouldBeEmpty();

        // No DHCP client fits into a boot sector: the lease is written as the network's DHCP server writes it.
        File.WriteAllText(
            $"{Daemon.Folder}/var/lib/libvirt/dnsmasq/virleases.status",
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
        using var subscription = Connection.Subscribe(DomainEventKinds.Lifecycle | DomainEventKinds.JobCompleted);
        using var guest = Connection.CreateDomain(TinyGuest.Xml("mover"));

        guest.Migrate(
            target.Uri,
            MigrateFlags.Live,
            new() { MigrateUri = $"unix://{target.Folder}/mover.migration", BandwidthMiB = 500 }
        );

        using var moved = there.FindDomain(guest.Uuid).ShouldNotBeNull();
        moved.GetState().ShouldBe(new DomainStatus(DomainState.Running, DomainReason.RunningMigrated));
        moved.GetJobStats().Type.ShouldBe(JobType.None);
        var (stopped, ended) = (false, false);
        var told = await subscription.ReadUntilAsync(happened =>
        {
            stopped |= IsStop(happened, guest);
            ended |= happened is JobEnded;
            return stopped && ended;
        });
        told.OfType<LifecycleChanged>()
            .Last(happened => happened.Domain.Uuid == guest.Uuid)
            .Detail.ShouldBe(LifecycleDetail.StoppedMigrated);
        var stats = told.OfType<JobEnded>().ShouldHaveSingleItem().Stats;
        (stats.Type, stats.Operation).ShouldBe((JobType.Completed, JobOperation.MigrationOut));
        stats.DataTotalBytes.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(32L << 20);
        moved.GetCompletedJobStats().Operation.ShouldBe(JobOperation.MigrationIn);
        Should.Throw<LibvirtException>(() => moved.AbortJob()).Code.ShouldBe(ErrorCode.OperationInvalid);
    }
}
