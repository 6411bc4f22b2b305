using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Rules.Migrations;

public sealed class WorkloadUpdatesTests
{
    private static readonly KubeVirtWorkloadUpdateStrategy ByMoving = new() { WorkloadUpdateMethods = ["LiveMigrate"] };

    [Theory]
    [InlineData(Hotplug.VcpuChange)]
    [InlineData(Hotplug.MemoryChange)]
    public void A_change_that_waits_for_a_migration_gets_one(string change)
    {
        var guest = Waiting(change, Hotplug.LiveMigrate);

        var migration = WorkloadUpdates.Next(guest, [], ByMoving).ShouldBeOfType<WorkloadUpdateStep.Move>().Migration;

        migration.Metadata.GenerateName.ShouldBe("kubevirt-workload-update-");
        migration.Metadata.Annotations![MigrationNames.WorkloadUpdateAnnotation].ShouldBe("");
        (migration.Spec.VmiName, migration.Spec.Priority).ShouldBe(("web", "user-triggered"));
        Next(guest, Moves.Migration(Phase.Pending)).ShouldBe("None");
        Next(guest, Moves.Migration(Phase.Failed)).ShouldBe("Move");
    }

    [Fact]
    public void One_that_is_made_in_place_or_was_refused_or_by_another_method_gets_none()
    {
        Next(Waiting(Hotplug.MemoryChange, Hotplug.InPlace)).ShouldBe("None");
        Next(Waiting(Hotplug.MemoryChange, Hotplug.MemoryFailed, "False")).ShouldBe("None");
        Next(Moves.Guest()).ShouldBe("None");
        WorkloadUpdates
            .Next(Waiting(Hotplug.MemoryChange, Hotplug.LiveMigrate), [], new())
            .ShouldBeOfType<WorkloadUpdateStep.None>();
    }

    [Fact]
    public void One_that_cannot_move_or_moves_already_gets_none()
    {
        var guest = Waiting(Hotplug.MemoryChange, Hotplug.LiveMigrate);
        Next(guest.Deleted()).ShouldBe("None");
        Next(guest.With(status => status with { MigrationState = Moves.Begun })).ShouldBe("None");
        Next(
                guest.With(status =>
                    status with
                    {
                        Conditions = Conditions.Set(
                            status.Conditions,
                            new() { Type = LiveMigratable.Type, Status = "False" },
                            Moves.Now
                        ),
                    }
                )
            )
            .ShouldBe("None");
    }

    [Fact]
    public void A_guest_that_has_moved_for_it_does_not_move_again()
    {
        var moved = Waiting(Hotplug.MemoryChange, Hotplug.LiveMigrate)
            .With(status =>
                status with
                {
                    MigrationState = Moves.Begun with { Completed = true, EndTimestamp = Moves.Now.AddSeconds(1) },
                }
            );
        Next(moved).ShouldBe("None");
    }

    [Fact]
    public void A_change_that_was_taken_back_cancels_what_has_not_begun()
    {
        var update = Moves.Migration(Phase.Scheduled, annotations: MigrationNames.WorkloadUpdateAnnotation);

        Next(Moves.Guest(Moves.Prepared), update).ShouldBe("Cancel");
        Next(Moves.Guest(Moves.Begun), update).ShouldBe("None");
        Next(Moves.Guest(Moves.Prepared), Moves.Migration(Phase.Scheduled)).ShouldBe("None");
        Next(Moves.Guest(Moves.Prepared), update.Cancelled()).ShouldBe("None");
    }

    private static string Next(VirtualMachineInstance guest, params VirtualMachineInstanceMigration[] migrations) =>
        WorkloadUpdates.Next(guest, migrations, ByMoving).GetType().Name;

    private static VirtualMachineInstance Waiting(string change, string reason, string status = "True") =>
        Moves
            .Guest()
            .With(present =>
                present with
                {
                    Conditions =
                    [
                        .. present.Conditions!,
                        new()
                        {
                            Type = change,
                            Status = status,
                            Reason = reason,
                            LastTransitionTime = Moves.Now,
                        },
                    ],
                }
            );
}
