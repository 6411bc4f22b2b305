using static Vireo.Tests.Rules.TemplateErrors;

namespace Vireo.Tests.Rules;

/// <summary>Each row: a change to a valid template, and the one error it must cause.</summary>
public class LifecycleRulesTests
{
    private const string Long = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("domain.firmware.uuid", "\"x\"", "domain.firmware.uuid", "is no UUID")]
    [InlineData(
        "domain.firmware.uuid",
        "\"00000000-0000-0000-0000-000000000000\"",
        "domain.firmware.uuid",
        "is no UUID"
    )]
    [InlineData("domain.firmware.serial", "\"a\\nb\"", "domain.firmware.serial", "printable ASCII")]
    [InlineData(
        "domain.firmware.bootloader.efi",
        "{}",
        "domain.firmware.bootloader.efi",
        "SecureBoot requires SMM, which is currently disabled"
    )]
    [InlineData(
        "domain.firmware.bootloader",
        """{ "efi": { "secureBoot": false }, "bios": {} }""",
        "domain.firmware.bootloader",
        "has both EFI and BIOS configured, but they are mutually exclusive"
    )]
    [InlineData("domain.clock", """{ "utc": {}, "timezone": "Europe/Berlin" }""", "domain.clock", "mutually exclusive")]
    [InlineData("domain.clock.timezone", "\"../etc/passwd\"", "domain.clock.timezone", "is no time zone")]
    [InlineData(
        "domain.features.hyperv.spinlocks.spinlocks",
        "4095",
        "domain.features.hyperv.spinlocks.spinlocks",
        "must be 4096 or more"
    )]
    [InlineData(
        "domain.features.hyperv.vendorid.vendorid",
        "\"thirteen-char\"",
        "domain.features.hyperv.vendorid.vendorid",
        "at most 12"
    )]
    [InlineData(
        "domain.features.hyperv",
        """{ "ipi": {}, "vpindex": { "enabled": false } }""",
        "domain.features.hyperv.ipi",
        "needs spec.template.spec.domain.features.hyperv.vpindex"
    )]
    [InlineData(
        "domain.features.hyperv",
        """{ "synictimer": {}, "synic": { "enabled": false } }""",
        "domain.features.hyperv.synictimer",
        "hyperv.synic, which is not on"
    )]
    [InlineData(
        "domain.features.hyperv",
        """{ "evmcs": {}, "vapic": { "enabled": false } }""",
        "domain.features.hyperv.evmcs",
        "hyperv.vapic, which is not on"
    )]
    [InlineData(
        "domain.features.hyperv",
        """{ "tlbflush": {}, "vpindex": { "enabled": false } }""",
        "domain.features.hyperv.tlbflush",
        "hyperv.vpindex, which is not on"
    )]
    [InlineData(
        "domain.features.hyperv",
        """{ "synic": {}, "vpindex": { "enabled": false } }""",
        "domain.features.hyperv.synic",
        "hyperv.vpindex, which is not on"
    )]
    [InlineData("architecture", "\"riscv64\"", "architecture", "use amd64, arm64 or s390x")]
    [InlineData("startStrategy", "\"Running\"", "startStrategy", "unrecognized option: Running")]
    [InlineData("evictionStrategy", "\"Evict\"", "evictionStrategy", "unrecognized option: Evict")]
    [InlineData("terminationGracePeriodSeconds", "-1", "terminationGracePeriodSeconds", "must not be negative")]
    [InlineData("hostname", "\"Web\"", "hostname", "must be a DNS label")]
    [InlineData("hostname", "\"" + Long + "\"", "hostname", "must be a DNS label")]
    [InlineData("subdomain", "\"a.b\"", "subdomain", "must be a DNS label")]
    [InlineData("nodeSelector", """{ "a b": "c" }""", "nodeSelector", "'a b' must be a name")]
    [InlineData("nodeSelector", """{ "a": "c d" }""", "nodeSelector", "'c d' must be empty or")]
    [InlineData("domain.devices.watchdog", """{ "name": "w" }""", "domain.devices.watchdog", "add 'i6300esb: {}'")]
    [InlineData(
        "domain.devices.watchdog",
        """{ "name": "w", "i6300esb": { "action": "bark" } }""",
        "domain.devices.watchdog.i6300esb.action",
        "use poweroff, reset or shutdown"
    )]
    [InlineData(
        "domain.devices.inputs",
        """[{ "name": "a", "type": "mouse" }]""",
        "domain.devices.inputs[0].type",
        "use tablet or keyboard"
    )]
    [InlineData(
        "domain.devices.inputs",
        """[{ "name": "a", "type": "tablet", "bus": "ps2" }]""",
        "domain.devices.inputs[0].bus",
        "use usb or virtio"
    )]
    [InlineData(
        "domain.devices.inputs",
        """[{ "name": "a", "type": "tablet" }, { "name": "a", "type": "keyboard" }]""",
        "domain.devices.inputs[1].name",
        "same Name"
    )]
    [InlineData("domain.devices.video.type", "\"qxl\"", "domain.devices.video.type", "use vga, bochs")]
    [InlineData(
        "domain.devices.sound",
        """{ "name": "s", "model": "sb16" }""",
        "domain.devices.sound.model",
        "use ich9 or ac97"
    )]
    [InlineData(
        "domain.devices.panicDevices",
        """[{ "model": "s390" }]""",
        "domain.devices.panicDevices[0].model",
        "use hyperv, isa or pvpanic"
    )]
    public void A_spec_is_refused_by_its_field(string path, string json, string field, string text)
    {
        ShouldBeTheOnlyError(Errors(default, (path, json)), field, text);
    }

    [Fact]
    public void Firmware_and_models_must_be_those_of_the_architecture()
    {
        ShouldBeTheOnlyError(
            Errors(default, ("architecture", "\"arm64\""), ("domain.firmware.bootloader.bios", "{}")),
            "domain.firmware.bootloader.bios",
            "is not supported on arm64"
        );
        ShouldBeTheOnlyError(
            Errors(
                default,
                ("architecture", "\"s390x\""),
                ("domain.firmware.bootloader.efi", """{ "secureBoot": false }""")
            ),
            "domain.firmware.bootloader.efi",
            "is not supported on s390x"
        );
        ShouldBeTheOnlyError(
            Errors(default, ("architecture", "\"s390x\""), ("domain.devices.interfaces[0].model", "\"e1000\"")),
            "domain.devices.interfaces[0].model",
            "use virtio."
        );
    }

    [Fact]
    public void Secure_boot_with_smm_is_right()
    {
        Errors(default, ("domain.firmware.bootloader.efi", "{}"), ("domain.features.smm", "{}")).ShouldBeEmpty();
        Errors(default, ("domain.firmware.bootloader.efi", "{}"), ("domain.features.smm", """{ "enabled": false }"""))
            .ShouldHaveSingleItem();
    }
}
