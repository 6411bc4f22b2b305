using System.Xml.Linq;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class CapabilitiesTests
{
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
                  <domain type='kvm'><machine maxCpus='288'>pc-q35-7.2</machine></domain>
                </arch>
              </guest>
              <guest><os_type>hvm</os_type><arch name='aarch64'><machine maxCpus='8'>virt</machine></arch></guest>
            </capabilities>
            """
        );
        Capabilities.Architecture(capabilities).ShouldBe("amd64");
        Capabilities
            .MachineTypes(capabilities)
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
