using System.Xml.Linq;
using Vireo.Agent;
using Vireo.Api;

namespace Vireo.Tests.Agent;

public sealed class DomainXmlTests
{
    [Fact]
    public void A_guest_that_is_to_end_by_its_reboot_is_destroyed_by_it_and_traced()
    {
        var domain = Vireo.Agent.DomainXml.Build(Samples.Input() with { EndsOnReboot = true }).Domain!;
        domain.Element("on_reboot")!.Value.ShouldBe("destroy");
        ObservedDomain.Read(domain, null).EndsOnReboot.ShouldBeTrue();
        domain
            .Elements()
            .Single(element => element.Name.LocalName == "commandline")
            .Elements()
            .Select(argument => argument.Attribute("value")!.Value)
            .ShouldBe(["-trace", "qemu_system_shutdown_request", "-trace", "runstate_set"]);

        domain = Vireo.Agent.DomainXml.Build(Samples.Input()).Domain!;
        domain.Element("on_reboot")!.Value.ShouldBe("restart");
        ObservedDomain.Read(domain, null).EndsOnReboot.ShouldBeFalse();
        domain.Elements().ShouldNotContain(element => element.Name.LocalName == "commandline");
    }

    [Fact]
    public void The_least_instance_is_this_domain() =>
        Golden.ShouldMatch(Build(Samples.Instance).ToString(), "least.xml");

    [Fact]
    public void An_instance_with_everything_is_this_domain() =>
        Golden.ShouldMatch(Build(Everything, hasKvm: true).ToString(), "everything.xml");

    [Fact]
    public void A_guest_of_the_old_board_with_BIOS_on_the_console_and_no_extras_is_this_domain()
    {
        var instance = Samples.With(domain =>
            domain with
            {
                Machine = new() { Type = "pc-i440fx-1.4" },
                Firmware = domain.Firmware! with { Bootloader = new() { Bios = new() { UseSerial = true } } },
                Features = new() { Acpi = new() { Enabled = false } },
                Devices = new()
                {
                    Disks = [new() { Name = "root", DiskDevice = new() }, new() { Name = "cd", Cdrom = new() }],
                    AutoattachGraphicsDevice = false,
                    AutoattachMemBalloon = false,
                    LogSerialConsole = false,
                },
            }
        );
        Golden.ShouldMatch(Build(instance).ToString(), "old-board.xml");
    }

    [Theory]
    [InlineData("q35", "128Mi", "512Mi", 384)]
    [InlineData("q35", "160Mi", "640Mi", 512)] // Linux takes whole blocks of 128 MiB only
    [InlineData("q35", "512Mi", "513Mi", 128)]
    [InlineData("q35", "512Mi", "512Mi", 0)]
    [InlineData("q35", "512Mi", null, 0)]
    [InlineData("pc-i440fx-1.4", "512Mi", "1Gi", 0)] // QEMU does not start it with room for memory
    public void A_guest_that_may_grow_has_a_device_for_what_it_may_be_given(
        string machine,
        string guest,
        string? most,
        long mib
    )
    {
        var domain = Build(
            Samples.With(domain =>
                domain with
                {
                    Machine = new() { Type = machine },
                    Memory = new()
                    {
                        Guest = Quantity.Parse(guest),
                        MaxGuest = most is null ? null : Quantity.Parse(most),
                    },
                }
            )
        );
        var boot = Quantity.Parse(guest).Value;
        (ObservedMemory.Read(domain)!.Device?.SizeBytes ?? 0).ShouldBe(mib << 20);
        MemoryXml.ReadBytes(domain.Element("maxMemory")).ShouldBe(mib == 0 ? null : boot + (mib << 20));
        MemoryXml.ReadBytes(domain.Element("memory")).ShouldBe(boot);
        (domain.Element("cpu")!.Element("numa") is null).ShouldBe(mib == 0);
    }

    [Fact]
    public void A_host_whose_libvirt_is_too_old_for_it_runs_the_guest_without()
    {
        var growing = Samples.Input(Growing.Instance);
        ObservedMemory.Read(DomainXml.Build(growing).Domain!)!.Device.ShouldNotBeNull();
        var old = growing with { Host = growing.Host with { LibvirtVersion = new(7, 0, 0) } };
        ObservedMemory.Read(DomainXml.Build(old).Domain!)!.Device.ShouldBeNull();
    }

    [Fact]
    public void Vcpus_that_may_come_do_not_keep_a_guest_from_starting()
    {
        var domain = Build(
            Samples.With(domain =>
                domain with
                {
                    Cpu = new()
                    {
                        Sockets = 64,
                        Cores = 1,
                        Threads = 1,
                        MaxSockets = 256,
                    },
                }
            )
        );
        ObservedVcpus.Read(domain).ShouldBe(new(Count: 64, Most: 255, Cores: 1, Threads: 1));
    }

    [Fact]
    public void With_KVM_the_guest_has_the_processor_of_its_host()
    {
        var domain = DomainXml
            .Build(Samples.Input() with { Host = Samples.Host with { HasKvm = true } })
            .Domain.ShouldNotBeNull();
        domain.Attribute("type")!.Value.ShouldBe("kvm");
        domain.Element("cpu")!.Attribute("mode")!.Value.ShouldBe("host-model");
    }

    [Fact]
    public void Emulation_can_be_asked_for_on_a_host_with_KVM()
    {
        var input = Samples.Input() with { Host = Samples.Host with { HasKvm = true }, UseEmulation = true };
        DomainXml.Build(input).Domain!.Attribute("type")!.Value.ShouldBe("qemu");
    }

    [Fact]
    public void The_hardware_address_of_an_interface_stays_from_boot_to_boot()
    {
        var address = Mac(Build(Samples.Instance));
        var again = Build(Samples.Instance with { Metadata = Samples.Instance.Metadata with { Uid = "another" } });
        Mac(again).ShouldBe(address);
        address.ShouldStartWith("02:");

        static string Mac(XElement domain) =>
            domain.Element("devices")!.Element("interface")!.Element("mac")!.Attribute("address")!.Value;
    }

    [Fact]
    public void Text_of_users_never_becomes_markup()
    {
        const string evil = "x'/><devices><emulator>/bin/sh</emulator></devices>\"&";
        var domain = Build(
            Samples.With(domain =>
                domain with
                {
                    Chassis = new() { Asset = evil },
                    Devices = domain.Devices with { Disks = [domain.Devices.Disks![0] with { Serial = evil }] },
                }
            )
        );
        var parsed = XElement.Parse(domain.ToString());
        parsed.Descendants("emulator").ShouldBeEmpty();
        parsed.Descendants("serial").First(element => element.Parent!.Name == "disk").Value.ShouldBe(evil);
        XNode.DeepEquals(XElement.Parse(domain.ToString(SaveOptions.DisableFormatting)), domain).ShouldBeTrue();
    }

    [Fact]
    public void A_control_character_is_refused_by_the_name_of_its_field() =>
        Errors(Samples.With(domain => domain with { Chassis = new() { Sku = "a\u0001b" } }))
            .ShouldBe(["spec.domain.chassis.sku"]);

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_this_host_cannot_give_is_refused_by_the_name_of_its_field(string field, object instance) =>
        Errors((VirtualMachineInstance)instance).ShouldContain(field);

    public static TheoryData<string, object> Refusals() =>
        new()
        {
            { "spec.domain.machine.type", Samples.With(d => d with { Machine = new() { Type = "pc-q35-99.0" } }) },
            {
                "spec.architecture",
                Samples.Instance with
                {
                    Spec = Samples.Instance.Spec with { Architecture = "s390x" },
                }
            },
            { "spec.domain.memory.guest", Samples.With(d => d with { Memory = null }) },
            {
                "spec.domain.memory.guest",
                Samples.With(d => d with { Memory = new() { Guest = Quantity.Parse("9Gi") } })
            },
            { "spec.domain.cpu.sockets", Samples.With(d => d with { Cpu = new() { Sockets = 289 } }) },
            {
                "spec.domain.cpu.maxSockets",
                Samples.With(d =>
                    d with
                    {
                        Cpu = new() { Sockets = 1, MaxSockets = 289 },
                    }
                )
            },
            { "spec.domain.firmware.uuid", Samples.With(d => d with { Firmware = new() { Uuid = "x" } }) },
            {
                "spec.domain.features.smm",
                Samples.With(d => d with { Firmware = d.Firmware! with { Bootloader = new() { Efi = new() } } })
            },
            { "spec.domain.features.hyperv", Samples.With(d => d with { Features = new() { Hyperv = new() } }) },
            {
                "spec.domain.clock.timezone",
                Samples.With(d =>
                    d with
                    {
                        Clock = new() { Timezone = "Europe/Vienna", Utc = new() },
                    }
                )
            },
            {
                "spec.domain.firmware.bootloader.bios.useSerial",
                Samples.With(d =>
                    d with
                    {
                        Firmware = d.Firmware! with { Bootloader = new() { Bios = new() { UseSerial = true } } },
                        Devices = d.Devices with { AutoattachSerialConsole = false },
                    }
                )
            },
            {
                "spec.domain.features.hyperv.tlbflush.direct",
                Samples.With(d =>
                    d with
                    {
                        Features = new() { Hyperv = new() { Tlbflush = new() { Direct = new() } } },
                    }
                )
            },
            { "spec.domain.devices.disks[0].name", Disk(new() { Name = "nowhere", DiskDevice = new() }) },
            {
                "spec.domain.devices.disks[0].disk.bus",
                Disk(
                    new()
                    {
                        Name = "root",
                        DiskDevice = new() { Bus = "sata", Readonly = true },
                    }
                )
            },
            { "spec.domain.devices.disks[0].lun", Disk(new() { Name = "root", Lun = new() }) },
            {
                "spec.domain.devices.disks[0].dedicatedIOThread",
                Disk(
                    new()
                    {
                        Name = "root",
                        DiskDevice = new() { Bus = "sata" },
                        DedicatedIOThread = true,
                    }
                )
            },
            {
                "spec.domain.devices.disks[0].io",
                Disk(
                    new()
                    {
                        Name = "root",
                        DiskDevice = new(),
                        Io = "native",
                        Cache = "writeback",
                    }
                )
            },
            {
                "spec.domain.devices.disks[0].disk.pciAddress",
                Disk(
                    new()
                    {
                        Name = "root",
                        DiskDevice = new() { Bus = "virtio", PciAddress = "1:2" },
                    }
                )
            },
            { "spec.domain.devices.interfaces[0].name", Nic(new() { Name = "other", Bridge = new() }) },
            {
                "spec.domain.devices.interfaces[0].macAddress",
                Nic(
                    new()
                    {
                        Name = "default",
                        Bridge = new(),
                        MacAddress = "02:00",
                    }
                )
            },
            {
                "spec.domain.devices.video.type",
                Samples.WithDevices(d =>
                    d with
                    {
                        AutoattachGraphicsDevice = false,
                        Video = new() { Type = "vga" },
                    }
                )
            },
            {
                "spec.domain.devices.panicDevices[0].model",
                Samples.WithDevices(d => d with { PanicDevices = [new() { Model = "pvpanic" }] })
            },
            {
                "spec.domain.devices.watchdog.i6300esb",
                Samples.WithDevices(d => d with { Watchdog = new() { Name = "dog" } })
            },
        };

    [Fact]
    public void A_read_only_volume_of_this_run_alone_may_be_a_SATA_disk()
    {
        var domain = Build(
            Disk(
                new()
                {
                    Name = "cd",
                    DiskDevice = new() { Bus = "sata" },
                }
            )
        );
        domain.Descendants("disk").Single().Element("readonly").ShouldBeNull();
        Build(
                Disk(
                    new()
                    {
                        Name = "cd",
                        DiskDevice = new() { Bus = "virtio" },
                    }
                )
            )
            .Descendants("disk")
            .Single()
            .Element("readonly")
            .ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/state/instances/u/disks/cd.iso", true)] // where the agent makes them
    [InlineData("/state/instances/u2/disks/cd.iso", false)]
    public void A_seed_of_cloud_init_may_be_the_SATA_disk_that_a_volume_without_a_disk_gets(string path, bool isTaken)
    {
        var instance = Disk(
            new()
            {
                Name = "cd",
                DiskDevice = new() { Bus = "sata" },
            }
        );
        var input = Samples.Input(instance) with { Disks = [new("cd", path, "raw", ReadOnly: true, 1 << 20, null)] };
        DomainXml.Build(input).Errors.Count.ShouldBe(isTaken ? 0 : 1);
    }

    [Fact]
    public void A_host_without_firmware_TPM_or_network_says_so_for_guests_that_need_them()
    {
        var host = Samples.Host with { EfiFirmware = [], HasTpmEmulator = false, NetworkFault = "no network here." };
        var instance = Samples.With(domain =>
            domain with
            {
                Firmware = domain.Firmware! with { Bootloader = new() { Efi = new() { SecureBoot = false } } },
                Devices = domain.Devices with { Tpm = new() },
            }
        );
        var errors = DomainXml.Build(Samples.Input(instance) with { Host = host }).Errors;
        errors
            .Select(error => error.Field)
            .ShouldBe([
                "spec.domain.firmware.bootloader.efi",
                "spec.domain.devices.interfaces[0]",
                "spec.domain.devices.tpm",
            ]);
        errors[0].Message.ShouldContain("ovmf");
        errors[2].Message.ShouldContain("swtpm");
    }

    [Fact]
    public void The_least_instance_needs_none_of_them()
    {
        var host = Samples.Host with { EfiFirmware = [], HasTpmEmulator = false, NetworkFault = "no network here." };
        var instance = Samples.WithDevices(devices => devices with { Interfaces = [] });
        DomainXml.Build(Samples.Input(instance) with { Host = host }).Errors.ShouldBeEmpty();
    }

    internal static VirtualMachineInstance Everything { get; } =
        Samples.With(domain =>
            domain with
            {
                Cpu = new()
                {
                    Cores = 2,
                    Sockets = 1,
                    Threads = 1,
                    MaxSockets = 4,
                    Model = "Westmere",
                    Features =
                    [
                        new() { Name = "aes", Policy = "require" },
                        new() { Name = "pcid", Policy = "disable" },
                    ],
                },
                Memory = new() { Guest = Quantity.Parse("256Mi"), MaxGuest = Quantity.Parse("1Gi") },
                Firmware = domain.Firmware! with
                {
                    Serial = "serial-1",
                    Bootloader = new()
                    {
                        Efi = new() { SecureBoot = true, Persistent = true },
                    },
                },
                Chassis = new()
                {
                    Manufacturer = "m",
                    Version = "v",
                    Serial = "s",
                    Asset = "a",
                    Sku = "k",
                },
                Clock = new()
                {
                    Utc = new() { OffsetSeconds = 3600 },
                    Timer = new()
                    {
                        Hpet = new() { Present = false },
                        Pit = new() { TickPolicy = "delay" },
                        Rtc = new() { TickPolicy = "catchup", Track = "guest" },
                        Hyperv = new() { Present = true },
                    },
                },
                Features = new()
                {
                    Apic = new() { EndOfInterrupt = true },
                    Smm = new(),
                    Kvm = new() { Hidden = true },
                    Pvspinlock = new() { Enabled = false },
                    Hyperv = new()
                    {
                        Relaxed = new(),
                        Vapic = new(),
                        Spinlocks = new() { Spinlocks = 8191 },
                        Vpindex = new(),
                        Synic = new(),
                        Synictimer = new() { Direct = new() },
                        Vendorid = new() { Vendorid = "vireo" },
                        Reset = new() { Enabled = false },
                    },
                },
                Devices = new()
                {
                    Disks =
                    [
                        new()
                        {
                            Name = "root",
                            DiskDevice = new() { Bus = "virtio" },
                            BootOrder = 1,
                            Serial = "disk-1",
                            Cache = "none",
                            Io = "native",
                            BlockSize = new()
                            {
                                Custom = new() { Logical = 512, Physical = 4096 },
                            },
                            ErrorPolicy = "report",
                            DedicatedIOThread = true,
                        },
                        new()
                        {
                            Name = "data",
                            DiskDevice = new() { Bus = "virtio", Readonly = true },
                        },
                        new()
                        {
                            Name = "cd",
                            Cdrom = new() { Bus = "sata", Tray = "closed" },
                            BootOrder = 2,
                        },
                        new()
                        {
                            Name = "usb",
                            DiskDevice = new() { Bus = "usb" },
                        },
                        new()
                        {
                            Name = "scsi",
                            DiskDevice = new() { Bus = "scsi" },
                            Shareable = true,
                        },
                    ],
                    Interfaces =
                    [
                        new()
                        {
                            Name = "default",
                            Masquerade = new(),
                            MacAddress = "02-00-00-AA-BB-CC",
                            BootOrder = 3,
                            AcpiIndex = 7,
                        },
                        new()
                        {
                            Name = "second",
                            Bridge = new(),
                            Model = "e1000e",
                            State = "down",
                        },
                        new()
                        {
                            Name = "third",
                            Bridge = new(),
                            State = "absent",
                        },
                    ],
                    Inputs =
                    [
                        new() { Name = "tablet", Type = "tablet" },
                        new()
                        {
                            Name = "keys",
                            Type = "keyboard",
                            Bus = "virtio",
                        },
                    ],
                    Rng = new(),
                    Watchdog = new()
                    {
                        Name = "dog",
                        I6300esb = new() { Action = "poweroff" },
                    },
                    Tpm = new() { Persistent = true },
                    Video = new() { Type = "virtio" },
                    Sound = new() { Name = "sound" },
                    PanicDevices = [new() { Model = "isa" }],
                    BlockMultiQueue = true,
                    NetworkInterfaceMultiqueue = true,
                },
            }
        ) switch
        {
            var instance => instance with
            {
                Spec = instance.Spec with
                {
                    Networks =
                    [
                        new() { Name = "default", Pod = new() },
                        new() { Name = "second", Pod = new() },
                        new() { Name = "third", Pod = new() },
                    ],
                },
            },
        };

    private static VirtualMachineInstance Disk(Disk disk) => Samples.WithDevices(d => d with { Disks = [disk] });

    private static VirtualMachineInstance Nic(Interface nic) => Samples.WithDevices(d => d with { Interfaces = [nic] });

    private static XElement Build(VirtualMachineInstance instance, bool hasKvm = false)
    {
        var result = DomainXml.Build(Samples.Input(instance) with { Host = Samples.Host with { HasKvm = hasKvm } });
        result.Errors.ShouldBeEmpty();
        return result.Domain.ShouldNotBeNull();
    }

    private static IEnumerable<string> Errors(VirtualMachineInstance instance) =>
        DomainXml.Build(Samples.Input(instance)).Errors.Select(error => error.Field);
}
