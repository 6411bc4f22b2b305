using System.Xml.Linq;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class CapabilitiesTests
{
    private static readonly XElement OfKvm = XElement.Parse(
        """
        <capabilities>
          <guest>
            <os_type>hvm</os_type>
            <arch name='x86_64'>
              <emulator>/usr/bin/qemu-system-x86_64</emulator>
              <machine>pc-q35-7.2</machine>
              <machine canonical='pc-q35-7.2'>q35</machine>
              <domain type='qemu'/>
              <domain type='kvm'>
                <emulator>/usr/libexec/qemu-kvm</emulator>
                <machine canonical='pc-q35-rhel9.6.0' maxCpus='710'>q35</machine>
                <machine maxCpus='710'>pc-q35-rhel9.6.0</machine>
              </domain>
            </arch>
          </guest>
          <guest><os_type>hvm</os_type><arch name='mips'><emulator>/usr/bin/qemu-system-mips</emulator></arch></guest>
        </capabilities>
        """
    );

    [Theory]
    [InlineData("kvm", "pc-q35-rhel9.6.0")]
    [InlineData("qemu", "pc-q35-7.2")]
    public void Machine_types_are_those_of_the_way_in_which_guests_run(string domainType, string newest)
    {
        var types = Capabilities.MachineTypes(OfKvm, domainType);
        types.Select(type => type.Name).ShouldBe([newest, "q35"]);
        types.Single(type => type.Name == "q35").Canonical.ShouldBe(newest);
    }

    [Fact]
    public void The_programs_are_named_by_which_guests_of_known_architectures_run() =>
        Capabilities.Emulators(OfKvm).ShouldBe(["/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm"]);

    [Fact]
    public void The_processors_that_guests_can_be_shown_are_told()
    {
        var processor = Capabilities
            .Processor(
                XElement.Parse(
                    """
                    <domainCapabilities>
                      <cpu>
                        <mode name='host-passthrough' supported='yes'/>
                        <mode name='host-model' supported='yes'>
                          <model fallback='forbid'>Skylake-Client-IBRS</model>
                          <vendor>Intel</vendor>
                          <feature policy='require' name='vmx'/>
                          <feature policy='require' name='ss'/>
                          <feature policy='disable' name='mpx'/>
                        </mode>
                        <mode name='custom' supported='yes'>
                          <model usable='yes' vendor='unknown'>qemu64</model>
                          <model usable='no' vendor='AMD'>EPYC</model>
                          <model usable='yes' vendor='Intel'>Haswell</model>
                        </mode>
                      </cpu>
                    </domainCapabilities>
                    """
                )
            )
            .ShouldNotBeNull();

        processor.Model.ShouldBe("Skylake-Client-IBRS");
        processor.Features.ShouldBe(["ss", "vmx"]);
        processor.Models.ShouldBe(["Haswell", "qemu64"]);
        Capabilities.Processor(XElement.Parse("<domainCapabilities/>")).ShouldBeNull();
    }

    [Fact]
    public void Machine_types_come_with_alias_deprecation_and_limit_once_each()
    {
        var capabilities = XElement.Parse(
            """
            <capabilities>
              <host><cpu><arch>x86_64</arch></cpu></host>
              <guest><os_type>hvm</os_type><arch name='i686'><machine>q35</machine></arch></guest>
              <guest>
                <os_type>hvm</os_type>
                <arch name='x86_64'>
                  <machine maxCpus='288'>pc-q35-7.2</machine>
                  <machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>
                  <machine maxCpus='255' deprecated='yes'>pc-i440fx-1.4</machine>
                  <domain type='qemu'/>
                  <domain type='kvm'/>
                </arch>
              </guest>
              <guest><os_type>hvm</os_type><arch name='aarch64'><machine maxCpus='8'>virt</machine></arch></guest>
            </capabilities>
            """
        );
        Capabilities.Architecture(capabilities).ShouldBe("amd64");
        Capabilities
            .MachineTypes(capabilities, "qemu")
            .ShouldBe([
                new()
                {
                    Name = "pc-i440fx-1.4",
                    Architecture = "amd64",
                    Deprecated = true,
                    MaxCpus = 255,
                },
                new()
                {
                    Name = "pc-q35-7.2",
                    Architecture = "amd64",
                    MaxCpus = 288,
                },
                new()
                {
                    Name = "q35",
                    Canonical = "pc-q35-7.2",
                    Architecture = "amd64",
                    MaxCpus = 288,
                },
                new()
                {
                    Name = "virt",
                    Architecture = "arm64",
                    MaxCpus = 8,
                },
            ]);
    }
}
