using Vireo.Agent;
using Vireo.Tests.Libvirt;
using static Vireo.Tests.Agent.Growing;

namespace Vireo.Tests.Agent;

/// <summary>What libvirt and QEMU do about plugging, with guests that know nothing of it.</summary>
public sealed class LibvirtPlugTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>
{
    [Fact]
    public async Task Vcpus_are_plugged_a_socket_at_a_time_and_memory_is_asked_for()
    {
        await using var room = await HypervisorRoom.OpenAsync(daemon);
        var id = await room.StartAsync("grows", endsOnReboot: false, isGrowing: true);
        var seen = await room.ObserveAsync(id);
        seen.Vcpus.ShouldBe(new(Count: 2, Most: 8, Cores: 2, Threads: 1));
        seen.Memory.ShouldBe(new(32 * MiB, new(128 * MiB, 2 * MiB, 0, 0)));

        (await room.Hypervisor.PlugVcpusAsync(id, 6, CancellationToken.None)).ShouldBeTrue();
        (await room.Hypervisor.RequestMemoryAsync(id, 64 * MiB, CancellationToken.None)).ShouldBeTrue();

        seen = await room.ObserveAsync(id);
        seen.Vcpus!.Count.ShouldBe(6);
        seen.Memory!.Device!.RequestedBytes.ShouldBe(64 * MiB);
        seen.Memory.Device.CurrentBytes.ShouldBe(0);
        room.CountBoots(id).ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_silent_about_vcpus()
    {
        await using var room = await HypervisorRoom.OpenAsync(daemon);
        var id = await room.StartAsync("silent", endsOnReboot: false, isGrowing: true);
        var refusal = await Should.ThrowAsync<GuestAgentException>(() =>
            room.Hypervisor.BringVcpusOnlineAsync(id, CancellationToken.None)
        );
        refusal.Fault.ShouldBe(GuestAgentFault.Silent);
    }

    [Fact]
    public async Task What_libvirt_refuses_is_told_and_the_guest_runs_on()
    {
        await using var room = await HypervisorRoom.OpenAsync(daemon);
        var id = await room.StartAsync("stays", endsOnReboot: false, isGrowing: true);

        var refusal = await Should.ThrowAsync<HypervisorException>(() =>
            room.Hypervisor.PlugVcpusAsync(id, 9, CancellationToken.None)
        );
        refusal.Message.ShouldContain("9");
        refusal = await Should.ThrowAsync<HypervisorException>(() =>
            room.Hypervisor.RequestMemoryAsync(id, 256 * MiB, CancellationToken.None)
        );
        refusal.Message.ShouldContain("requested size");

        var seen = await room.ObserveAsync(id);
        (seen.Vcpus!.Count, seen.Memory!.Device!.RequestedBytes).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_guest_that_cannot_grow_says_so_and_one_that_is_gone_is_no_fault()
    {
        await using var room = await HypervisorRoom.OpenAsync(daemon);
        var id = await room.StartAsync("fixed", endsOnReboot: false);
        var refusal = await Should.ThrowAsync<HypervisorException>(() =>
            room.Hypervisor.RequestMemoryAsync(id, 2 * MiB, CancellationToken.None)
        );
        refusal.IsTransient.ShouldBeFalse();

        await room.Hypervisor.DestroyAsync(id, CancellationToken.None);
        (await room.Hypervisor.PlugVcpusAsync(id, 2, CancellationToken.None)).ShouldBeFalse();
        (await room.Hypervisor.BringVcpusOnlineAsync(id, CancellationToken.None)).ShouldBeNull();
    }
}
