using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Agent;

/// <summary>Reboots from the request or the guest to what is told of them.</summary>
public sealed class GuestPowerTests : IAsyncDisposable
{
    private readonly AgentRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    private static DomainId Id { get; } = new(AgentRoom.Key, Samples.Instance.Metadata.Uid!);

    private static VirtualMachineInstance Terminating { get; } =
        Samples.With(domain => domain with { RebootPolicy = "Terminate" });

    [Fact]
    public async Task A_guest_that_reboots_in_place_is_told_once_and_goes_on()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        _room.Time.Advance(TimeSpan.FromSeconds(10));
        _room.Simulated.Reboot(Id);
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        instance.Status!.Phase.ShouldBe(Phase.Running);
        _room.Told(instance, "GuestRebooted")!.Reason.ShouldBe("GuestRequest");
        var writes = _room.Writes;
        await _room.PassAsync();
        _room.Writes.ShouldBe(writes);
        (await EventsAsync()).Count(reason => reason == "GuestRebooted").ShouldBe(1);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Theory]
    [InlineData("SoftReboot")]
    [InlineData("Reset")]
    public async Task A_reboot_in_place_that_a_user_wanted_is_told_as_such_and_the_next_is_not(string source)
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await ActAsync(source);
        await _room.SettleAsync();
        _room.Told(await _room.ReadAsync(), "GuestRebooted")!.Reason.ShouldBe(source);
        _room.Folder.ReadReboot().ShouldBeNull();

        _room.Time.Advance(TimeSpan.FromSeconds(5));
        _room.Simulated.Reboot(Id);
        await _room.SettleAsync();
        _room.Told(await _room.ReadAsync(), "GuestRebooted")!.Reason.ShouldBe("GuestRequest");
    }

    [Fact]
    public async Task A_guest_that_ends_by_its_reboot_succeeds_says_so_and_is_let_go_in_the_same_pass()
    {
        await _room.CreateAsync(Terminating);
        await _room.SettleAsync();
        _room.Simulated.Reboot(Id);
        await _room.PassAsync();
        var instance = await _room.ReadAsync();
        (instance.Status!.Phase, instance.Status.Reason).ShouldBe((Phase.Succeeded, "GuestRebooted"));
        _room.Told(instance, "GuestRebooted")!.Reason.ShouldBe("GuestRequest");
        instance.Metadata.Finalizers.ShouldBeEmpty();
        _room.Folder.Exists.ShouldBeFalse();
        (await EventsAsync()).ShouldContain("GuestRebooted");
    }

    [Theory]
    [InlineData("SoftReboot")]
    [InlineData("Reset")]
    public async Task A_reboot_that_a_user_wanted_and_that_ends_the_guest_is_told_though_the_agent_died(string source)
    {
        await _room.CreateAsync(Terminating);
        await _room.SettleAsync();
        await ActAsync(source);
        _room.Restart();
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        (instance.Status!.Phase, instance.Status.Reason).ShouldBe((Phase.Succeeded, "GuestRebooted"));
        _room.Told(instance, "GuestRebooted")!.Reason.ShouldBe(source);
    }

    [Fact]
    public async Task A_shutdown_of_a_guest_that_would_end_by_its_reboot_is_no_reboot()
    {
        await _room.CreateAsync(Terminating);
        await _room.SettleAsync();
        _room.Simulated.End(Id, GuestState.ShutDown, EndCause.GuestShutdown);
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        (instance.Status!.Phase, instance.Status.Reason).ShouldBe((Phase.Succeeded, null));
        _room.Told(instance, "GuestRebooted").ShouldBeNull();
    }

    [Fact]
    public async Task An_end_that_nobody_saw_is_a_success_and_says_what_is_not_known()
    {
        await _room.CreateAsync(Terminating);
        await _room.SettleAsync();
        _room.Simulated.End(Id, GuestState.ShutDown);
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        (instance.Status!.Phase, instance.Status.Reason).ShouldBe((Phase.Succeeded, null));
        _room.Told(instance, "Ready")!.Message!.ShouldContain("shut down or rebooted");
    }

    [Fact]
    public async Task A_gate_that_is_off_makes_guests_reboot_in_place_and_counts_from_the_next_start()
    {
        await _room.CreateAsync(Terminating);
        await _room.SettleAsync();
        _room.Configuration = new() { DeveloperConfiguration = new() { DisabledFeatureGates = ["RebootPolicy"] } };
        (await _room.Hypervisor.ObserveAsync(AgentRoom.Key, CancellationToken.None))!.EndsOnReboot.ShouldBeTrue();
        _room.Simulated.Reboot(Id);
        await _room.SettleAsync();
        await _room.RemoveAsync();
        await _room.CreateAsync(Terminating with { Metadata = Terminating.Metadata with { Uid = "next" } });
        await _room.SettleAsync();
        (await _room.Hypervisor.ObserveAsync(AgentRoom.Key, CancellationToken.None))!.EndsOnReboot.ShouldBeFalse();
    }

    [Fact]
    public async Task A_guest_that_is_gone_or_another_run_is_not_rebooted()
    {
        (await _room.Power.SoftRebootAsync(Samples.Instance, CancellationToken.None)).ShouldBeFalse();
        await _room.CreateAsync();
        await _room.SettleAsync();
        var other = Samples.Instance with { Metadata = Samples.Instance.Metadata with { Uid = "other" } };
        (await _room.Power.ResetAsync(other, CancellationToken.None)).ShouldBeFalse();
        (await _room.Hypervisor.ObserveAsync(AgentRoom.Key, CancellationToken.None))!.LastReset.ShouldBeNull();
    }

    [Fact]
    public async Task A_guest_that_ran_when_its_host_rebooted_has_failed_and_leaves_nothing()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        _room.RebootHost();
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        (instance.Status!.Phase, instance.Status.Reason).ShouldBe((Phase.Failed, "HostRebooted"));
        _room.Folder.Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task A_guest_that_vanished_while_its_host_stayed_up_has_failed_for_no_known_reason()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        _room.Simulated.LosePower();
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        (instance.Status!.Phase, instance.Status.Reason).ShouldBe((Phase.Failed, null));
    }

    [Fact]
    public async Task A_start_that_was_under_way_when_the_host_rebooted_is_made_again()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await _room.ChangeAsync(instance => instance with { Status = Samples.Instance.Status });
        _room.RebootHost();
        await _room.SettleAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(Phase.Running);
        _room.Simulated.Starts.ShouldBe(2);
    }

    private async Task ActAsync(string source)
    {
        _room.Time.Advance(TimeSpan.FromSeconds(10));
        var instance = await _room.ReadAsync();
        var isDone =
            source == "Reset"
                ? await _room.Power.ResetAsync(instance, CancellationToken.None)
                : await _room.Power.SoftRebootAsync(instance, CancellationToken.None);
        isDone.ShouldBeTrue();
    }

    private async Task<IReadOnlyList<string?>> EventsAsync() =>
        [.. (await _room.Api.Client.ListAsync<Event>(new(), CancellationToken.None)).Items.Select(told => told.Reason)];
}
