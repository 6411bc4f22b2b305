using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>What the agent does about a change of a running guest's size, and what it tells.</summary>
public sealed class HotplugFlowTests : IAsyncDisposable
{
    private readonly AgentRoom _room = new();
    private int _online;
    private int _asked;

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    private static DomainId Id { get; } = new(AgentRoom.Key, Samples.Instance.Metadata.Uid!);

    [Fact]
    public async Task Processors_and_memory_come_together_and_their_conditions_go()
    {
        await RunAsync();
        await AskAsync(instance => instance.ToSockets(3).ToMemory("256Mi"), Hotplug.VcpuChange, Hotplug.MemoryChange);
        var status = await SettledAsync();
        status.CurrentCPUTopology!.Sockets.ShouldBe(3);
        Sizes(status).ShouldBe(("128Mi", "256Mi", "256Mi"));
        Told(status, Hotplug.VcpuChange).ShouldBeNull();
        Told(status, Hotplug.MemoryChange).ShouldBeNull();
        _room.Simulated.Plugs.ShouldBe(2);
        _room.Simulated.Starts.ShouldBe(1);
        (await SaidAsync()).ShouldBe(["The guest has 3 vCPUs.", "The guest has 256Mi of memory."], ignoreOrder: true);
    }

    [Fact]
    public async Task It_goes_on_twice_in_a_row_and_down_to_what_it_booted_with()
    {
        await RunAsync();
        foreach (var size in (string[])["256Mi", "384Mi", "128Mi"])
        {
            await AskAsync(instance => instance.ToMemory(size), Hotplug.MemoryChange);
            Sizes(await SettledAsync()).ShouldBe(("128Mi", size, size));
        }
    }

    [Fact]
    public async Task A_guest_that_takes_its_time_is_told_of_truly_and_waited_for()
    {
        await RunAsync();
        _room.Simulated.TakesMemory = false;
        await AskAsync(instance => instance.ToMemory("256Mi"), Hotplug.MemoryChange);
        var status = await SettledAsync();
        Sizes(status).ShouldBe(("128Mi", "256Mi", "128Mi"));
        Told(status, Hotplug.MemoryChange)!.Reason.ShouldBe(Hotplug.InPlace);

        _room.Simulated.TakeMemory(Id, 64 * Growing.MiB);
        Sizes(await SettledAsync()).ShouldBe(("128Mi", "256Mi", "192Mi"));

        _room.Simulated.TakeMemory(Id, 128 * Growing.MiB);
        status = await SettledAsync();
        Sizes(status).ShouldBe(("128Mi", "256Mi", "256Mi"));
        Told(status, Hotplug.MemoryChange).ShouldBeNull();
    }

    [Fact]
    public async Task A_guest_that_does_not_take_it_gets_a_condition_with_the_way_out_and_is_asked_once()
    {
        await RunAsync();
        _room.Simulated.TakesMemory = false;
        await AskAsync(instance => instance.ToMemory("256Mi"), Hotplug.MemoryChange);
        (await _room.PassAsync()).ShouldBe(new Outcome.Waiting("news of the guest", EagerPause));
        _room.Time.Advance(HotplugPlan.Patience);
        var condition = Told(await SettledAsync(), Hotplug.MemoryChange)!;
        (condition.Status, condition.Reason).ShouldBe(("True", Hotplug.GuestDoesNotTake));
        condition.Message!.ShouldContain("memory.guest back to 128Mi");
        _room.Simulated.Plugs.ShouldBe(1);

        // Later than never: an administrator has loaded the driver.
        _room.Simulated.TakeMemory(Id, 128 * Growing.MiB);
        Told(await SettledAsync(), Hotplug.MemoryChange).ShouldBeNull();
    }

    [Fact]
    public async Task The_way_out_works()
    {
        await RunAsync();
        _room.Simulated.TakesMemory = false;
        await AskAsync(instance => instance.ToMemory("256Mi"), Hotplug.MemoryChange);
        await SettledAsync();
        _room.Time.Advance(HotplugPlan.Patience);
        await SettledAsync();

        await AskAsync(instance => instance.ToMemory("128Mi"), Hotplug.MemoryChange);
        var status = await SettledAsync();
        Sizes(status).ShouldBe(("128Mi", "128Mi", "128Mi"));
        Told(status, Hotplug.MemoryChange).ShouldBeNull();
    }

    [Fact]
    public async Task Vcpus_that_the_guest_brings_online_are_told_of_when_it_has_them()
    {
        await RunWithAgentAsync(online: 1);
        await AskAsync(instance => instance.ToSockets(2), Hotplug.VcpuChange);
        var status = await SettledAsync();
        status.CurrentCPUTopology!.Sockets.ShouldBe(1);
        Told(status, Hotplug.VcpuChange)!.Reason.ShouldBe(Hotplug.InPlace);
        (await SaidAsync()).ShouldBeEmpty();

        _online = 2;
        _room.Time.Advance(HotplugPlan.Pause);
        status = await SettledAsync();
        status.CurrentCPUTopology!.Sockets.ShouldBe(2);
        Told(status, Hotplug.VcpuChange).ShouldBeNull();
        (await SaidAsync()).ShouldBe(["The guest has 2 vCPUs."]);
        _room.Simulated.Plugs.ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_that_does_not_take_vcpus_gets_a_condition_that_goes_once_it_takes_them()
    {
        await RunWithAgentAsync(online: 1);
        await AskAsync(instance => instance.ToSockets(2), Hotplug.VcpuChange);
        (await _room.PassAsync()).ShouldBe(new Outcome.Waiting("news of the guest", EagerPause));
        _room.Time.Advance(HotplugPlan.Patience);
        var status = await SettledAsync();
        var condition = Told(status, Hotplug.VcpuChange)!;
        (condition.Status, condition.Reason).ShouldBe(("True", Hotplug.GuestDoesNotTake));
        condition.Message!.ShouldContain("Bring them online in the guest, or restart");
        status.CurrentCPUTopology!.Sockets.ShouldBe(1);
        (await SaidAsync()).ShouldBe([condition.Message]);

        // An agent that starts anew forgets what the guest said, not that it does not take it.
        _room.Restart();
        Told(await SettledAsync(), Hotplug.VcpuChange)!.Reason.ShouldBe(Hotplug.GuestDoesNotTake);

        _online = 2;
        _room.Time.Advance(HotplugPlan.Pause);
        status = await SettledAsync();
        Told(status, Hotplug.VcpuChange).ShouldBeNull();
        status.CurrentCPUTopology!.Sockets.ShouldBe(2);
        _room.Simulated.Plugs.ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_is_asked_for_its_vcpus_only_while_a_change_is_under_way_and_not_at_each_look()
    {
        await RunWithAgentAsync(online: 1);
        _asked.ShouldBe(0);
        await AskAsync(instance => instance.ToSockets(2), Hotplug.VcpuChange);
        await _room.PassAsync();
        await _room.PassAsync();
        _asked.ShouldBe(1);

        _online = 2;
        _room.Time.Advance(HotplugPlan.Pause);
        await SettledAsync();
        _asked.ShouldBe(2);
        _room.Time.Advance(HotplugPlan.Patience);
        await SettledAsync();
        _asked.ShouldBe(2);
    }

    [Fact]
    public async Task An_agent_in_the_guest_that_is_silent_is_waited_for_and_then_told_of()
    {
        await RunWithAgentAsync(online: 1);
        _room.Simulated.BringsOnline = _ => throw new GuestAgentException(GuestAgentFault.Silent, "It hangs.");
        await AskAsync(instance => instance.ToSockets(2), Hotplug.VcpuChange);
        Told(await SettledAsync(), Hotplug.VcpuChange)!.Reason.ShouldBe(Hotplug.InPlace);

        _room.Time.Advance(HotplugPlan.Patience);
        var status = await SettledAsync();
        Told(status, Hotplug.VcpuChange)!.Message!.ShouldContain("See that the agent answers");
        status.CurrentCPUTopology!.Sockets.ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_in_the_guest_that_cannot_tell_is_as_good_as_none()
    {
        await RunWithAgentAsync(online: 1);
        _room.Simulated.BringsOnline = _ => null;
        await AskAsync(instance => instance.ToSockets(2), Hotplug.VcpuChange);
        var status = await SettledAsync();
        Told(status, Hotplug.VcpuChange).ShouldBeNull();
        status.CurrentCPUTopology!.Sockets.ShouldBe(2);
    }

    [Fact]
    public async Task A_failure_half_way_leaves_a_guest_that_runs_and_says_what_it_has()
    {
        await RunAsync();
        _room.Simulated.PlugFault = new("libvirt: no more threads.", isTransient: false);
        _room.Simulated.VcpusBeforeFault = 1;
        await AskAsync(instance => instance.ToSockets(4), Hotplug.VcpuChange);
        var status = await SettledAsync();
        status.Phase.ShouldBe(VirtualMachineInstancePhase.Running);
        status.CurrentCPUTopology!.Sockets.ShouldBe(2);
        var condition = Told(status, Hotplug.VcpuChange)!;
        (condition.Status, condition.Reason).ShouldBe(("False", Hotplug.VcpuFailed));
        condition.Message!.ShouldContain("libvirt: no more threads. The guest has 2 of 4 vCPUs.");
        Conditions.IsTrue(status.Conditions, "Ready").ShouldBeTrue();
        _room.Simulated.Plugs.ShouldBe(1);

        _room.Simulated.PlugFault = null;
        await _room.ChangeAsync(instance => instance.ToSockets(2));
        Told(await SettledAsync(), Hotplug.VcpuChange).ShouldBeNull();
    }

    [Fact]
    public async Task A_hypervisor_that_is_busy_is_tried_again_but_not_at_each_look()
    {
        await RunAsync();
        _room.Simulated.PlugFault = new("libvirt: busy.", isTransient: true);
        await AskAsync(instance => instance.ToMemory("256Mi"), Hotplug.MemoryChange);
        await _room.PassAsync();
        await _room.PassAsync();
        _room.Simulated.Plugs.ShouldBe(1);
        Told(await SettledAsync(), Hotplug.MemoryChange)!.Status.ShouldBe("True");

        _room.Simulated.PlugFault = null;
        _room.Time.Advance(HotplugPlan.Pause);
        Sizes(await SettledAsync()).ShouldBe(("128Mi", "256Mi", "256Mi"));
    }

    [Fact]
    public async Task A_hypervisor_that_stays_busy_is_given_up_and_its_word_is_told()
    {
        await RunAsync();
        _room.Simulated.PlugFault = new("libvirt: busy.", isTransient: true);
        await AskAsync(instance => instance.ToMemory("256Mi"), Hotplug.MemoryChange);
        await _room.PassAsync();
        _room.Time.Advance(HotplugPlan.Patience);
        var condition = Told(await SettledAsync(), Hotplug.MemoryChange)!;
        (condition.Status, condition.Reason).ShouldBe(("False", Hotplug.MemoryFailed));
        condition.Message!.ShouldContain("libvirt: busy.");
        _room.Simulated.Plugs.ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_that_was_killed_after_it_plugged_tells_what_the_guest_has()
    {
        await RunAsync();
        await _room.Simulated.PlugVcpusAsync(Id, 2, CancellationToken.None);
        await _room.Simulated.RequestMemoryAsync(Id, 64 * Growing.MiB, CancellationToken.None);
        _room.Restart();
        await AskAsync(instance => instance.ToSockets(2).ToMemory("192Mi"), Hotplug.VcpuChange, Hotplug.MemoryChange);
        var status = await SettledAsync();
        status.CurrentCPUTopology!.Sockets.ShouldBe(2);
        Sizes(status).ShouldBe(("128Mi", "192Mi", "192Mi"));
        Told(status, Hotplug.MemoryChange).ShouldBeNull();
        _room.Simulated.Plugs.ShouldBe(2);
    }

    [Fact]
    public async Task What_waits_for_a_migration_is_done_after_it()
    {
        await RunAsync();
        await _room.ChangeAsync(instance =>
            instance.ToMemory("256Mi").Waiting(Hotplug.MemoryChange, Hotplug.LiveMigrate)
        );
        Sizes(await SettledAsync()).ShouldBe(("128Mi", "128Mi", "128Mi"));

        var end = _room.Time.GetUtcNow();
        await _room.ChangeAsync(instance =>
            instance with
            {
                Status = instance.Status! with
                {
                    MigrationState = new() { Completed = true, EndTimestamp = end },
                },
            }
        );
        Sizes(await SettledAsync()).ShouldBe(("128Mi", "256Mi", "256Mi"));
    }

    private static TimeSpan EagerPause => GuestWatch.Period < HotplugPlan.Pause ? GuestWatch.Period : HotplugPlan.Pause;

    private async Task RunAsync()
    {
        await _room.CreateAsync(Growing.Instance);
        await _room.SettleAsync();
    }

    /// <summary>A guest whose agent says how many vCPUs it has online.</summary>
    private async Task RunWithAgentAsync(int online)
    {
        _online = online;
        _room.Simulated.BringsOnline = _ =>
        {
            _asked++;
            return _online;
        };
        await RunAsync();
        _room.Simulated.ConnectAgent(AgentRoom.Key);
        await _room.SettleAsync();
    }

    private Task AskAsync(Func<VirtualMachineInstance, VirtualMachineInstance> change, params string[] changes) =>
        _room.ChangeAsync(instance => changes.Aggregate(change(instance), (next, name) => next.Waiting(name)));

    private async Task<VirtualMachineInstanceStatus> SettledAsync()
    {
        await _room.SettleAsync();
        return (await _room.ReadAsync()).Status!;
    }

    private async Task<IEnumerable<string?>> SaidAsync()
    {
        var events = await _room.Api.Client.ListAsync<Event>(new ListQuery("default"), CancellationToken.None);
        return events.Items.Where(said => said.Reason is "Plugged" or "PlugFailed").Select(said => said.Message);
    }

    private static (string?, string?, string?) Sizes(VirtualMachineInstanceStatus status) =>
        (
            status.Memory!.GuestAtBoot?.ToString(),
            status.Memory.GuestRequested?.ToString(),
            status.Memory.GuestCurrent?.ToString()
        );

    private static Condition? Told(VirtualMachineInstanceStatus status, string type) =>
        Conditions.Find(status.Conditions, type);
}
