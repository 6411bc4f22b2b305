using System.Text.Json;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class InstanceDefaultsTests
{
    [Theory]
    [InlineData("amd64", "q35")]
    [InlineData("arm64", "virt")]
    [InlineData("s390x", "s390-ccw-virtio")]
    public void A_machine_type_is_that_of_the_architecture(string architecture, string type)
    {
        Fill(("architecture", $"\"{architecture}\"")).Domain.Machine!.Type.ShouldBe(type);
    }

    [Fact]
    public void The_cluster_chooses_architecture_and_machine_type()
    {
        var configuration = new KubeVirtConfiguration
        {
            ArchitectureConfiguration = new()
            {
                DefaultArchitecture = "arm64",
                Arm64 = new() { MachineType = "virt-9.2" },
            },
        };

        var spec = InstanceDefaults.Fill(Samples.InstanceSpec(), configuration, identity: null);
        spec.Architecture.ShouldBe("arm64");
        spec.Domain.Machine!.Type.ShouldBe("virt-9.2");

        InstanceDefaults
            .Fill(Samples.InstanceSpec(), configuration with { MachineType = "virt-8.0" }, identity: null)
            .Domain.Machine!.Type.ShouldBe("virt-8.0");
        Fill().Architecture.ShouldBe("amd64");
    }

    [Theory]
    [InlineData("""{ "requests": { "memory": "64Mi" } }""", "64Mi")]
    [InlineData("""{ "limits": { "memory": "96Mi" } }""", "96Mi")]
    [InlineData("""{ "requests": { "memory": "64Mi" }, "limits": { "memory": "96Mi" } }""", "64Mi")]
    public void Memory_is_what_is_requested_or_limited(string resources, string memory)
    {
        Fill(("domain.memory", ""), ("domain.resources", resources))
            .Domain.Memory!.Guest.ShouldBe(Quantity.Parse(memory));
        Fill(("domain.resources", resources)).Domain.Memory!.Guest.ShouldBe(Quantity.Parse("128Mi"));
    }

    [Fact]
    public void A_limit_alone_is_also_the_request()
    {
        var resources = Fill(
            ("domain.resources", """{ "requests": { "cpu": "1" }, "limits": { "cpu": "2", "memory": "1Gi" } }""")
        ).Domain.Resources!;

        resources.Requests!["memory"].ShouldBe(Quantity.Parse("1Gi"));
        resources.Requests["cpu"].ShouldBe(Quantity.Parse("1"));
    }

    [Theory]
    [InlineData("{}", 1)]
    [InlineData("""{ "requests": { "cpu": "1500m" } }""", 2)]
    [InlineData("""{ "requests": { "cpu": "1" }, "limits": { "cpu": "3" } }""", 3)]
    public void Sockets_are_the_processors_claimed(string resources, int sockets)
    {
        var cpu = Fill(("domain.resources", resources)).Domain.Cpu!;

        (cpu.Sockets, cpu.Cores, cpu.Threads).ShouldBe((sockets, 1, 1));
    }

    [Fact]
    public void A_topology_that_is_given_in_part_stays_in_part()
    {
        var cpu = Fill(("domain.cpu.cores", "2"), ("domain.resources.limits.cpu", "4")).Domain.Cpu!;

        (cpu.Sockets, cpu.Cores, cpu.Threads).ShouldBe((null, 2, null));
        CpuTopologies.Vcpus(cpu).ShouldBe(2);
    }

    [Fact]
    public void A_processor_model_is_the_clusters_or_the_hosts_and_open_under_emulation()
    {
        Fill().Domain.Cpu!.Model.ShouldBe("host-model");
        Fill(("architecture", "\"arm64\"")).Domain.Cpu!.Model.ShouldBe("host-passthrough");
        Fill(("domain.cpu.model", "\"Haswell\"")).Domain.Cpu!.Model.ShouldBe("Haswell");
        var emulated = new KubeVirtConfiguration { DeveloperConfiguration = new() { UseEmulation = true } };
        Fill(emulated).Domain.Cpu!.Model.ShouldBeNull();
        Fill(emulated with { CpuModel = "qemu64" }).Domain.Cpu!.Model.ShouldBe("qemu64");
    }

    [Theory]
    [InlineData("a/b:latest", "Always")]
    [InlineData("a/b", "Always")]
    [InlineData("a/b:1", "IfNotPresent")]
    [InlineData("a/b@sha256:0", "IfNotPresent")]
    [InlineData("localhost:5000/b", "IfNotPresent")]
    public void An_image_whose_name_can_move_is_pulled_always(string image, string policy)
    {
        Fill(("volumes[0].containerDisk.image", $"\"{image}\""))
            .Volumes![0]
            .ContainerDisk!.ImagePullPolicy.ShouldBe(policy);
        Fill(("volumes[0].containerDisk", $$"""{ "image": "{{image}}", "imagePullPolicy": "Never" }"""))
            .Volumes![0]
            .ContainerDisk!.ImagePullPolicy.ShouldBe("Never");
    }

    [Fact]
    public void Eviction_is_as_the_cluster_says()
    {
        Fill().EvictionStrategy.ShouldBe("None");
        Fill(new KubeVirtConfiguration { EvictionStrategy = "External" }).EvictionStrategy.ShouldBe("External");
        Fill(("evictionStrategy", "\"LiveMigrate\"")).EvictionStrategy.ShouldBe("LiveMigrate");
    }

    [Fact]
    public void Every_volume_has_a_disk_and_every_disk_a_bus()
    {
        var spec = Fill(
            ("domain.devices.disks", """[{ "name": "seed", "cdrom": {} }, { "name": "root", "disk": {} }]"""),
            ("volumes[2]", """{ "name": "data", "emptyDisk": { "capacity": "1Gi" } }""")
        );

        spec.Domain.Devices.Disks.ShouldBe([
            new()
            {
                Name = "seed",
                Cdrom = new() { Bus = "sata" },
            },
            new()
            {
                Name = "root",
                DiskDevice = new() { Bus = "sata" },
            },
            new()
            {
                Name = "data",
                DiskDevice = new() { Bus = "sata" },
            },
        ]);
    }

    [Fact]
    public void A_bus_is_one_the_architecture_has()
    {
        var disks = Fill(
            ("architecture", "\"arm64\""),
            ("domain.devices.disks", """[{ "name": "seed", "cdrom": {} }]""")
        ).Domain.Devices.Disks!;

        disks[0].Cdrom!.Bus.ShouldBe("scsi");
        disks[1].DiskDevice!.Bus.ShouldBe("virtio");
    }

    [Fact]
    public void A_bus_that_is_given_stays()
    {
        Fill(("domain.devices.disks[0]", """{ "name": "root", "cdrom": { "bus": "scsi" } }"""))
            .Domain.Devices.Disks![0]
            .Cdrom!.Bus.ShouldBe("scsi");
        Fill().Domain.Devices.Disks![0].DiskDevice!.Bus.ShouldBe("virtio");
        Fill(("domain.devices.disks[0]", """{ "name": "root", "lun": {} }"""))
            .Domain.Devices.Disks![0]
            .Lun!.Bus.ShouldBe("sata");
    }

    [Fact]
    public void A_watchdog_resets_and_inputs_are_usb_tablets()
    {
        var devices = Fill(
            ("domain.devices.watchdog", """{ "name": "w", "i6300esb": {} }"""),
            (
                "domain.devices.inputs",
                """[{ "name": "a", "type": "" }, { "name": "b", "type": "keyboard", "bus": "virtio" }]"""
            )
        ).Domain.Devices;

        devices.Watchdog!.I6300esb!.Action.ShouldBe("reset");
        devices.Inputs.ShouldBe([
            new()
            {
                Name = "a",
                Type = "tablet",
                Bus = "usb",
            },
            new()
            {
                Name = "b",
                Type = "keyboard",
                Bus = "virtio",
            },
        ]);
    }

    [Fact]
    public void An_input_is_attached_when_it_is_asked_for_and_none_is_given()
    {
        Fill(("domain.devices.autoattachInputDevice", "true"))
            .Domain.Devices.Inputs.ShouldBe([
                new()
                {
                    Name = "default-0",
                    Type = "tablet",
                    Bus = "usb",
                },
            ]);
        Fill().Domain.Devices.Inputs.ShouldBeNull();
    }

    [Fact]
    public void What_a_feature_of_hyperv_needs_is_switched_on_with_it()
    {
        var hyperv = Fill(("domain.features.hyperv", """{ "synictimer": {}, "evmcs": {} }""")).Domain.Features!.Hyperv!;

        hyperv.Synic!.Enabled.ShouldBe(true);
        hyperv.Vpindex!.Enabled.ShouldBe(true);
        hyperv.Vapic!.Enabled.ShouldBe(true);
        foreach (var feature in new[] { "ipi", "tlbflush", "synic" })
        {
            Fill(($"domain.features.hyperv.{feature}", "{}")).Domain.Features!.Hyperv!.Vpindex.ShouldNotBeNull();
        }

        var off = Fill(("domain.features.hyperv", """{ "relaxed": {} }""")).Domain.Features!.Hyperv!;
        (off.Synic, off.Vpindex, off.Vapic).ShouldBe((null, null, null));
        Fill(("domain.features.hyperv", """{ "ipi": {}, "vpindex": { "enabled": false } }"""))
            .Domain.Features!.Hyperv!.Vpindex!.Enabled.ShouldBe(false);
    }

    [Fact]
    public void Filling_twice_changes_nothing()
    {
        var once = InstanceDefaults.Fill(Samples.InstanceSpec(("domain.devices.disks", "")), new(), Samples.MachineUid);
        var twice = InstanceDefaults.Fill(once, new(), Samples.InstanceUid);

        Json(twice).ShouldBe(Json(once));
    }

    private static VirtualMachineInstanceSpec Fill(params (string Path, string Json)[] changes) => Fill(new(), changes);

    private static VirtualMachineInstanceSpec Fill(
        KubeVirtConfiguration configuration,
        params (string Path, string Json)[] changes
    ) => InstanceDefaults.Fill(Samples.InstanceSpec(changes), configuration, identity: null);

    private static string Json(VirtualMachineInstanceSpec spec) =>
        JsonSerializer.Serialize(spec, ApiJson.Default.VirtualMachineInstanceSpec);
}
