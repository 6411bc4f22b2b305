using Vireo.Libvirt;
using Vireo.Libvirt.Native;

namespace Vireo.Tests.Libvirt;

public sealed class LibvirtConnectionTests : IDisposable
{
    private readonly TestHost _host = new();

    private LibvirtConnection Connection => _host.Connection;

    public void Dispose() => _host.Dispose();

    [Fact]
    public void An_open_connection_says_what_it_is_connected_to()
    {
        Connection.IsAlive.ShouldBeTrue();
        Connection.HostName.ShouldNotBeEmpty();
        Connection.GetLibVersion().ShouldBeGreaterThanOrEqualTo(new Version(9, 0, 0));
        Connection.GetVersion().ShouldBe(new Version(0, 0, 2));
        Connection.GetCapabilities().ShouldContain("<capabilities>");
    }

    [Fact]
    public void The_hosts_memory_is_told_in_bytes()
    {
        var node = Connection.GetNodeFacts();

        node.MemoryBytes.ShouldBe(8192000L * 1024);
        node.NumaNodes.ShouldBe(1);
        node.Cpus.ShouldBeGreaterThan(0);
        node.CpuModel.ShouldNotBeEmpty();
        node.CpuModel.ShouldNotContain('\0');
    }

    [Fact]
    public async Task Disposing_a_connection_completes_closed_and_leaves_it_dead()
    {
        Connection.Dispose();

        (await Connection.Closed).ShouldBe(CloseReason.Client);
        Connection.IsAlive.ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => Connection.HostName);
        Should.Throw<ObjectDisposedException>(() => Connection.Subscribe(DomainEventKinds.All));
        Connection.Dispose();
    }

    [Fact]
    public void A_domain_got_from_a_connection_may_be_disposed_after_it()
    {
        var domain = Connection.CreateDomain(TestHost.Xml("later"));
        Connection.Dispose();

        domain.GetState().State.ShouldBe(DomainState.Running);
        domain.Dispose();
        Should.Throw<ObjectDisposedException>(() => domain.GetState());
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        Connection.FindDomain("nobody").ShouldBeNull();
        Connection.FindDomain(Guid.NewGuid()).ShouldBeNull();
        Connection.FindNetwork("nowhere").ShouldBeNull();
        Connection.ListDomains().ShouldBeEmpty();
        Connection.ListNetworks().ShouldBeEmpty();
    }

    [Fact]
    public void A_domain_is_found_by_its_name_and_by_its_uuid()
    {
        var uuid = Guid.NewGuid();
        using var created = Connection.CreateDomain(TestHost.Xml("grüße", uuid));
        using var byName = Connection.FindDomain("grüße");
        using var byUuid = Connection.FindDomain(uuid);

        byName.ShouldNotBeNull().Identity.ShouldBe(created.Identity);
        byUuid.ShouldNotBeNull().Identity.ShouldBe(new DomainIdentity("grüße", uuid, created.Id));
        created.Id.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_list_holds_the_domains_that_were_asked_for()
    {
        using var running = Connection.CreateDomain(TestHost.Xml("running"));
        using var defined = Connection.DefineDomain(TestHost.Xml("defined"));

        Names(DomainFilter.All).ShouldBe(["defined", "running"]);
        Names(DomainFilter.Active).ShouldBe(["running"]);
        Names(DomainFilter.Inactive).ShouldBe(["defined"]);
        Names(DomainFilter.Active | DomainFilter.Persistent).ShouldBeEmpty();
    }

    [Fact]
    public void A_refusal_names_the_call_and_says_why_and_prints_nothing()
    {
        var refused = Should.Throw<LibvirtException>(() => Connection.CreateDomain("<domain type='test'"));

        refused.Call.ShouldBe("virDomainCreateXML");
        refused.Code.ShouldBe(ErrorCode.XmlDetail);
        refused.Reason.ShouldContain("attributes construct error");
        refused.Message.ShouldBe($"libvirt refused virDomainCreateXML: {refused.Reason}");
        refused.IsNotFound.ShouldBeFalse();
        refused.IsConnectionLost.ShouldBeFalse();
    }

    [Fact]
    public void Each_thread_gets_its_own_error()
    {
        Parallel.For(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            index =>
            {
                if (index % 2 == 0)
                {
                    Should
                        .Throw<LibvirtException>(() => Connection.DefineDomain("<domain/>"))
                        .Code.ShouldBe(ErrorCode.NameMissing);
                }
                else
                {
                    Connection.FindDomain($"nobody-{index}").ShouldBeNull();
                }
            }
        );
    }

    [Fact]
    public void A_daemon_that_is_not_there_counts_as_a_lost_connection()
    {
        var refused = Should.Throw<LibvirtException>(() =>
            LibvirtConnection.Open("qemu+unix:///system?socket=/nonexistent/libvirt-sock")
        );

        refused.Call.ShouldBe("virConnectOpen");
        refused.IsConnectionLost.ShouldBeTrue();
        refused.Reason.ShouldContain("/nonexistent/libvirt-sock");
    }

    [Fact]
    public void An_address_that_makes_no_sense_is_not_a_lost_connection()
    {
        var refused = Should.Throw<LibvirtException>(() => LibvirtConnection.Open("qemu+pigeon:///system"));

        refused.Code.ShouldBe(ErrorCode.InvalidArgument);
        refused.IsConnectionLost.ShouldBeFalse();
    }

    [Fact]
    public void A_missing_library_is_told_with_the_packages_that_have_it()
    {
        var missing = Should.Throw<LibvirtException>(() => LibvirtLibrary.Require("libnosuchvirt.so.0"));

        missing.Code.ShouldBe(ErrorCode.LibraryMissing);
        missing.Message.ShouldContain("libnosuchvirt.so.0");
        missing.Message.ShouldContain("apt install libvirt0 libvirt-daemon-system");
    }

    private List<string> Names(DomainFilter filter)
    {
        List<string> names = [];
        foreach (var domain in Connection.ListDomains(filter))
        {
            names.Add(domain.Name);
            domain.Dispose();
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
