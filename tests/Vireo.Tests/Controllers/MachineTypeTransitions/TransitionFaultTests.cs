using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Rules;
using Vireo.Tests.Faults;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>No machine is done twice, and none is left out, wherever the controllers are ended.</summary>
public sealed class TransitionFaultTests
{
    private const string Old = "pc-q35-6.2";
    private const string New = "pc-q35-7.2";

    /// <summary>More than the story takes, so that the last is told without a fault.</summary>
    private const int MostWrites = 56;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_transition_survives_an_end_of_the_controllers_between_any_two_writes() =>
        Parallel.ForEachAsync(
            Enumerable.Range(1, MostWrites),
            new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Ct },
            async (writes, _) =>
            {
                try
                {
                    await MoveAsync(writes);
                }
                catch (ShouldAssertException e)
                {
                    throw new ShouldAssertException($"Ended before write {writes}: {e.Message}", e);
                }
            }
        );

    private static async Task MoveAsync(int writes)
    {
        await using var room = await FaultRoom.OpenAsync();
        await MakeAsync(room, "off", RunStrategy.Halted);
        await MakeAsync(room, "on", RunStrategy.Always);
        await MakeAsync(room, "once", RunStrategy.Once);
        await RunsAsync(room, "on", Old);
        await RunsAsync(room, "once", Old);
        using var cut = new Cut(room, writes);

        await room.User.CreateAsync(
            new MachineTypeTransition
            {
                Metadata = new() { Name = "t" },
                Spec = new() { Restart = "Now", Steps = [new() { Below = New, Target = New }] },
            },
            Ct
        );

        await Eventually.HoldsAsync(() =>
            room.User.FindAsync<MachineTypeTransition>(new(null, "t"), Ct).GetAwaiter().GetResult()
                is { Status: { Phase: "Completed", Counts: { Selected: 3, Updated: 3 } } }
        );
        await RunsAsync(room, "on", New);
        await RunsAsync(room, "once", New);
        await Eventually.HoldsAsync(() => room.InstancesEver >= 4);
        room.InstancesEver.ShouldBe(4);
        // Of the spec: made, moved, and for once: halted and back.
        await IsAsync(room, "off", generation: 2, RunStrategy.Halted);
        await IsAsync(room, "on", generation: 2, RunStrategy.Always);
        await IsAsync(room, "once", generation: 4, RunStrategy.Once);
        await Eventually.HoldsAsync(() => room.FaultAsync().GetAwaiter().GetResult() is null);
    }

    private static async Task IsAsync(FaultRoom room, string name, long generation, RunStrategy strategy)
    {
        var machine = await room.GetMachineAsync(name);
        var mark = TransitionMark.Of(machine)!;
        (mark.From, mark.To, mark.Resume).ShouldBe((Old, New, null), name);
        machine.Metadata.Generation.ShouldBe(generation, name);
        machine.Spec.RunStrategy.ShouldBe(strategy);
        await Eventually.HoldsAsync(() =>
            room.GetMachineAsync(name)
                .GetAwaiter()
                .GetResult()
                .Metadata.Labels?.ContainsKey(KubeVirtNames.RestartRequiredLabel) != true
        );
    }

    private static async Task MakeAsync(FaultRoom room, string name, RunStrategy strategy) =>
        await room.User.CreateAsync(
            VirtualMachines.MachineTypeRoom.WithType(Objects.Machine(name, FaultRoom.Space, strategy), Old),
            Ct
        );

    private static Task RunsAsync(FaultRoom room, string name, string type) =>
        Eventually.HoldsAsync(() =>
            room.FindInstanceAsync(name).GetAwaiter().GetResult()
                is { Status: { Phase: VirtualMachineInstancePhase.Running, Machine.Type: { } runs } }
            && runs == type
        );
}
