using System.Xml.Linq;
using Vireo.Agent;
using Vireo.Api;
using static Vireo.Tests.Agent.Growing;

namespace Vireo.Tests.Agent;

public sealed class DomainSizeTests
{
    /// <summary>As libvirt tells it, parts that do not matter left out.</summary>
    private static readonly XElement Live = XElement.Parse(
        """
        <domain type='qemu'>
          <name>default_tiny</name>
          <maxMemory slots='16' unit='KiB'>524288</maxMemory>
          <memory unit='KiB'>524288</memory>
          <currentMemory unit='KiB'>524288</currentMemory>
          <vcpu placement='static' current='4'>8</vcpu>
          <cpu>
            <topology sockets='4' dies='1' cores='2' threads='1'/>
            <numa><cell id='0' cpus='0-7' memory='131072' unit='KiB'/></numa>
          </cpu>
          <devices>
            <memory model='virtio-mem'>
              <target>
                <size unit='KiB'>393216</size>
                <node>0</node>
                <block unit='KiB'>2048</block>
                <requested unit='KiB'>262144</requested>
                <current unit='KiB'>131072</current>
              </target>
            </memory>
          </devices>
        </domain>
        """
    );

    private static ObservedDomain Seen { get; } = ObservedDomain.Read(Live, null);

    [Fact]
    public void A_live_domain_tells_what_it_has_and_what_it_could_have()
    {
        Seen.Vcpus.ShouldBe(new(Count: 4, Most: 8, Cores: 2, Threads: 1));
        Seen.Memory.ShouldBe(new(128 * MiB, new(384 * MiB, 2 * MiB, 256 * MiB, 128 * MiB)));
    }

    [Fact]
    public void The_status_says_what_the_guest_was_asked_to_have_and_what_it_has()
    {
        var memory = DomainSize.Memory(Samples.Instance, Seen);
        memory.GuestAtBoot.ToString().ShouldBe("128Mi");
        memory.GuestRequested.ToString().ShouldBe("384Mi");
        memory.GuestCurrent.ToString().ShouldBe("256Mi");
        DomainSize
            .Topology(Samples.Instance, Seen)
            .ShouldBe(
                new()
                {
                    Sockets = 2,
                    Cores = 2,
                    Threads = 1,
                }
            );
    }

    [Fact]
    public void Half_a_socket_is_none()
    {
        var half = Seen with { Vcpus = Seen.Vcpus! with { Count = 3 } };
        DomainSize.Topology(Samples.Instance, half).Sockets.ShouldBe(1);
    }

    [Theory]
    [InlineData(null, "128Mi", "128Mi")]
    [InlineData("131072Ki", "1Gi", "131072Ki")] // the spec has changed since
    [InlineData("64Mi", "128Mi", "128Mi")] // it had changed before the guest was started
    [InlineData("134000k", "1Gi", "134000k")] // libvirt rounds up
    [InlineData("64Mi", "1Gi", "128Mi")] // nobody knows, but the domain
    public void What_it_booted_with_is_as_it_was_told_where_the_domain_bears_that_out(
        string? told,
        string asked,
        string expected
    )
    {
        var instance = Instance.ToMemory(asked);
        Quantity? atBoot = told is null ? null : Quantity.Parse(told);
        instance = instance with { Status = new() { Memory = new() { GuestAtBoot = atBoot } } };
        DomainSize.AtBoot(instance, Seen).ToString().ShouldBe(expected);
    }

    [Fact]
    public void Without_a_domain_that_says_so_what_was_told_stays()
    {
        var instance = Samples.Instance with { Status = new() { CurrentCPUTopology = new() { Sockets = 7 } } };
        var mute = Seen with { Vcpus = null, Memory = null };
        DomainSize.Topology(instance, mute).Sockets.ShouldBe(7);
        DomainSize.AtBoot(instance, mute).ToString().ShouldBe("128Mi");
    }
}
