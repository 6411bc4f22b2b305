using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

public sealed class LibvirtDomainTests : IDisposable
{
    private const string Namespace = "https://vireo.example/test";

    private readonly TestHost _host = new();

    private LibvirtConnection Connection => _host.Connection;

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_transient_domain_runs_and_is_gone_once_destroyed()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("short"));
        domain.IsPersistent.ShouldBeFalse();
        domain.GetState().ShouldBe(new DomainStatus(DomainState.Running, DomainReason.RunningBooted));

        domain.Destroy();

        Connection.FindDomain("short").ShouldBeNull();
        Should.Throw<LibvirtException>(() => domain.GetState()).IsNotFound.ShouldBeTrue();
    }

    [Fact]
    public void A_defined_domain_is_started_shut_down_and_removed()
    {
        using var domain = Connection.DefineDomain(TestHost.Xml("long"));
        domain.IsPersistent.ShouldBeTrue();
        domain.Id.ShouldBe(-1);
        domain.GetState().State.ShouldBe(DomainState.ShutOff);

        domain.Start();
        domain.GetState().State.ShouldBe(DomainState.Running);
        domain.Shutdown();
        domain.GetState().ShouldBe(new DomainStatus(DomainState.ShutOff, DomainReason.ShutOffShutdown));
        domain.Undefine();

        Connection.FindDomain("long").ShouldBeNull();
    }

    [Fact]
    public void A_domain_is_suspended_and_resumed()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("still"));
        domain.Suspend();
        domain.GetState().ShouldBe(new DomainStatus(DomainState.Paused, DomainReason.PausedByUser));

        domain.Resume();
        domain.GetState().ShouldBe(new DomainStatus(DomainState.Running, DomainReason.RunningUnpaused));
    }

    [Fact]
    public void What_makes_no_sense_in_a_state_is_refused_as_such()
    {
        using var domain = Connection.DefineDomain(TestHost.Xml("off"));

        Should.Throw<LibvirtException>(() => domain.Destroy()).Code.ShouldBe(ErrorCode.OperationInvalid);
    }

    [Fact]
    public void Metadata_is_kept_under_its_namespace_until_it_is_removed()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("noted"));
        domain.GetMetadata(Namespace).ShouldBeNull();

        domain.SetMetadata(Namespace, "vireo", "<machine uid='a&amp;b'/>");
        domain.GetMetadata(Namespace).ShouldBe("<machine uid=\"a&amp;b\"/>");
        domain.GetXml().ShouldContain($"<vireo:machine xmlns:vireo=\"{Namespace}\" uid=\"a&amp;b\"/>");

        domain.SetMetadata(Namespace, "vireo", null);
        domain.GetMetadata(Namespace).ShouldBeNull();
    }

    [Fact]
    public void Memory_is_told_and_set_in_bytes()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("sized"));
        var usage = domain.GetUsage();
        usage.State.ShouldBe(DomainState.Running);
        usage.MaxMemoryBytes.ShouldBe(64L << 20);
        usage.MemoryBytes.ShouldBe(64L << 20);

        domain.SetMemory((32L << 20) + 1);

        domain.GetUsage().MemoryBytes.ShouldBe((32L << 20) + 1024);
    }

    [Fact]
    public void Virtual_cpus_are_plugged_up_to_the_maximum()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("wide"));
        domain.GetVcpus(VcpuImpact.Live).ShouldBe(1);
        domain.GetVcpus(VcpuImpact.Live | VcpuImpact.Maximum).ShouldBe(4);

        domain.SetVcpus(3, VcpuImpact.Live);

        domain.GetVcpus(VcpuImpact.Live).ShouldBe(3);
        Should
            .Throw<LibvirtException>(() => domain.SetVcpus(5, VcpuImpact.Live))
            .Code.ShouldBe(ErrorCode.InvalidArgument);
    }

    [Fact]
    public void The_answer_to_a_reboot_is_chosen_while_the_domain_runs()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("once"));

        domain.SetLifecycleAction(GuestTransition.Reboot, LifecycleAction.Destroy, DomainImpact.Live);

        domain.GetXml().ShouldContain("<on_reboot>destroy</on_reboot>");
    }

    [Fact]
    public void File_systems_are_frozen_and_thawed_and_counted()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("frozen"));

        domain.FreezeFileSystems().ShouldBe(2);
        domain.ThawFileSystems("/").ShouldBe(1);
        domain.ThawFileSystems().ShouldBe(1);
    }

    [Fact]
    public void A_driver_without_a_function_says_so()
    {
        using var domain = Connection.CreateDomain(TestHost.Xml("plain"));

        Should.Throw<LibvirtException>(() => domain.GetJobStats()).Code.ShouldBe(ErrorCode.NoSupport);
        Should.Throw<LibvirtException>(() => domain.MonitorCommand("{}")).Code.ShouldBe(ErrorCode.NoSupport);
        Should.Throw<LibvirtException>(() => Connection.GetDomainCapabilities()).Code.ShouldBe(ErrorCode.NoSupport);
    }
}
