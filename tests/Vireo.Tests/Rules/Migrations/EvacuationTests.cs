using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Rules.Migrations;

public sealed class EvacuationTests
{
    [Theory]
    [InlineData(null, true, EvictionAnswer.MayStop)]
    [InlineData("None", true, EvictionAnswer.MayStop)]
    [InlineData("None", false, EvictionAnswer.MayStop)]
    [InlineData("LiveMigrate", true, EvictionAnswer.Move)]
    [InlineData("LiveMigrate", false, EvictionAnswer.Denied)]
    [InlineData("LiveMigrateIfPossible", true, EvictionAnswer.Move)]
    [InlineData("LiveMigrateIfPossible", false, EvictionAnswer.MayStop)]
    [InlineData("External", true, EvictionAnswer.External)]
    [InlineData("External", false, EvictionAnswer.External)]
    public void What_becomes_of_a_guest_is_its_strategy(string? strategy, bool moves, EvictionAnswer answer)
    {
        var guest = Guest(strategy, moves);

        Evacuation.AnswerOf(guest, new()).Answer.ShouldBe(answer);
        Evacuation
            .AnswerOf(Guest(null, moves), new() { EvictionStrategy = strategy })
            .Answer.ShouldBe(answer, "the cluster's is for those that have none");
        var marked = Step(guest, isDraining: true) is EvacuationStep.Mark;
        marked.ShouldBe(answer is EvictionAnswer.Move or EvictionAnswer.External);
    }

    [Fact]
    public void A_guest_on_a_drained_host_is_marked_and_then_moved()
    {
        var marked = Step(Guest("LiveMigrate"), isDraining: true).ShouldBeOfType<EvacuationStep.Mark>().Instance;
        marked.Status!.EvacuationNodeName.ShouldBe("a");

        var migration = Step(marked, isDraining: true).ShouldBeOfType<EvacuationStep.Move>().Migration;
        migration.Metadata.GenerateName.ShouldBe("kubevirt-evacuation-");
        migration.Metadata.Annotations![MigrationNames.EvacuationAnnotation].ShouldBe("a");
        (migration.Spec.VmiName, migration.Spec.Priority).ShouldBe(("web", "system-critical"));

        Step(marked, true, Moves.Migration(Phase.Pending)).ShouldBeOfType<EvacuationStep.None>();
        Step(marked, true, Moves.Migration(Phase.Failed)).ShouldBeOfType<EvacuationStep.Move>();
    }

    [Fact]
    public void A_guest_that_others_move_is_only_marked()
    {
        var marked = Step(Guest("External"), isDraining: true).ShouldBeOfType<EvacuationStep.Mark>().Instance;
        Step(marked, isDraining: true).ShouldBeOfType<EvacuationStep.None>();
    }

    [Fact]
    public void Once_the_host_is_not_drained_any_more_all_is_taken_back()
    {
        var marked = Marked();
        var evacuation = Moves.Migration(Phase.Pending, annotations: MigrationNames.EvacuationAnnotation);

        var unmarked = Step(marked, false, evacuation).ShouldBeOfType<EvacuationStep.Mark>().Instance;
        unmarked.Status!.EvacuationNodeName.ShouldBeNull();
        Step(unmarked, false, evacuation).ShouldBeOfType<EvacuationStep.Cancel>().Migration.ShouldBe(evacuation);
        Step(unmarked, false, evacuation.Cancelled()).ShouldBeOfType<EvacuationStep.None>();
        Step(unmarked, false, Moves.Migration(Phase.Pending)).ShouldBeOfType<EvacuationStep.None>("it is by hand");
    }

    [Fact]
    public void An_evacuation_that_has_arrived_is_not_cancelled()
    {
        var evacuation = Moves.Migration(Phase.Running, annotations: MigrationNames.EvacuationAnnotation);
        Step(Moves.Moved, false, evacuation).ShouldBeOfType<EvacuationStep.None>();
    }

    [Fact]
    public void A_guest_that_may_stay_is_not_moved_until_its_host_was_free_once()
    {
        Evacuation.Cancelled(Marked(), "c").ShouldBeNull();
        var stays = Evacuation.Cancelled(Marked(), fromHost: null)!;
        Evacuation.Cancelled(stays, null).ShouldBeNull();

        Step(stays, isDraining: true).ShouldBeOfType<EvacuationStep.None>();
        var free = Step(stays, isDraining: false).ShouldBeOfType<EvacuationStep.Mark>().Instance;
        Step(free, isDraining: false).ShouldBeOfType<EvacuationStep.None>();
        Step(free, isDraining: true).ShouldBeOfType<EvacuationStep.Mark>();
    }

    [Fact]
    public void A_guest_that_ends_or_starts_is_left_alone()
    {
        Step(Guest("LiveMigrate").Deleted(), isDraining: true).ShouldBeOfType<EvacuationStep.None>();
        var young = Guest("LiveMigrate").With(status => status with { Phase = VirtualMachineInstancePhase.Scheduled });
        Step(young, isDraining: true).ShouldBeOfType<EvacuationStep.None>();
    }

    [Fact]
    public void The_taint_that_drains_can_be_named()
    {
        var node = new Node { Spec = new() { Taints = [new() { Key = "mine", Effect = "NoSchedule" }] } };
        Evacuation.IsDraining(node, new()).ShouldBeFalse();
        Evacuation.IsDraining(node, new() { Migrations = new() { NodeDrainTaintKey = "mine" } }).ShouldBeTrue();
        Evacuation.IsDraining(null, new()).ShouldBeFalse();
        Evacuation.DrainTaintOf(new()).ShouldBe("kubevirt.io/drain");
    }

    private static EvacuationStep Step(
        VirtualMachineInstance instance,
        bool isDraining,
        params VirtualMachineInstanceMigration[] migrations
    ) => Evacuation.Next(instance, isDraining, migrations, new());

    private static VirtualMachineInstance Marked() =>
        Guest("LiveMigrate").With(status => status with { EvacuationNodeName = "a" });

    private static VirtualMachineInstance Guest(string? strategy, bool moves = true)
    {
        var guest = Moves.Guest();
        guest = guest with { Spec = guest.Spec with { EvictionStrategy = strategy } };
        return moves
            ? guest
            : guest.With(status =>
                status with
                {
                    Conditions =
                    [
                        new()
                        {
                            Type = LiveMigratable.Type,
                            Status = "False",
                            Reason = "NotMigratable",
                        },
                    ],
                }
            );
    }
}
