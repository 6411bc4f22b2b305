using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

public class InstanceSpecRulesTests
{
    [Fact]
    public void Every_error_is_told_at_once()
    {
        var errors = Errors(
            default,
            ("domain.memory", ""),
            ("domain.cpu.cores", "513"),
            ("domain.machine.type", "\"isapc\""),
            ("hostname", "\"-\""),
            ("volumes[0].containerDisk.image", "\"\""),
            ("domain.devices.disks[2]", """{ "name": "nowhere", "bootOrder": 0 }""")
        );

        errors.Count.ShouldBe(7);
    }

    [Theory]
    [InlineData("domain.machine.type", "\"pc-q35-noble\"")]
    [InlineData("domain.machine.type", "\"pc\"")]
    [InlineData("domain.machine.type", "\"pc-i440fx-rhel7.6.0\"")]
    [InlineData("domain.machine.type", "")]
    [InlineData("domain.memory", """{ "guest": "1Mi" }""")]
    [InlineData("domain", """{ "devices": {}, "resources": { "requests": { "memory": "64M" } } }""")]
    [InlineData("domain", """{ "devices": {}, "resources": { "limits": { "memory": "64M" } } }""")]
    [InlineData("domain.cpu", """{ "sockets": 512 }""")]
    [InlineData("domain.devices.disks", "")]
    [InlineData("domain.devices.disks[0]", """{ "name": "root" }""")]
    [InlineData("domain.devices.disks[0]", """{ "name": "root", "cdrom": {} }""")]
    [InlineData("domain.devices.interfaces[0]", """{ "name": "default" }""")]
    [InlineData("domain.devices.interfaces[0].macAddress", "\"DE-AD-00-00-BE-AF\"")]
    [InlineData("domain.devices.interfaces[0].ports", """[{ "port": 53 }, { "port": 53, "protocol": "UDP" }]""")]
    [InlineData("domain.devices.watchdog", """{ "name": "w", "i6300esb": {} }""")]
    [InlineData("domain.firmware.bootloader.efi.secureBoot", "false")]
    [InlineData("domain.features.hyperv", """{ "synictimer": {}, "ipi": {}, "evmcs": {} }""")]
    [InlineData("domain.clock.timezone", "\"America/Argentina/Buenos_Aires\"")]
    [InlineData("volumes[0].containerDisk.image", "\"localhost:5000/a/b@sha256:0123\"")]
    [InlineData("volumes[0].containerDisk.path", "\"/custom/disk.qcow2\"")]
    [InlineData("volumes[1].cloudInitNoCloud", """{ "networkData": "version: 2" }""")]
    [InlineData("terminationGracePeriodSeconds", "0")]
    [InlineData("startStrategy", "\"Paused\"")]
    public void What_only_a_default_would_fill_and_what_is_right_is_not_refused(string path, string json)
    {
        Errors(default, path == "domain" ? [(path, json), ("networks", "")] : [(path, json)]).ShouldBeEmpty();
    }
}
