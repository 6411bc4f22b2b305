using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Volumes beside the image: cloud-init from a Secret, an empty disk, a disk of the host.</summary>
[Collection(ApartCollection.Name)]
public sealed class VolumeTests(ApartHost host)
{
    private const string UserData = """
        #cloud-config
        hostname: named-by-secret
        runcmd:
          - for d in vdb vdc vdd; do echo "SIZE $d $(cat /sys/block/$d/size)"; done
          - echo kept > /dev/vdd; sync; echo "READ $(head -c 4 /dev/vdd)"
        """;

    [Fact]
    public async Task A_guest_has_its_secret_its_empty_disk_and_its_host_disk()
    {
        var gate = """{"spec":{"configuration":{"developerConfiguration":{"featureGates":["HostDisk"]}}}}""";
        (
            await host.KubectlAsync("patch", "kubevirt", "kubevirt", "-n", "kubevirt", "--type=merge", "-p", gate)
        ).ShouldSucceed();
        (
            await host.KubectlAsync("create", "secret", "generic", "seed", $"--from-literal=userdata={UserData}")
        ).ShouldSucceed();
        var hostDisk = Path.Combine(host.HostDiskFolder, "data.img");
        await using var guest = new Guest(host, "volumes");

        await host.ApplyAsync(guest.Document(vm => AddVolumes(vm, hostDisk)).ToJsonString());
        var booted = await guest.BootedAsync();
        await Eventually.Holds(
            () => Task.FromResult(host.ConsoleLog(booted.Uid).Contains("READ kept", StringComparison.Ordinal)),
            "the guest wrote to the host's disk"
        );

        booted.Name.ShouldBe("named-by-secret");
        host.ConsoleLog(booted.Uid).ShouldContain("SIZE vdc 65536");
        host.ConsoleLog(booted.Uid).ShouldContain("SIZE vdd 32768");
        (await host.KubectlAsync("delete", "vm", "volumes", "--timeout=60s")).ShouldSucceed();
        using var kept = File.OpenText(hostDisk);
        kept.ReadLine().ShouldBe("kept");
        (await host.KubectlAsync("delete", "secret", "seed")).ShouldSucceed();
    }

    [Fact]
    public async Task Defaults_go_to_the_instance_and_the_spec_stays_as_it_was_sent()
    {
        await using var guest = await new MicroGuest(host, "unchanged").StartAsync();
        var vmi = await guest.InPhaseAsync("Running");

        var sent = (await guest.VmAsync())!["spec"]!["template"]!["spec"]!["domain"]!.AsObject();
        sent.ContainsKey("machine").ShouldBeFalse();
        sent.ContainsKey("firmware").ShouldBeFalse();
        vmi["spec"]!["domain"]!["machine"]!["type"]!.GetValue<string>().ShouldBe("q35");
        vmi["spec"]!["domain"]!["firmware"]!["uuid"].ShouldNotBeNull();
    }

    private static void AddVolumes(JsonNode vm, string hostDisk)
    {
        var spec = vm["spec"]!["template"]!["spec"]!;
        foreach (var name in (string[])["seed", "empty", "host"])
        {
            var disk = new JsonObject
            {
                ["name"] = name,
                ["disk"] = new JsonObject { ["bus"] = "virtio" },
            };
            spec["domain"]!["devices"]!["disks"]!.AsArray().Add((JsonNode)disk);
        }

        foreach (
            var volume in (string[])
                [
                    """{"name":"seed","cloudInitNoCloud":{"secretRef":{"name":"seed"}}}""",
                    """{"name":"empty","emptyDisk":{"capacity":"32Mi"}}""",
                    $$$"""{"name":"host","hostDisk":{"path":"{{{hostDisk}}}","type":"DiskOrCreate","capacity":"16Mi"}}""",
                ]
        )
        {
            spec["volumes"]!.AsArray().Add(JsonNode.Parse(volume));
        }
    }
}
