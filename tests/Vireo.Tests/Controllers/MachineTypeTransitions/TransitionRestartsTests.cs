using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>Restarts that a transition makes itself: how many at once, and what ends in trouble.</summary>
public sealed class TransitionRestartsTests
{
    [Fact]
    public async Task No_more_machines_restart_at_once_than_allowed_and_all_do_once()
    {
        await using var room = new TransitionRoom();
        await room.InitializeAsync();
        var machines = await MakeAsync(room, 5);
        await room.UpgradeAsync();
        var written = room.Plane.Writes.Count;

        var name = await room.BeginAsync(spec =>
            spec with
            {
                Restart = "Now",
                Limits = new() { MaxConcurrentRestarts = 2 },
            }
        );

        await room.UntilPhaseAsync(name, "Completed");
        machines.ShouldAllBe(vm => room.ChangesOf(vm) == 1 && room.StartsOf(vm) == 2);
        MostAtOnce(room.Plane.Writes.Skip(written)).ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_machine_that_does_not_come_up_again_has_failed_and_the_others_have_moved()
    {
        await using var room = new TransitionRoom();
        await room.InitializeAsync();
        var machines = await MakeAsync(room, 2);
        await room.UpgradeAsync();
        // More than any host has, from its next start.
        await room.PatchAsync(
            machines[0],
            """{"spec":{"template":{"spec":{"domain":{"memory":{"guest":"900Ti"} } } } } }"""
        );

        var name = await room.BeginAsync(spec => spec with { Restart = "Now" });

        var told = await room.UntilPhaseAsync(name, "Failed");
        (told.Status!.Counts!.Failed, told.Status.Counts.Updated).ShouldBe((1, 1));
        room.OutcomeOf(name, machines[0]).Reason.ShouldBe("ErrorUnschedulable");
    }

    [Fact]
    public async Task A_machine_on_a_host_that_went_away_is_changed_and_restarted_when_the_host_is_back()
    {
        await using var room = new TransitionRoom();
        await room.InitializeAsync();
        var vm = (await MakeAsync(room, 1))[0];
        await room.UpgradeAsync();
        await room.LoseAgentAsync();
        await LoseAsync(room, vm, VirtualMachineInstancePhase.Unknown);

        var name = await room.BeginAsync(spec => spec with { Restart = "Now" });
        await room.UntilPhaseAsync(name, "AwaitingRestarts");
        room.OutcomeOf(name, vm).Reason.ShouldBe("HostAway");
        room.TemplateOf(vm).ShouldBe(TransitionRoom.New);
        var instance = room.UidOf(vm);

        await room.RegainAgentAsync();

        await room.UntilPhaseAsync(name, "Completed");
        (await room.UntilUpAsync(vm, instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
        (room.ChangesOf(vm), room.StartsOf(vm)).ShouldBe((1, 2));
    }

    [Fact]
    public async Task Without_a_host_that_tells_what_it_offers_it_waits_for_one()
    {
        var plane = new ControlPlane();
        await plane.InitializeAsync();
        await using (plane)
        {
            await plane.User.CreateAsync(
                new MachineTypeTransition
                {
                    Metadata = new() { Name = "t" },
                    Spec = new(),
                },
                TransitionRoom.Ct
            );
            var waiting = await plane.UntilAsync<MachineTypeTransition>(
                "t",
                null,
                found => found.Status?.Phase == "Pending"
            );
            waiting.Status!.Conditions![0].Reason.ShouldBe("NoHosts");

            var host = new SimulatedHypervisor(SimulatedHost.Rhel9, TimeProvider.System);
            await using (plane.RunAgent("late", host))
            {
                await plane.UntilAsync<MachineTypeTransition>("t", null, found => found.Status?.Phase == "Completed");
            }
        }
    }

    /// <summary>As the controllers tell it of a host whose agent has been silent long enough.</summary>
    private static Task LoseAsync(TransitionRoom room, ResourceKey vm, VirtualMachineInstancePhase phase) =>
        room.Plane.Client.ChangeStatusAsync<VirtualMachineInstance>(
            vm,
            found => found with { Status = found.Status! with { Phase = phase } },
            TransitionRoom.Ct
        );

    private static async Task<IReadOnlyList<ResourceKey>> MakeAsync(TransitionRoom room, int count)
    {
        var space = await room.MakeNamespaceAsync();
        var machines = new List<ResourceKey>();
        for (var i = 0; i < count; i++)
        {
            machines.Add(await room.MakeAsync(space, $"vm{i}", TransitionRoom.Old, runs: true));
        }

        return machines;
    }

    /// <summary>How many machines had no running guest at the same time.</summary>
    private static int MostAtOnce(IEnumerable<IResource> writes)
    {
        var (down, most) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var instance in writes.OfType<VirtualMachineInstance>())
        {
            var isUp =
                instance.Metadata.DeletionTimestamp is null
                && instance.Status?.Phase is VirtualMachineInstancePhase.Running;
            _ = isUp ? down.Remove(instance.Metadata.Name!) : down.Add(instance.Metadata.Name!);
            most = Math.Max(most, down.Count);
        }

        return most;
    }
}
