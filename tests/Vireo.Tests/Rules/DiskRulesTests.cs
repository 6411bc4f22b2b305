using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

/// <summary>Each row: a change to a valid template, and the one error it must cause.</summary>
public class DiskRulesTests
{
    [Theory]
    [InlineData(
        "domain.devices.disks[2]",
        """{ "name": "data" }""",
        "domain.devices.disks[2].name",
        "spec.template.spec.domain.devices.disks[2].name 'data' not found."
    )]
    [InlineData(
        "domain.devices.disks[2]",
        """{ "name": "root" }""",
        "domain.devices.disks[2].name",
        "spec.template.spec.domain.devices.disks[0] and spec.template.spec.domain.devices.disks[2] must not have the same Name."
    )]
    [InlineData("domain.devices.disks[0].cdrom", "{}", "domain.devices.disks[0]", "only one target type")]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "cdrom": { "bus": "virtio" } }""",
        "domain.devices.disks[0].cdrom.bus",
        "Bus type virtio is invalid for CD-ROM device"
    )]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "cdrom": { "bus": "usb" } }""",
        "domain.devices.disks[0].cdrom.bus",
        "use sata or scsi"
    )]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "cdrom": { "readonly": false } }""",
        "domain.devices.disks[0].cdrom.readonly",
        "cannot be written to"
    )]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "cdrom": { "tray": "ajar" } }""",
        "domain.devices.disks[0].cdrom.tray",
        "use open or closed"
    )]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "lun": {} }""",
        "domain.devices.disks[0].lun",
        "can only be mapped to"
    )]
    [InlineData(
        "domain.devices.disks[0].disk.bus",
        "\"ide\"",
        "domain.devices.disks[0].disk.bus",
        "use virtio, sata, scsi or usb"
    )]
    [InlineData(
        "domain.devices.disks[0].serial",
        "\"a b\"",
        "domain.devices.disks[0].serial",
        "made up of the following characters [A-Za-z0-9_.+-]"
    )]
    [InlineData(
        "domain.devices.disks[0].cache",
        "\"unsafe\"",
        "domain.devices.disks[0].cache",
        "use none, writethrough or writeback"
    )]
    [InlineData(
        "domain.devices.disks[0].io",
        "\"io_uring\"",
        "domain.devices.disks[0].io",
        "use native, threads or default"
    )]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "io": "native", "cache": "writeback" }""",
        "domain.devices.disks[0].io",
        "native needs"
    )]
    [InlineData(
        "domain.devices.disks[0].errorPolicy",
        "\"panic\"",
        "domain.devices.disks[0].errorPolicy",
        "use stop, ignore, report or enospace"
    )]
    [InlineData(
        "domain.devices.disks[0]",
        """{ "name": "root", "dedicatedIOThread": true, "disk": { "bus": "sata" } }""",
        "domain.devices.disks[0].dedicatedIOThread",
        "needs disk.bus virtio"
    )]
    [InlineData(
        "domain.devices.disks[0].bootOrder",
        "0",
        "domain.devices.disks[0].bootOrder",
        "spec.template.spec.domain.devices.disks[0].bootOrder must have a boot order > 0, if supplied"
    )]
    [InlineData(
        "domain.devices.disks[0].blockSize.custom",
        """{ "logical": 512 }""",
        "domain.devices.disks[0].blockSize.custom.physical",
        "is missing"
    )]
    [InlineData(
        "domain.devices.disks[0].blockSize.custom",
        """{ "logical": 1000, "physical": 4096 }""",
        "domain.devices.disks[0].blockSize.custom.logical",
        "power of two"
    )]
    [InlineData(
        "domain.devices.disks[0].blockSize.custom",
        """{ "logical": 512, "physical": 4194304 }""",
        "domain.devices.disks[0].blockSize.custom.physical",
        "from 512 to 2097152"
    )]
    [InlineData(
        "domain.devices.disks[0].blockSize.custom",
        """{ "logical": 4096, "physical": 512 }""",
        "domain.devices.disks[0].blockSize.custom.logical",
        "must not be greater"
    )]
    [InlineData(
        "domain.devices.disks[0].blockSize.custom",
        """{ "logical": 512, "physical": 512, "discardGranularity": 700 }""",
        "domain.devices.disks[0].blockSize.custom.discardGranularity",
        "must be a multiple"
    )]
    [InlineData(
        "domain.devices.disks[0].disk",
        """{ "bus": "virtio", "pciAddress": "81:01.0" }""",
        "domain.devices.disks[0].disk.pciAddress",
        "is malformed PCI address"
    )]
    [InlineData(
        "domain.devices.disks[0].disk",
        """{ "bus": "sata", "pciAddress": "0000:81:01.0" }""",
        "domain.devices.disks[0].disk.pciAddress",
        "only a virtio disk"
    )]
    public void A_disk_is_refused_by_its_field(string path, string json, string field, string text)
    {
        ShouldBeTheOnlyError(Errors(default, (path, json)), field, text);
    }

    [Theory]
    [InlineData("arm64", "\"sata\"", "use virtio, scsi or usb")]
    [InlineData("s390x", "\"usb\"", "use virtio or scsi")]
    public void A_bus_must_be_one_of_the_architecture(string architecture, string bus, string text)
    {
        ShouldBeTheOnlyError(
            Errors(default, ("architecture", $"\"{architecture}\""), ("domain.devices.disks[0].disk.bus", bus)),
            "domain.devices.disks[0].disk.bus",
            text
        );
    }

    [Theory]
    [InlineData(256, 0)]
    [InlineData(257, 1)]
    public void Serial_numbers_have_a_limit(int letters, int errors)
    {
        var serial = $"\"{new string('s', letters)}\"";

        Errors(default, ("domain.devices.disks[0].serial", serial)).Count.ShouldBe(errors);
        Errors(default, ("domain.firmware.serial", serial)).Count.ShouldBe(errors);
    }
}
