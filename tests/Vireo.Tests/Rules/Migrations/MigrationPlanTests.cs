using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationPlanTests
{
    [Fact]
    public void A_new_migration_waits_then_is_scheduled_then_has_a_host_chosen()
    {
        Told(Moves.Scene(Moves.Migration(null), Moves.Guest())).Phase.ShouldBe(Phase.Pending);
        Told(Moves.Scene(Moves.Migration(Phase.Pending), Moves.Guest())).Phase.ShouldBe(Phase.Scheduling);
        Next(Moves.Scene(Moves.Migration(Phase.Scheduling), Moves.Guest()))
            .ShouldBeOfType<MigrationDecision.ChooseTarget>();
    }

    [Theory]
    [InlineData(Phase.Scheduling, "assigned", Phase.Scheduled)]
    [InlineData(Phase.Scheduled, "assigned", Phase.PreparingTarget)]
    [InlineData(Phase.PreparingTarget, "prepared", Phase.TargetReady)]
    [InlineData(Phase.TargetReady, "begun", Phase.Running)]
    [InlineData(Phase.Scheduled, "begun", Phase.Running)]
    [InlineData(Phase.Running, "failed", Phase.Failed)]
    [InlineData(Phase.PreparingTarget, "failed", Phase.Failed)]
    public void The_phase_follows_what_the_instance_says(Phase before, string state, Phase after)
    {
        var guest = Moves.Guest(
            state switch
            {
                "assigned" => Moves.Assigned,
                "prepared" => Moves.Prepared,
                "begun" => Moves.Begun,
                _ => Moves.Failed,
            }
        );

        var told = Told(Moves.Scene(Moves.Migration(before), guest));

        told.Phase.ShouldBe(after);
        told.MigrationState.ShouldBe(guest.Status!.MigrationState);
        told.PhaseTransitionTimestamps!.Select(entry => entry.Phase).ShouldBe([before, after]);
    }

    [Fact]
    public void A_guest_that_moved_and_has_all_ends_it()
    {
        Told(Moves.Scene(Moves.Migration(Phase.Running), Moves.Moved)).Phase.ShouldBe(Phase.Succeeded);
    }

    [Fact]
    public void A_guest_that_moved_and_is_given_more_by_that_does_not_end_it_yet()
    {
        var waits = With(Moves.Moved, Hotplug.MemoryChange, Hotplug.LiveMigrate);
        var told = Told(Moves.Scene(Moves.Migration(Phase.Running), waits));
        told.Phase.ShouldBe(Phase.Running);
        told.MigrationState!.EndTimestamp.ShouldNotBeNull();

        var later = Moves.Migration(Phase.Running) with { Status = told };
        Next(Moves.Scene(later, waits)).ShouldBeOfType<MigrationDecision.Wait>();
        Told(Moves.Scene(later, With(Moves.Moved, Hotplug.MemoryChange, Hotplug.GuestDoesNotTake)))
            .Phase.ShouldBe(Phase.Succeeded);
    }

    [Fact]
    public void A_change_that_came_after_the_move_is_not_waited_for()
    {
        var late = With(Moves.Moved, Hotplug.VcpuChange, Hotplug.LiveMigrate, Moves.Now.AddMinutes(1));
        Told(Moves.Scene(Moves.Migration(Phase.Running), late)).Phase.ShouldBe(Phase.Succeeded);
    }

    [Fact]
    public void Progress_alone_is_not_told_again()
    {
        var begun = Moves.Guest(Moves.Begun);
        var running = Moves.Migration(Phase.Running) with
        {
            Status = Told(Moves.Scene(Moves.Migration(Phase.TargetReady), begun)),
        };

        Next(Moves.Scene(running, MigrationStates.Progressed(begun, new() { Iteration = 2 })))
            .ShouldBeOfType<MigrationDecision.Tell>("the target's domain is news");
        var seen = MigrationStates.Progressed(begun, new() { Iteration = 2 });
        var told = running with { Status = Told(Moves.Scene(running, seen)) };
        Next(Moves.Scene(told, MigrationStates.Progressed(begun, new() { Iteration = 3 })))
            .ShouldBeOfType<MigrationDecision.Wait>();
    }

    [Theory]
    [InlineData(Phase.Pending)]
    [InlineData(Phase.Scheduling)]
    public void One_that_is_deleted_before_it_has_a_host_just_goes(Phase phase)
    {
        Next(Moves.Scene(Moves.Migration(phase).Cancelled(), Moves.Guest()))
            .ShouldBeOfType<MigrationDecision.Release>();
    }

    [Fact]
    public void One_that_is_deleted_before_the_guest_moves_is_ended_at_once()
    {
        foreach (var state in new[] { Moves.Assigned, Moves.Prepared })
        {
            var ended = Changed(Moves.Scene(Moves.Migration(Phase.PreparingTarget).Cancelled(), Moves.Guest(state)));
            (ended.Failed, ended.AbortRequested, ended.AbortStatus, ended.FailureReason).ShouldBe(
                (true, true, "Succeeded", MigrationStates.Cancelled)
            );
        }
    }

    [Fact]
    public void One_that_is_deleted_while_the_guest_moves_is_ended_by_the_source()
    {
        var migration = Moves.Migration(Phase.Running).Cancelled();
        var asked = Changed(Moves.Scene(migration, Moves.Guest(Moves.Begun)));
        (asked.AbortRequested, asked.EndTimestamp).ShouldBe((true, null));

        var told = Told(Moves.Scene(migration, Moves.Guest(asked)));
        Conditions.IsTrue(told.Conditions, MigrationNames.AbortCondition).ShouldBeTrue();
        Next(Moves.Scene(migration with { Status = told }, Moves.Guest(asked)))
            .ShouldBeOfType<MigrationDecision.Wait>();
    }

    [Fact]
    public void Deleting_the_instance_ends_its_migration_too()
    {
        var scene = Moves.Scene(Moves.Migration(Phase.Running), Moves.Guest(Moves.Begun).Deleted());
        Changed(scene).AbortRequested.ShouldBe(true);
        Changed(scene with { Instance = Moves.Guest(Moves.Prepared).Deleted() }).Failed.ShouldBe(true);
    }

    [Fact]
    public void One_that_has_ended_is_let_go_and_then_left_alone()
    {
        var ended = Moves.Migration(Phase.Succeeded);
        Next(Moves.Scene(ended, Moves.Moved)).ShouldBeOfType<MigrationDecision.Release>();
        var free = ended with { Metadata = ended.Metadata with { Finalizers = null } };
        Next(Moves.Scene(free, Moves.Moved)).ShouldBeOfType<MigrationDecision.Nothing>();
        Next(Moves.Scene(free, null)).ShouldBeOfType<MigrationDecision.Remove>();
    }

    [Fact]
    public void One_whose_instance_is_gone_goes_with_it()
    {
        Next(Moves.Scene(Moves.Migration(Phase.Running), null)).ShouldBeOfType<MigrationDecision.Remove>();
        Next(Moves.Scene(Moves.Migration(Phase.Running).Cancelled(), null)).ShouldBeOfType<MigrationDecision.Release>();
    }

    [Fact]
    public void One_whose_instance_is_another_by_now_fails()
    {
        Told(Moves.Scene(Moves.Migration(Phase.Running), Moves.Guest())).Phase.ShouldBe(Phase.Failed);
        var other = Moves.Guest(Moves.Begun with { MigrationUid = "other" });
        var told = Told(Moves.Scene(Moves.Migration(Phase.Running), other));
        (told.Phase, told.MigrationState!.MigrationUid).ShouldBe((Phase.Failed, Moves.Uid));
        MigrationPlan.IsInDoubt(Moves.Scene(Moves.Migration(Phase.Running), other)).ShouldBeTrue();
    }

    [Fact]
    public void What_is_left_of_a_migration_that_was_removed_by_force_is_ended_by_the_next_one()
    {
        var pending = Moves.Migration(Phase.Pending);
        var forgotten = Moves.Prepared with { MigrationUid = "gone" };
        Changed(Moves.Scene(pending, Moves.Guest(forgotten))).FailureReason.ShouldBe("The migration was removed.");

        var moving = forgotten with { StartTimestamp = Moves.Now };
        Changed(Moves.Scene(pending, Moves.Guest(moving))).AbortRequested.ShouldBe(true);
        Told(Moves.Scene(pending, Moves.Guest(moving with { AbortRequested = true }))).Phase.ShouldBe(Phase.Pending);
        Told(Moves.Scene(pending, Moves.Guest(forgotten), Moves.Migration(Phase.TargetReady, "gone")))
            .Phase.ShouldBe(Phase.Pending, "it is not gone");
    }

    [Fact]
    public void A_guest_that_cannot_move_or_has_ended_fails_it_with_the_reason()
    {
        var stuck = With(Moves.Guest(), LiveMigratable.Type, "DisksNotLiveMigratable", null, "False");
        Told(Moves.Scene(Moves.Migration(Phase.Pending), stuck)).Phase.ShouldBe(Phase.Failed);

        var ended = Moves.Guest().With(status => status with { Phase = VirtualMachineInstancePhase.Succeeded });
        var told = Told(Moves.Scene(Moves.Migration(Phase.Pending), ended));
        (told.Phase, told.MigrationState!.FailureReason).ShouldBe((Phase.Failed, "The guest has ended."));

        var endedMoving = ended.With(status => status with { MigrationState = Moves.Begun });
        Changed(Moves.Scene(Moves.Migration(Phase.Running), endedMoving)).Failed.ShouldBe(true);
    }

    [Fact]
    public void A_target_that_dies_before_the_guest_moves_fails_it()
    {
        var scene = Moves.Scene(Moves.Migration(Phase.PreparingTarget), Moves.Guest(Moves.Prepared)) with
        {
            IsTargetHeard = false,
        };
        Changed(scene).FailureReason.ShouldBe("Host b is not heard of: its agent does not renew its lease.");
        Next(scene with { Instance = Moves.Guest(Moves.Begun) }).ShouldBeOfType<MigrationDecision.Tell>();
    }

    [Theory]
    [InlineData(false, true, "SourceNotHeard", "Host a, which the guest leaves, is not heard of")]
    [InlineData(true, false, "TargetNotHeard", "Host b, which the guest moves to, is not heard of")]
    public void A_host_that_is_not_heard_of_while_the_guest_moves_is_told_until_it_is(
        bool isSourceHeard,
        bool isTargetHeard,
        string reason,
        string message
    )
    {
        var scene = Moves.Scene(Moves.Migration(Phase.Running), Moves.Guest(Moves.Begun));
        var silent = scene with { IsSourceHeard = isSourceHeard, IsTargetHeard = isTargetHeard };

        var told = Told(silent);

        told.Phase.ShouldBe(Phase.Running);
        var waiting = Conditions.Find(told.Conditions, MigrationNames.WaitingCondition).ShouldNotBeNull();
        waiting.Reason.ShouldBe(reason);
        waiting.Message!.ShouldStartWith(message);
        var after = scene.Migration with { Status = told };
        Next(silent with { Migration = after }).ShouldBeOfType<MigrationDecision.Wait>();
        Told(scene with { Migration = after }).Conditions.ShouldBeNull();
    }

    [Fact]
    public void A_source_that_was_removed_while_the_guest_moves_ends_it()
    {
        var scene = Moves.Scene(Moves.Migration(Phase.Running), Moves.Guest(Moves.Begun));

        Changed(scene with { IsSourceHeard = false, IsSourceRemoved = true })
            .FailureReason.ShouldBe("Host a was removed while the guest moved from there to b.");
    }

    [Fact]
    public void Hosts_that_are_not_ready_in_time_fail_it()
    {
        var old = Moves.Migration(Phase.Scheduled, age: 900);
        Changed(Moves.Scene(old, Moves.Guest(Moves.Assigned)))
            .FailureReason.ShouldBe("The hosts a and b were not ready within 900 s.");
        Next(Moves.Scene(Moves.Migration(Phase.Scheduled, age: 899), Moves.Guest(Moves.Assigned)))
            .ShouldBeOfType<MigrationDecision.Tell>();

        var impatient = Moves.Migration(Phase.Scheduled, age: 7);
        impatient = impatient with
        {
            Metadata = impatient.Metadata with
            {
                Annotations = new Dictionary<string, string> { [MigrationNames.PendingAnnotation] = "7" },
            },
        };
        Changed(Moves.Scene(impatient, Moves.Guest(Moves.Assigned))).Failed.ShouldBe(true);
    }

    [Fact]
    public void Without_a_host_it_waits_says_why_and_fails_in_the_end()
    {
        var scene = Moves.Scene(Moves.Migration(Phase.Scheduling), Moves.Guest());
        var told = MigrationPlan.Unplaceable(scene, "no room").ShouldBeOfType<MigrationDecision.Tell>().Status;
        var waiting = Conditions.Find(told.Conditions, MigrationNames.WaitingCondition)!;
        (told.Phase, waiting.Reason, waiting.Message).ShouldBe((Phase.Scheduling, "Unschedulable", "no room"));

        var again = scene with { Migration = scene.Migration with { Status = told } };
        MigrationPlan.Unplaceable(again, "no room").ShouldBeOfType<MigrationDecision.Wait>();

        var old = Moves.Scene(Moves.Migration(Phase.Scheduling, age: 300), Moves.Guest());
        var failed = MigrationPlan.Unplaceable(old, "no room").ShouldBeOfType<MigrationDecision.Tell>().Status;
        (failed.Phase, failed.MigrationState!.FailureReason).ShouldBe((Phase.Failed, "no room"));
    }

    private static VirtualMachineInstance With(
        VirtualMachineInstance instance,
        string type,
        string reason,
        DateTimeOffset? since = null,
        string status = "True"
    ) =>
        instance.With(present =>
            present with
            {
                Conditions = Conditions.Set(
                    present.Conditions,
                    new()
                    {
                        Type = type,
                        Status = status,
                        Reason = reason,
                        LastTransitionTime = since ?? Moves.Now,
                    },
                    Moves.Now
                ),
            }
        );

    private static MigrationDecision Next(MigrationScene scene) => MigrationPlan.Next(scene);

    private static VirtualMachineInstanceMigrationStatus Told(MigrationScene scene) =>
        Next(scene).ShouldBeOfType<MigrationDecision.Tell>().Status;

    private static VirtualMachineInstanceMigrationState Changed(MigrationScene scene) =>
        Next(scene).ShouldBeOfType<MigrationDecision.ChangeInstance>().Instance.Status!.MigrationState!;
}
