using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

/// <summary>Moves as two agents carry them out, whatever happens in between.</summary>
public sealed class MigrationFlowTests
{
    [Fact]
    public async Task A_guest_moves_to_another_host_and_back_and_is_one_guest_all_the_time()
    {
        await using var hosts = await TwoHosts.OpenAsync();

        await hosts.AssignAsync("host2");
        var moved = await hosts.UntilEndedAsync();

        moved.Status!.MigrationState!.Failed.ShouldBeNull();
        moved.Status.NodeName.ShouldBe("host2");
        moved.Metadata.Labels![KubeVirtNames.NodeNameLabel].ShouldBe("host2");
        moved.Status.Phase.ShouldBe(VirtualMachineInstancePhase.Running);
        await hosts.UntilOnlyOnAsync("host2");
        await hosts.AssignAsync("host1", "5f0e57c1-0000-4000-8000-000000000002");
        (
            await hosts.UntilEndedAsync("5f0e57c1-0000-4000-8000-000000000002")
        ).Status!.MigrationState!.Failed.ShouldBeNull();
        await hosts.UntilOnlyOnAsync("host1");
        hosts.Hypervisors.Values.Sum(host => host.Starts).ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_that_moved_ends_on_its_new_host_as_it_would_have_on_the_old()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        await hosts.AssignAsync("host2");
        await hosts.UntilEndedAsync();
        await hosts.UntilOnlyOnAsync("host2");

        var id = new DomainId(TwoHosts.Key, (await hosts.ReadAsync()).Metadata.Uid!);
        hosts.Hypervisors["host2"].End(id, GuestState.ShutDown, EndCause.GuestShutdown);

        await hosts.UntilAsync(vmi => vmi.Status!.Phase == VirtualMachineInstancePhase.Succeeded, "it has ended");
    }

    [Fact]
    public async Task A_cancelled_move_leaves_the_guest_where_it_was()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        await MovingAsync(hosts);

        await hosts.ChangeAsync(MigrationStates.AbortAsked);
        var ended = (await hosts.UntilEndedAsync()).Status!.MigrationState!;

        (ended.Failed, ended.AbortStatus).ShouldBe((true, "Succeeded"));
        ended.Progress!.MemoryRemaining.ShouldNotBeNull();
        await hosts.UntilOnlyOnAsync("host1");
    }

    [Theory]
    [InlineData(true, nameof(GuestPlace.Running), "PreCopy")]
    [InlineData(false, nameof(GuestPlace.Halted), "Paused")]
    public async Task Without_KVM_a_guest_stands_still_while_its_memory_moves(
        bool hasKvm,
        string meanwhile,
        string mode
    )
    {
        await using var hosts = await TwoHosts.OpenAsync(hasKvm);
        var id = new DomainId(TwoHosts.Key, (await hosts.ReadAsync()).Metadata.Uid!);

        var sent = await MovingAsync(hosts);

        hosts.Hypervisors["host1"].StandOf(id).Place.ToString().ShouldBe(meanwhile);
        var moving = await hosts.UntilAsync(
            vmi => vmi.Status!.MigrationState!.Progress is not null,
            "it tells how far it is"
        );
        moving.Status!.MigrationState!.Mode.ShouldBe(mode);
        Conditions.IsTrue(moving.Status.Conditions, "Paused").ShouldBeFalse("nobody paused it");
        sent.SetResult();
        await hosts.UntilOnlyOnAsync("host2");
    }

    [Fact]
    public async Task A_guest_may_stand_still_only_for_a_short_time_while_its_memory_goes_over_for_the_first_time()
    {
        await using var hosts = await TwoHosts.OpenAsync();

        await MovingAsync(hosts);

        hosts.Moves["host1"].DowntimeLimit.ShouldBe(TimeSpan.FromMilliseconds(75));
    }

    [Fact]
    public async Task After_a_failed_move_another_one_succeeds()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        var never = await MovingAsync(hosts);
        await hosts.ChangeAsync(MigrationStates.AbortAsked);
        await hosts.UntilEndedAsync();
        await hosts.UntilOnlyOnAsync("host1");
        never.SetResult();

        await hosts.AssignAsync("host2", "5f0e57c1-0000-4000-8000-000000000002");

        await hosts.UntilEndedAsync("5f0e57c1-0000-4000-8000-000000000002");
        await hosts.UntilOnlyOnAsync("host2");
    }

    [Fact]
    public async Task An_agent_that_is_restarted_on_the_source_finds_its_guest_where_it_was()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        await MovingAsync(hosts);

        await hosts.StopAgentAsync("host1");
        hosts.StartAgent("host1");

        (await hosts.UntilEndedAsync()).Status!.MigrationState!.FailureReason.ShouldNotBeNull();
        await hosts.UntilOnlyOnAsync("host1");
    }

    [Fact]
    public async Task An_agent_that_is_restarted_on_the_target_takes_nothing_and_leaves_nothing()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        await MovingAsync(hosts);

        await hosts.StopAgentAsync("host2");
        (await hosts.UntilEndedAsync()).Status!.MigrationState!.Failed.ShouldBe(true);
        hosts.StartAgent("host2");

        await hosts.UntilOnlyOnAsync("host1");
    }

    [Fact]
    public async Task A_guest_whose_last_word_was_lost_runs_on_the_new_host_and_does_not_go_on_on_the_old()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        hosts.Moves["host2"].LosesLastWord = true;

        await hosts.AssignAsync("host2");

        (await hosts.UntilEndedAsync()).Status!.MigrationState!.Failed.ShouldBeNull();
        await hosts.UntilOnlyOnAsync("host2");
    }

    [Fact]
    public async Task A_guest_that_was_sent_whole_stands_still_until_the_other_host_says_that_it_does_not_run_there()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        var sent = await MovingAsync(hosts);
        var id = new DomainId(TwoHosts.Key, (await hosts.ReadAsync()).Metadata.Uid!);
        hosts.Moves["host2"].Arriving = new TaskCompletionSource().Task;
        sent.SetResult();
        await Eventually.HoldsAsync(
            () => hosts.Hypervisors["host1"].StandOf(id).Place == GuestPlace.Halted,
            "all is sent"
        );

        // An agent that stops cuts the streams first, and may say of the guest that it is not there.
        hosts.Moves["host2"].IsSilent = true;
        await hosts.StopAgentAsync("host2");
        hosts.Hypervisors["host1"].StandOf(id).Place.ShouldBe(GuestPlace.Halted, "nobody says where it runs");
        (await hosts.ReadAsync()).Status!.MigrationState!.EndTimestamp.ShouldBeNull();
        hosts.Moves["host2"].IsSilent = false;
        hosts.StartAgent("host2");

        (await hosts.UntilEndedAsync()).Status!.MigrationState!.Failed.ShouldBe(true);
        await hosts.UntilOnlyOnAsync("host1");
    }

    [Fact]
    public async Task When_the_source_is_gone_the_target_says_that_it_has_the_guest()
    {
        await using var hosts = await TwoHosts.OpenAsync();
        await hosts.StopAgentAsync("host1");
        var instance = await hosts.ReadAsync();
        var id = new DomainId(TwoHosts.Key, instance.Metadata.Uid!);
        await hosts.AssignAsync("host2");
        await hosts.UntilAsync(vmi => vmi.Status!.MigrationState!.TargetNodeAddress is not null, "it is invited");
        await hosts.ChangeAsync(vmi => MigrationStates.Begun(vmi, DateTimeOffset.UnixEpoch));

        // As libvirt does it by itself, while no agent of the source looks.
        var domain = hosts.Hypervisors["host1"].Describe(id)!;
        hosts.Hypervisors["host1"].End(id, GuestState.Migrated);
        hosts.Hypervisors["host2"].Expect(id, domain);
        hosts.Hypervisors["host2"].SetMoving(id, isHalted: false, isMoving: false);

        var claimed = await hosts.UntilAsync(vmi => vmi.Status!.NodeName == "host2", "it is claimed");
        claimed.Status!.MigrationState!.Completed.ShouldBe(true);
        hosts.StartAgent("host1");
        await hosts.UntilOnlyOnAsync("host2");
        (await hosts.ReadAsync()).Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Running);
    }

    /// <summary>A move to host2 that goes on until what is given back is set.</summary>
    private static async Task<TaskCompletionSource> MovingAsync(TwoHosts hosts)
    {
        var sent = new TaskCompletionSource();
        hosts.Moves["host1"].Sending = sent.Task;
        await hosts.AssignAsync("host2");
        await hosts.UntilAsync(vmi => vmi.Status!.MigrationState!.Progress is not null, "it moves");
        return sent;
    }
}
