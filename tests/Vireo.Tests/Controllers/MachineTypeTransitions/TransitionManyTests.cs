using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>A transition of more machines than any list shows.</summary>
public sealed class TransitionManyTests(TransitionRoom room) : IClassFixture<TransitionRoom>
{
    private const int Count = 10_000;

    [Fact]
    public async Task Ten_thousand_stopped_machines_move_in_one_pass_each_once_and_the_report_is_complete()
    {
        await room.UpgradeAsync();
        var space = await room.MakeNamespaceAsync();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TransitionRoom.Ct },
            async (i, ct) =>
                await room.Plane.User.CreateAsync(
                    VirtualMachines.MachineTypeRoom.WithType(
                        Objects.Machine($"vm{i:00000}", space, RunStrategy.Halted),
                        TransitionRoom.Old
                    ),
                    ct
                )
        );

        var name = await room.BeginAsync(spec => spec with { Namespaces = [space] });

        await Eventually.HoldsAsync(() => (Status(name)?.Counts?.Updated ?? 0) > 0);
        while (Status(name) is { Phase: "Running" or null, Counts.Updated: var before and < Count })
        {
            // However slow the machine, as long as it moves.
            await Eventually.HoldsAsync(() => Status(name)!.Counts!.Updated > before);
        }

        var told = await room.UntilPhaseAsync(name, "Completed");
        (told.Status!.Counts!.Selected, told.Status.Counts.Updated).ShouldBe((Count, Count));
        told.Status.Outcomes!.Count.ShouldBe(100);
        told.Status.OutcomesOmitted.ShouldBe(Count - 100);
        var listed = 0;
        await foreach (var outcome in TransitionOutcomeList.ReadAsync(room.Plane.User, told, TransitionRoom.Ct))
        {
            outcome.Outcome.ShouldBe("Updated");
            outcome.Name.ShouldBe($"vm{listed++:00000}");
        }

        listed.ShouldBe(Count);
        var machines = await room.Plane.User.ListAsync<VirtualMachine>(new ListQuery(space), TransitionRoom.Ct);
        machines.Items.ShouldAllBe(machine => machine.Metadata.Generation == 2);
    }

    private MachineTypeTransitionStatus? Status(string name) => room.Plane.Find<MachineTypeTransition>(name)?.Status;
}
