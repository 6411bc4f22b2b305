using Vireo.Agent;
using Vireo.Rules;
using Vireo.Tests.Libvirt;

namespace Vireo.Tests.Agent;

/// <summary>Reboots and shutdowns told apart, with real guests: while somebody listens, and when nobody did.</summary>
public sealed class LibvirtRebootTests(PrivateLibvirtd daemon) : IClassFixture<PrivateLibvirtd>, IAsyncLifetime
{
    private readonly DateTimeOffset _begin = TimeProvider.System.GetUtcNow();
    private HypervisorRoom _room = null!;

    public async ValueTask InitializeAsync() => _room = await HypervisorRoom.OpenAsync(daemon);

    public async ValueTask DisposeAsync()
    {
        foreach (var left in await _room.Hypervisor.ListAsync(CancellationToken.None))
        {
            await _room.Hypervisor.DestroyAsync(left.Id, CancellationToken.None);
        }

        await _room.DisposeAsync();
    }

    [Theory]
    [InlineData('r', true, nameof(EndCause.GuestReboot))]
    [InlineData('p', true, nameof(EndCause.GuestShutdown))]
    [InlineData('p', false, nameof(EndCause.GuestShutdown))]
    public async Task An_end_that_was_seen_has_its_cause(char key, bool endsOnReboot, string cause)
    {
        var id = await _room.StartAsync($"seen-{key}-{endsOnReboot}".ToLowerInvariant(), endsOnReboot);
        (await _room.ObserveAsync(id)).EndsOnReboot.ShouldBe(endsOnReboot);
        using var console = await _room.TypeAsync(id, key);
        await _room.UntilGoneAsync(id);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.ShutDown, cause));
    }

    [Theory]
    [InlineData('r', true, nameof(EndCause.GuestReboot))]
    [InlineData('p', true, nameof(EndCause.GuestShutdown))]
    [InlineData('p', false, nameof(EndCause.Unknown))]
    public async Task An_end_while_no_agent_was_there_has_its_cause(char key, bool endsOnReboot, string cause)
    {
        var id = await _room.StartAsync($"away-{key}-{endsOnReboot}".ToLowerInvariant(), endsOnReboot);
        await _room.DisposeAsync();
        using var console = await _room.TypeAsync(id, key);
        await UntilGoneAsync(id);
        _room = await HypervisorRoom.OpenAsync(daemon);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.ShutDown, cause));
    }

    [Theory]
    [InlineData('r', true, nameof(EndCause.GuestReboot))]
    [InlineData('p', true, nameof(EndCause.GuestShutdown))]
    [InlineData('p', false, nameof(EndCause.Unknown))]
    public async Task An_end_while_libvirt_was_away_has_its_cause(char key, bool endsOnReboot, string cause)
    {
        var id = await _room.StartAsync($"down-{key}-{endsOnReboot}".ToLowerInvariant(), endsOnReboot);
        var connections = _room.Connections;
        await daemon.KillDaemonAsync();
        using var console = await _room.TypeAsync(id, key);
        await _room.UntilAsync(() => _room.Hypervisor.Fault is not null, "the loss is not seen");
        await daemon.StartDaemonAsync();
        await _room.UntilAsync(() => _room.Connections > connections, "no new connection");
        await _room.UntilGoneAsync(id);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.ShutDown, cause));
    }

    [Fact]
    public async Task A_reset_from_outside_ends_a_guest_that_is_to_end_by_its_reboot()
    {
        var id = await _room.StartAsync("pressed", endsOnReboot: true);
        (await _room.Hypervisor.ResetAsync(id, CancellationToken.None)).ShouldBeTrue();
        await _room.UntilGoneAsync(id);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.ShutDown, nameof(EndCause.HostReset)));
        (await _room.Hypervisor.ResetAsync(id, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_guest_that_is_to_end_by_its_reboot_powers_off_when_it_is_asked_to_reboot()
    {
        var id = await _room.StartAsync("asked", endsOnReboot: true);
        var isAsked = await _room.Hypervisor.RebootAsync(id, RebootRequest.PowerButton, CancellationToken.None);
        isAsked.ShouldBeTrue();
        await _room.UntilGoneAsync(id);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.ShutDown, nameof(EndCause.GuestShutdown)));
    }

    [Fact]
    public async Task A_guest_that_reboots_in_place_tells_each_reboot_and_then_how_it_ended()
    {
        var id = await _room.StartAsync("inplace", endsOnReboot: false);
        using var connection = daemon.Open();
        var run = connection.FindDomain(id.Name)!.Id;
        (await _room.ObserveAsync(id)).LastReset.ShouldBeNull();

        var first = await RebootAsync(id, null, () => TypeAsync(id, 'r'));
        first.IsByHost.ShouldBeFalse();
        var second = await RebootAsync(id, first, () => _room.Hypervisor.ResetAsync(id, CancellationToken.None));
        second.IsByHost.ShouldBeTrue();
        var third = await RebootAsync(
            id,
            second,
            () => _room.Hypervisor.RebootAsync(id, RebootRequest.PowerButton, CancellationToken.None)
        );
        third.IsByHost.ShouldBeTrue();
        connection.FindDomain(id.Name)!.Id.ShouldBe(run);

        await daemon.EndGuestAsync(id.Name);
        await _room.UntilGoneAsync(id);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.Destroyed, nameof(EndCause.HostSignal)));
    }

    [Fact]
    public async Task A_guest_whose_process_the_host_ends_did_not_shut_down()
    {
        var id = await _room.StartAsync("signalled", endsOnReboot: true);
        await daemon.EndGuestAsync(id.Name);
        await _room.UntilGoneAsync(id);
        (await _room.FindEndAsync(id, _begin)).ShouldBe((GuestState.Destroyed, nameof(EndCause.HostSignal)));
    }

    /// <summary>Reboots, long enough after the last time to be another reboot, and finds that told.</summary>
    private async Task<GuestReset> RebootAsync(DomainId id, GuestReset? last, Func<Task> reboot)
    {
        var booted = TimeProvider.System.GetUtcNow();
        await _room.UntilAsync(
            () => TimeProvider.System.GetUtcNow() - booted > GuestHistory.OneReboot,
            "the clock stands"
        );
        var boots = _room.CountBoots(id);
        await reboot();
        await _room.UntilBootedAsync(id, boots + 1);
        GuestReset? next = null;
        while (next is null || next == last)
        {
            next = (await _room.ObserveAsync(id)).LastReset;
        }

        return next;
    }

    private async Task TypeAsync(DomainId id, char key)
    {
        var boots = _room.CountBoots(id);
        using var console = await _room.TypeAsync(id, key);
        await _room.UntilBootedAsync(id, boots + 1);
    }

    private async Task UntilGoneAsync(DomainId id)
    {
        using var connection = daemon.Open();
        await Poll.UntilAsync(
            () =>
            {
                using var domain = connection.FindDomain(id.Name);
                return domain is null;
            },
            () => "the guest stays",
            TimeSpan.FromSeconds(60)
        );
    }
}
