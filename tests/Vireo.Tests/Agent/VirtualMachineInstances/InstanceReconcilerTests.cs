using Vireo.Agent;
using Vireo.Rules;
using Vireo.Runtime;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Agent;

public sealed class InstanceReconcilerTests : IAsyncDisposable
{
    private readonly AgentRoom _room = new();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    private static DomainId Id { get; } = new(AgentRoom.Key, Samples.Instance.Metadata.Uid!);

    [Fact]
    public async Task An_instance_bound_to_this_host_is_started_with_one_write()
    {
        await _room.CreateAsync();
        await _room.PassAsync();
        var instance = await _room.ReadAsync();
        instance.Status!.Phase.ShouldBe(Phase.Running);
        instance.Status.Machine!.Type.ShouldBe("pc-q35-7.2");
        _room.Told(instance, "Ready")!.Status.ShouldBe("True");
        _room.Writes.ShouldBe(1);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task Passes_without_news_write_nothing()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        var writes = _room.Writes;
        await _room.PassAsync();
        _room.Time.Advance(TimeSpan.FromMinutes(1));
        (await _room.PassAsync()).ShouldBeOfType<Outcome.Waiting>();
        _room.Writes.ShouldBe(writes);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task An_address_from_the_network_and_then_the_agent_are_told()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        var instance = await _room.ReadAsync();
        instance.Status!.Interfaces!.Single().IpAddress.ShouldBe("10.0.0.1");
        instance.Status.Interfaces!.Single().InfoSource.ShouldBe("domain");
        _room.Told(instance, "AgentConnected").ShouldBeNull();

        _room.Simulated.ConnectAgent(AgentRoom.Key);
        await _room.SettleAsync();
        instance = await _room.ReadAsync();
        _room.Told(instance, "AgentConnected")!.Status.ShouldBe("True");
        instance.Status!.GuestOSInfo!.Id.ShouldBe("simulated");
        instance.Status.Interfaces!.Single().InterfaceName.ShouldBe("eth0");
    }

    [Fact]
    public async Task A_guest_that_obeys_the_power_button_succeeds_and_leaves_nothing()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        _room.Simulated.ShutDownTime = TimeSpan.FromSeconds(7);
        await _room.DeleteAsync(grace: 60);
        (await _room.PassAsync()).ShouldBe(new Outcome.Waiting("the guest to shut down", TimeSpan.FromSeconds(5)));
        _room.Time.Advance(TimeSpan.FromSeconds(5));
        await _room.PassAsync();
        _room.Simulated.PowerButtonPresses.ShouldBe(2);
        _room.Time.Advance(TimeSpan.FromSeconds(5));
        await _room.PassAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(Phase.Succeeded);
        (await _room.PassAsync()).ShouldBe(Outcome.Settled);
        (await _room.ReadAsync()).Metadata.Finalizers.ShouldBeEmpty();
        Directory.Exists(_room.Folder.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task A_guest_that_does_not_obey_is_ended_when_its_time_is_over_and_has_failed()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        _room.Simulated.ShutDownTime = null;
        await _room.DeleteAsync(grace: 7);
        await _room.PassAsync();
        _room.Time.Advance(TimeSpan.FromSeconds(5));
        (await _room.PassAsync()).ShouldBe(new Outcome.Waiting("the guest to shut down", TimeSpan.FromSeconds(2)));
        _room.Time.Advance(TimeSpan.FromSeconds(2));
        (await _room.PassAsync()).ShouldBe(Outcome.Progressed);
        await _room.PassAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(Phase.Failed);
    }

    [Theory]
    [InlineData(GuestState.ShutDown, Phase.Succeeded)]
    [InlineData(GuestState.Crashed, Phase.Failed)]
    [InlineData(GuestState.Failed, Phase.Failed)]
    public async Task A_guest_that_ends_by_itself_is_not_started_again(GuestState how, Phase phase)
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        _room.Simulated.End(Id, how);
        await _room.SettleAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(phase);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_that_was_killed_after_the_start_takes_the_guest_over()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await _room.ChangeAsync(instance => instance with { Status = Samples.Instance.Status });
        _room.Restart();
        await _room.PassAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(Phase.Running);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_that_was_killed_between_the_intent_and_the_start_starts_the_guest()
    {
        await _room.CreateAsync();
        _room.Folder.Create();
        _room.Folder.WriteIntent(new(Id.Uid, "default", "tiny", _room.Time.GetUtcNow()));
        await _room.PassAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(Phase.Running);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_that_ended_while_no_agent_looked_is_not_started_again()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await _room.ChangeAsync(instance => instance with { Status = Samples.Instance.Status });
        _room.Restart();
        _room.Simulated.End(Id, GuestState.ShutDown);
        await _room.SettleAsync();
        (await _room.ReadAsync()).Status!.Phase.ShouldBe(Phase.Succeeded);
        _room.Simulated.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task A_start_that_may_work_later_is_tried_again_and_its_reason_is_told()
    {
        await _room.CreateAsync();
        _room.Simulated.NextStartFailure = new("no memory left on this host", isTransient: true);
        (await _room.PassAsync()).ShouldBe(new Outcome.Failed("FailedCreate", "no memory left on this host"));
        var told = _room.Told(await _room.ReadAsync(), "Synchronized")!;
        (told.Status, told.Reason, told.Message).ShouldBe(("False", "FailedCreate", "no memory left on this host"));
        await _room.PassAsync();
        var instance = await _room.ReadAsync();
        instance.Status!.Phase.ShouldBe(Phase.Running);
        _room.Told(instance, "Synchronized").ShouldBeNull();
    }

    [Fact]
    public async Task A_start_that_cannot_work_waits_for_the_instance_to_change()
    {
        await _room.CreateAsync();
        _room.Simulated.NextStartFailure = new("no such machine", isTransient: false);
        (await _room.PassAsync()).ShouldBeOfType<Outcome.Blocked>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disk_that_cannot_be_made_is_told_in_the_word_that_clients_know(bool isTransient)
    {
        _room.Prepare = (_, _, _) =>
            throw new DiskException("ErrImagePull", "spec.volumes[0]: no such image", isTransient);
        await _room.CreateAsync();
        var outcome = await _room.PassAsync();
        (outcome is Outcome.Failed).ShouldBe(isTransient);
        _room.Told(await _room.ReadAsync(), "Synchronized")!.Reason.ShouldBe("ErrImagePull");
        _room.Simulated.Starts.ShouldBe(0);
        var writes = _room.Writes;
        await _room.PassAsync();
        _room.Writes.ShouldBe(writes);
    }

    [Fact]
    public async Task What_the_host_cannot_give_is_told_by_field()
    {
        await _room.CreateAsync(Samples.With(domain => domain with { Machine = new() { Type = "pc-q35-99.0" } }));
        (await _room.PassAsync()).ShouldBeOfType<Outcome.Failed>();
        _room.Told(await _room.ReadAsync(), "Synchronized")!.Message!.ShouldContain("spec.domain.machine.type");
    }

    [Fact]
    public async Task Disks_that_take_long_do_not_hold_up_the_deletion_of_their_instance()
    {
        var isCancelled = false;
        _room.Prepare = async (_, _, ct) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            }
            finally
            {
                isCancelled = ct.IsCancellationRequested;
            }

            return [];
        };
        await _room.CreateAsync();
        var pass = _room.PassAsync();
        await Libvirt.Poll.UntilAsync(() => _room.Time.WaitingTimers > 0, () => "no pause", TimeSpan.FromSeconds(30));
        _room.Time.Advance(TimeSpan.FromSeconds(2));
        (await pass).ShouldBeOfType<Outcome.Waiting>();
        await _room.DeleteAsync();
        await _room.SettleAsync();
        isCancelled.ShouldBeTrue();
        (await _room.ReadAsync()).Metadata.Finalizers.ShouldBeEmpty();
        _room.Simulated.Starts.ShouldBe(0);
    }

    [Fact]
    public async Task A_guest_whose_instance_is_gone_is_shut_down_and_then_ended()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await _room.RemoveAsync();
        _room.Simulated.ShutDownTime = null;
        (
            await _room.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None)
        ).ShouldBeOfType<Outcome.Waiting>();
        _room.Simulated.PowerButtonPresses.ShouldBe(1);
        _room.Time.Advance(InstancePlan.DefaultGracePeriod);
        (await _room.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None)).ShouldBe(Outcome.Progressed);
        (await _room.Hypervisor.ListAsync(CancellationToken.None)).ShouldBeEmpty();
        await _room.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None);
        _room.Folder.Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task A_guest_that_another_agent_made_on_the_same_libvirt_is_left_alone()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await _room.RemoveAsync();
        _room.Folder.Delete();
        (await _room.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None)).ShouldBe(Outcome.Settled);
        await _room.CreateAsync(Samples.Instance with { Metadata = Samples.Instance.Metadata with { Uid = "next" } });
        (await _room.PassAsync()).ShouldBeOfType<Outcome.Failed>().Message.ShouldContain("default_tiny");
        (await _room.Hypervisor.ListAsync(CancellationToken.None)).Count.ShouldBe(1);
        _room.Simulated.PowerButtonPresses.ShouldBe(0);
    }

    [Theory]
    [InlineData("node1")]
    [InlineData("node2")]
    public async Task A_guest_is_no_orphan_while_the_API_has_its_instance(string node)
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await using var blind = new AgentRoom(_room, seenNamespace: "elsewhere");
        var stored = await _room.ReadAsync();
        await blind.Api.Client.CreateAsync(
            stored with
            {
                Status = stored.Status! with { NodeName = node },
            },
            CancellationToken.None
        );
        await blind.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None);
        (await _room.Hypervisor.ListAsync(CancellationToken.None)).Count.ShouldBe(1);
        _room.Simulated.PowerButtonPresses.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_guest_whose_instance_it_may_not_see_it_asks_which_that_is(bool isTheSame)
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await using var blind = new AgentRoom(_room, seenNamespace: "elsewhere");
        await blind.Instances.WaitForSyncAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => blind.Api.OpenWatches == 1, "nothing else asks");

        blind.Api.RefuseNext(isTheSame ? Samples.Instance.Metadata.Uid! : "next");
        await blind.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None);

        _room.Simulated.PowerButtonPresses.ShouldBe(isTheSame ? 0 : 1);
    }

    [Fact]
    public async Task An_agent_that_is_refused_everything_touches_no_guest()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await using var blind = new AgentRoom(_room, seenNamespace: "elsewhere");
        await blind.Instances.WaitForSyncAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => blind.Api.OpenWatches == 1, "nothing else asks");

        blind.Api.RefuseNext(null);
        await Should.ThrowAsync<ApiException>(blind.Reconciler.ReconcileAsync(AgentRoom.Key, CancellationToken.None));

        _room.Simulated.PowerButtonPresses.ShouldBe(0);
    }

    [Fact]
    public async Task The_next_run_of_a_virtual_machine_waits_until_the_last_one_has_gone()
    {
        await _room.CreateAsync();
        await _room.SettleAsync();
        await _room.RemoveAsync();
        await _room.CreateAsync(Samples.Instance with { Metadata = Samples.Instance.Metadata with { Uid = "next" } });
        _room.Simulated.ShutDownTime = TimeSpan.FromSeconds(3);
        await _room.PassAsync();
        _room.Simulated.Starts.ShouldBe(1);
        _room.Time.Advance(TimeSpan.FromSeconds(3));
        await _room.PassAsync();
        _room.Simulated.Starts.ShouldBe(2);
        (await _room.Hypervisor.ObserveAsync(AgentRoom.Key, CancellationToken.None))!.Uid.ShouldBe("next");
    }
}
