using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>What the agent does about a change of a running guest's size, and what it tells.</summary>
public sealed class HotplugFlowTests : IAsyncDisposable
{
    private readonly AgentRoom _room = new();

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
