using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Controllers.Migrations;

public sealed class DrainTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static readonly Quantity Size = Quantity.Parse("64Mi");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_guest_does_as_its_strategy_says()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("moves", eviction: "LiveMigrate");
        await room.StartAsync("may", eviction: "LiveMigrateIfPossible");
        await room.StartAsync("stays", eviction: "None");
        await room.StartAsync("plain");
        await room.StartAsync("external", eviction: "External");
        await room.StartAsync("stuck", eviction: "LiveMigrate", change: Stuck);

        await room.DrainAsync("a");

        await room.UntilOnAsync("moves", "b");
        await room.UntilOnAsync("may", "b");
        await room.UntilAsync("external", found => found.Status?.EvacuationNodeName == room.Host("a"));
        var migration = room.Migrations("moves").ShouldHaveSingleItem();
        migration.Metadata.Name.ShouldStartWith("kubevirt-evacuation-");
        migration.Metadata.Annotations!["kubevirt.io/evacuationMigration"].ShouldBe(room.Host("a"));
        migration.Spec.Priority.ShouldBe("system-critical");
        foreach (var name in new[] { "stays", "plain", "external", "stuck" })
        {
            room.Migrations(name).ShouldBeEmpty();
            await room.UntilOnAsync(name, "a");
        }

        var moved = await room.UntilAsync("moves", found => found.Status?.EvacuationNodeName is null);
        moved.Status!.NodeName.ShouldBe(room.Host("b"));
        await room.DrainAsync("a", isDrained: false);
        await room.UntilAsync("external", found => found.Status?.EvacuationNodeName is null);
    }

    [Fact]
    public async Task Taking_it_back_stops_what_is_under_way()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web", eviction: "LiveMigrate");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        await room.DrainAsync("a");
        await Eventually.HoldsAsync(() => room.Migrations("web") is [{ Status.Phase: Phase.Running }]);

        await room.DrainAsync("a", isDrained: false);

        await Eventually.HoldsAsync(() => room.Migrations("web") is []);
        await room.UntilOnAsync("web", "a");
    }

    [Fact]
    public async Task A_guest_that_is_let_off_stays_until_the_next_drain()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web", eviction: "LiveMigrate");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        await room.DrainAsync("a");
        await Eventually.HoldsAsync(() => room.Migrations("web") is [{ Status.Phase: Phase.Running }]);

        ((int)await room.ActAsync("web", "evacuate/cancel")).ShouldBe(200);

        await Eventually.HoldsAsync(() => room.Migrations("web") is []);
        await room.UntilOnAsync("web", "a");
        room.Moves.Holds.Clear();
        await room.DrainAsync("a", isDrained: false);
        await room.UntilAsync(
            "web",
            found => found.Metadata.Annotations?.ContainsKey(MigrationNames.EvacuationCancelledAnnotation) != true
        );
        await room.DrainAsync("a");
        await room.UntilOnAsync("web", "b");
    }

    [Fact]
    public async Task Two_leave_a_host_at_once_and_the_others_after_them()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        string[] names = ["one", "two", "three", "four"];
        foreach (var name in names)
        {
            await room.StartAsync(name, eviction: "LiveMigrate");
            room.Moves.Holds[name] = HoldAt.Arrive;
        }

        await room.DrainAsync("a");

        await Eventually.HoldsAsync(() => Count(room, "HostLimit") == 2 && Moving(room) == 2);
        room.Moves.Holds.Clear();
        foreach (var name in names)
        {
            await room.UntilOnAsync(name, "b");
        }

        Most(room).ShouldBe(2);
    }

    [Fact]
    public async Task So_many_move_in_the_cluster_as_the_configuration_says()
    {
        await using var room = await MigrationRoom.OpenAsync(plane, hosts: 3);
        await room.ConfigureAsync(spec =>
            spec with
            {
                Configuration = new() { Migrations = new() { ParallelMigrationsPerCluster = 1 } },
            }
        );
        await room.StartAsync("one", "a");
        await room.StartAsync("two", "b");
        room.Moves.Holds["one"] = HoldAt.Arrive;
        await room.UntilAsync(await room.MigrateAsync("one"), Phase.Running);

        var second = await room.MigrateAsync("two");

        await Eventually.HoldsAsync(() => Count(room, "ClusterLimit") == 1);
        room.Moves.Holds.Clear();
        await room.UntilAsync(second, Phase.Succeeded);
    }

    [Fact]
    public async Task After_a_failure_the_next_try_waits()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web", eviction: "LiveMigrate");
        room.Moves.Faults["web"] = "The line was cut.";

        await room.DrainAsync("a");

        await Eventually.HoldsAsync(() => Count(room, "Backoff") == 1);
        room.Migrations("web").Count(one => one.Status?.Phase is Phase.Failed).ShouldBe(1);
        room.Moves.Faults.Clear();
        await room.DrainAsync("a", isDrained: false);
        await Eventually.HoldsAsync(() => room.Migrations("web") is [{ Status.Phase: Phase.Failed }]);
    }

    [Fact]
    public async Task A_change_that_a_migration_completes_gets_one_and_is_awaited()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        await room.ConfigureAsync(spec =>
            spec with
            {
                WorkloadUpdateStrategy = new() { WorkloadUpdateMethods = ["LiveMigrate"] },
            }
        );

        await ChangeAsync(room, Hotplug.LiveMigrate);

        await room.UntilOnAsync("web", "b");
        var migration = room.Migrations("web").ShouldHaveSingleItem();
        migration.Metadata.Name.ShouldStartWith("kubevirt-workload-update-");
        migration.Metadata.Annotations!.Keys.ShouldContain("kubevirt.io/workloadUpdateMigration");
        await room.UntilMigrationAsync(
            migration.Metadata.Name!,
            found => found.Status is { Phase: Phase.Running, MigrationState.EndTimestamp: not null }
        );
        await ChangeAsync(room, reason: null);
        await room.UntilAsync(migration.Metadata.Name!, Phase.Succeeded);
        room.Migrations("web").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_that_is_taken_back_before_the_guest_moves_cancels_it()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Begin;
        await room.ConfigureAsync(spec =>
            spec with
            {
                WorkloadUpdateStrategy = new() { WorkloadUpdateMethods = ["LiveMigrate"] },
            }
        );
        await ChangeAsync(room, Hotplug.LiveMigrate);
        await Eventually.HoldsAsync(() => room.Migrations("web") is [{ Status.Phase: Phase.TargetReady }]);

        await ChangeAsync(room, reason: null);

        await Eventually.HoldsAsync(() => room.Migrations("web") is []);
        await room.UntilOnAsync("web", "a");
    }

    private static Task ChangeAsync(MigrationRoom room, string? reason) =>
        room.Plane.Client.ChangeAsync<VirtualMachineInstance>(
            new(room.Space, "web"),
            found =>
                found with
                {
                    Status = found.Status! with
                    {
                        Memory = new()
                        {
                            GuestAtBoot = Size,
                            GuestRequested = Size,
                            GuestCurrent = reason is null ? Size : default(Quantity),
                        },
                        Conditions = reason is null
                            ? Conditions.Remove(found.Status.Conditions, Hotplug.MemoryChange)
                            : Conditions.Set(
                                found.Status.Conditions,
                                new()
                                {
                                    Type = Hotplug.MemoryChange,
                                    Status = "True",
                                    Reason = reason,
                                },
                                TimeProvider.System.GetUtcNow()
                            ),
                    },
                },
            Ct
        );

    private static VirtualMachineInstanceSpec Stuck(VirtualMachineInstanceSpec spec) =>
        spec with
        {
            Domain = spec.Domain with { Cpu = new() { Features = [new() { Name = "invtsc", Policy = "require" }] } },
        };

    private static int Count(MigrationRoom room, string reason) =>
        room
            .Plane.All<VirtualMachineInstanceMigration>(room.Space)
            .Count(one => Conditions.Find(one.Status?.Conditions, MigrationNames.WaitingCondition)?.Reason == reason);

    private static int Moving(MigrationRoom room) =>
        room.Plane.All<VirtualMachineInstanceMigration>(room.Space).Count(one => one.Status?.Phase is Phase.Running);

    /// <summary>How many had a place at once, by all that was written.</summary>
    private static int Most(MigrationRoom room)
    {
        var (now, most) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (
            var written in room
                .Plane.Writes.OfType<VirtualMachineInstanceMigration>()
                .Where(one => one.Metadata.Namespace == room.Space)
        )
        {
            _ = written.Status?.Phase is Phase.Scheduled or Phase.PreparingTarget or Phase.TargetReady or Phase.Running
                ? now.Add(written.Metadata.Uid!)
                : now.Remove(written.Metadata.Uid!);
            most = Math.Max(most, now.Count);
        }

        return most;
    }
}
