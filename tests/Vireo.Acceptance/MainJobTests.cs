using System.Net;

namespace Vireo.Acceptance;

/// <summary>The main job: a KubeVirt manifest becomes a running guest.</summary>
[Collection(LinuxGuestCollection.Name)]
public sealed class MainJobTests(VireoHost host, LinuxGuest linux)
{
    [Fact]
    public async Task The_example_manifest_boots_a_guest_with_its_machine_type_memory_host_name_and_address()
    {
        await using var tiny = new Guest(host, "tiny");
        (await host.KubectlAsync("apply", "-f", "examples/tiny-vm.yaml")).ShouldSucceed();

        (await host.KubectlAsync("wait", "vm/tiny", "--for=condition=Ready", "--timeout=120s")).ShouldSucceed();
        var booted = await tiny.BootedAsync();
        var vmi = await Eventually.Get(
            async () => await tiny.VmiAsync() is { } seen && Address(seen) is not null ? seen : null,
            "the guest has an address"
        );

        booted.Name.ShouldBe("tiny");
        booted.Vcpus.ShouldBe(1);
        booted.MachineType.ShouldBe((string)vmi["status"]!["machine"]!["type"]!);
        booted.MachineType.ShouldStartWith("pc-q35-");
        host.ConsoleLog(booted.Uid).ShouldContain($"VIREO-GUEST-IP eth0={Address(vmi)}");
        await Eventually.Holds(
            () =>
                Task.FromResult(
                    host.ConsoleLog(booted.Uid).Contains("cloud-init says hello", StringComparison.Ordinal)
                ),
            "cloud-init ran its command"
        );
    }

    [Fact]
    public async Task The_guest_agent_tells_of_the_operating_system()
    {
        var name = linux.Guest.Name;

        (
            await host.KubectlAsync("wait", $"vmi/{name}", "--for=condition=AgentConnected", "--timeout=120s")
        ).ShouldSucceed();
        await Eventually.Holds(
            async () =>
                (string?)(await linux.Guest.VmiAsync())!["status"]!["guestOSInfo"]?["prettyName"] is { Length: > 0 },
            "the guest agent's facts are in status"
        );
    }

    [Fact]
    public async Task Nothing_of_it_listens_beyond_loopback()
    {
        var listening = await ThisMachine.ListeningAsync(host.ProcessId);

        listening.Select(end => end.Port).ShouldContain(new Uri(host.Server).Port);
        listening.ShouldAllBe(end => IPAddress.IsLoopback(end.Address));
    }

    [Fact]
    public async Task A_deleted_vm_shuts_its_guest_down_and_leaves_nothing_behind()
    {
        await using var guest = await new MicroGuest(host, "deleted").StartAsync();
        var booted = await guest.BootedAsync();

        (await host.KubectlAsync("delete", "vm", "deleted", "--timeout=60s")).ShouldSucceed();

        (await guest.VmiAsync()).ShouldBeNull();
        (await host.VirshAsync("list", "--all", "--name")).ShouldNotContain("deleted");
        Directory.Exists(Path.Combine(host.StateFolder, "instances", booted.Uid!)).ShouldBeFalse();
    }

    [Fact]
    public async Task Describe_tells_what_happened()
    {
        await using var guest = await new MicroGuest(host, "told").StartAsync();
        await guest.BootedAsync();

        var vm = (await host.KubectlAsync("describe", "vm", "told")).ShouldSucceed().Output;
        var vmi = (await host.KubectlAsync("describe", "vmi", "told")).ShouldSucceed().Output;

        vm.ShouldContain("SuccessfulCreate");
        vmi.ShouldContain("Started");
    }

    [Fact]
    public async Task Under_emulation_the_vmi_and_its_host_say_so()
    {
        await using var guest = await new MicroGuest(host, "emulated").StartAsync();
        await guest.BootedAsync();

        (
            await host.KubectlAsync("wait", "vmi/emulated", "--for=condition=SoftwareEmulation", "--timeout=10s")
        ).ShouldSucceed();
        (
            await host.KubectlAsync("wait", "hosts", "--all", "--for=condition=SoftwareEmulation", "--timeout=10s")
        ).ShouldSucceed();
    }

    private static string? Address(System.Text.Json.Nodes.JsonNode vmi) =>
        (string?)vmi["status"]?["interfaces"]?[0]?["ipAddress"];
}
