using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationQueueTests
{
    [Fact]
    public void So_many_move_at_once_in_the_cluster()
    {
        var moving = Enumerable.Range(0, 5).Select(index => Elsewhere(Phase.Running, $"m{index}")).ToArray();

        Reason(Moves.Migration(Phase.Pending), moving).ShouldBe("ClusterLimit");
        Reason(Moves.Migration(Phase.Scheduling), moving).ShouldBe("ClusterLimit");
        Reason(Moves.Migration(Phase.Pending), moving[..4]).ShouldBeNull();
        Reason(Moves.Migration(Phase.Pending), [.. moving[..4], Elsewhere(Phase.Scheduling, "s")]).ShouldBeNull();
    }

    [Fact]
    public void So_many_leave_one_host_at_once()
    {
        var leaving = new[] { Other(Phase.Running, "m1"), Other(Phase.PreparingTarget, "m2") };

        Reason(Moves.Migration(Phase.Pending), leaving).ShouldBe("HostLimit");
        Reason(Moves.Migration(Phase.Pending), [leaving[0], Elsewhere(Phase.Running, "m2")]).ShouldBeNull();
    }

    [Fact]
    public void A_place_is_taken_once_the_instance_names_the_hosts_and_not_when_the_phase_tells_it()
    {
        var waiting = Moves.Migration(Phase.Scheduling);

        var taken = MigrationQueue.AsFarAs(waiting, Moves.Guest(Moves.Assigned));

        taken.Status!.Phase.ShouldBe(Phase.Scheduled);
        taken.Status.MigrationState.ShouldBe(Moves.Assigned);
        Reason(Other(Phase.Scheduling, "third"), [Other(Phase.Running, "first"), taken]).ShouldBe("HostLimit");
        MigrationQueue.AsFarAs(waiting, instance: null).ShouldBe(waiting);
        MigrationQueue.AsFarAs(waiting, Moves.Guest()).ShouldBe(waiting);
        MigrationQueue.AsFarAs(waiting, Moves.Guest(Moves.Assigned with { MigrationUid = "other" })).ShouldBe(waiting);
        MigrationQueue
            .AsFarAs(waiting, Moves.Guest(Moves.Assigned with { EndTimestamp = Moves.Now }))
            .ShouldBe(waiting);
        var ended = Moves.Migration(Phase.Failed);
        MigrationQueue.AsFarAs(ended, Moves.Guest(Moves.Assigned)).ShouldBe(ended);
    }

    [Fact]
    public void The_configuration_says_how_many()
    {
        var configuration = new KubeVirtConfiguration
        {
            Migrations = new() { ParallelMigrationsPerCluster = 1, ParallelOutboundMigrationsPerNode = 1 },
        };
        Reason(Moves.Migration(Phase.Pending), [Elsewhere(Phase.Running, "m")], configuration).ShouldBe("ClusterLimit");
        Reason(
                Moves.Migration(Phase.Pending),
                [Other(Phase.Running, "m")],
                configuration with
                {
                    Migrations = configuration.Migrations with { ParallelMigrationsPerCluster = 9 },
                }
            )
            .ShouldBe("HostLimit");
    }

    [Fact]
    public void A_place_goes_to_the_more_urgent_and_then_to_the_older()
    {
        var moving = Enumerable.Range(0, 4).Select(index => Elsewhere(Phase.Running, $"m{index}"));
        var young = Waiting(Elsewhere(Phase.Pending, "young", age: 1));
        var old = Waiting(Elsewhere(Phase.Pending, "old", age: 9));
        var critical = Waiting(Elsewhere(Phase.Pending, "critical", age: 0)) with
        {
            Spec = new() { VmiName = "other", Priority = "system-critical" },
        };
        var migration = Moves.Migration(Phase.Pending, age: 5);

        Reason(migration, [.. moving, young]).ShouldBeNull();
        Reason(migration, [.. moving, old]).ShouldBe("ClusterLimit");
        Reason(migration, [.. moving, critical]).ShouldBe("ClusterLimit");
    }

    [Fact]
    public void An_instance_has_one_at_a_time_and_the_older_goes_first()
    {
        var older = Moves.Migration(Phase.Pending, "older", age: 9);
        var younger = Moves.Migration(Phase.Pending, "younger");

        Reason(Moves.Migration(Phase.Pending, age: 5), [older]).ShouldBe("InstanceMoves");
        Reason(Moves.Migration(Phase.Pending, age: 5), [younger]).ShouldBeNull();
        Reason(Moves.Migration(Phase.Pending, age: 5), [Moves.Migration(Phase.Running, "younger")])
            .ShouldBe("InstanceMoves");
        Hold(Moves.Scene(Moves.Migration(Phase.Pending), Moves.Guest(Moves.Begun with { MigrationUid = "other" })))!
            .Reason.ShouldBe("InstanceMoves");
    }

    [Fact]
    public void After_failures_an_automatic_one_waits_longer_each_time_and_one_by_hand_does_not()
    {
        var automatic = Moves.Migration(Phase.Pending, annotations: MigrationNames.EvacuationAnnotation);
        var first = Moves.Migration(Phase.Failed, "f1", age: 19);
        Reason(automatic, [first]).ShouldBe("Backoff");
        Reason(Moves.Migration(Phase.Pending), [first]).ShouldBeNull();
        Reason(automatic, [Moves.Migration(Phase.Failed, "f1", age: 20)]).ShouldBeNull();

        MigrationQueue
            .NotBefore([first, Moves.Migration(Phase.Failed, "f2", age: 60)])
            .ShouldBe(Moves.Now.AddSeconds(-19 + 40));
        MigrationQueue
            .NotBefore([
                first,
                Moves.Migration(Phase.Succeeded, "s", age: 30),
                Moves.Migration(Phase.Failed, "f2", age: 60),
            ])
            .ShouldBe(Moves.Now.AddSeconds(-19 + 20));
        MigrationQueue.NotBefore([Moves.Migration(Phase.Succeeded, "s"), first]).ShouldBeNull();
    }

    [Fact]
    public void Five_that_have_ended_are_kept()
    {
        var ended = Enumerable.Range(1, 7).Select(index => Moves.Migration(Phase.Failed, $"m{index}", age: index));

        MigrationQueue
            .Surplus([.. ended, Moves.Migration(Phase.Pending, "p", age: 99)])
            .Select(one => one.Metadata.Name)
            .ShouldBe(["m6", "m7"]);
    }

    [Fact]
    public void Of_those_that_ended_in_one_second_the_last_written_is_the_newest()
    {
        var ended = Enumerable
            .Range(1, 6)
            .Select(index => Moves.Migration(Phase.Succeeded, $"m{index}"))
            .Select((one, index) => one with { Metadata = one.Metadata with { ResourceVersion = $"{95 + index}" } });

        MigrationQueue.Surplus(ended).Select(one => one.Metadata.Name).ShouldBe(["m1"]);
    }

    [Fact]
    public void A_guest_that_does_not_run_yet_is_waited_for()
    {
        var young = Moves.Guest().With(status => status with { Phase = VirtualMachineInstancePhase.Scheduled });
        Hold(Moves.Scene(Moves.Migration(Phase.Pending), young))!.Reason.ShouldBe("GuestNotRunning");
    }

    private static VirtualMachineInstanceMigration Other(Phase phase, string uid, int age = 0) =>
        Moves.Migration(phase, uid, $"vmi-{uid}", age);

    private static VirtualMachineInstanceMigration Elsewhere(Phase phase, string uid, int age = 0)
    {
        var other = Other(phase, uid, age);
        return other with { Status = other.Status! with { MigrationState = Moves.Assigned with { SourceNode = "c" } } };
    }

    private static VirtualMachineInstanceMigration Waiting(VirtualMachineInstanceMigration migration) =>
        migration with
        {
            Status = migration.Status! with
            {
                Conditions =
                [
                    new()
                    {
                        Type = MigrationNames.WaitingCondition,
                        Status = "True",
                        Reason = "ClusterLimit",
                    },
                ],
            },
        };

    private static string? Reason(
        VirtualMachineInstanceMigration migration,
        VirtualMachineInstanceMigration[] others,
        KubeVirtConfiguration? configuration = null
    ) => Hold(Moves.Scene(migration, Moves.Guest(), others) with { Configuration = configuration ?? new() })?.Reason;

    private static MigrationHold? Hold(MigrationScene scene) => MigrationQueue.Hold(scene, scene.Instance!);
}
