using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Controllers.Migrations;

/// <summary>What is killed in the middle of a move, and what is left: one guest, and a status of where.</summary>
public sealed class MigrationFaultTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    [Fact]
    public async Task A_target_that_dies_before_the_guest_moves_leaves_it_where_it_was()
    {
        await using var room = await MigrationRoom.OpenAsync(plane, hosts: 3);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Prepare;
        var name = await room.MigrateAsync("web");
        var migration = await room.UntilAsync(name, Phase.PreparingTarget);
        var target = migration.Status!.MigrationState!.TargetNode![^1..];

        await room.EndAgentAsync(target);
        await room.SilenceAsync(target);

        var failed = await room.UntilAsync(name, Phase.Failed);
        failed.Status!.MigrationState!.FailureReason!.ShouldContain("is not heard of");
        await room.UntilOnAsync("web", "a");
        room.Moves.Holds.Clear();
        await room.UntilAsync(await room.MigrateAsync("web"), Phase.Succeeded);
        await room.UntilOnAsync("web", target == "b" ? "c" : "b");
    }

    [Fact]
    public async Task A_target_that_dies_while_the_guest_moves_leaves_it_where_it_was()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        var name = await room.MigrateAsync("web");
        await room.UntilAsync(name, Phase.Running);

        await room.EndAgentAsync("b");

        await room.UntilAsync(name, Phase.Failed);
        await room.UntilOnAsync("web", "a");
    }

    [Fact]
    public async Task A_source_that_dies_while_the_guest_moves_is_told_by_the_migration()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        var name = await room.MigrateAsync("web");
        await room.UntilAsync(name, Phase.Running);

        await room.EndAgentAsync("a");
        await room.SilenceAsync("a");

        await room.UntilMigrationAsync(
            name,
            seen =>
                seen.Status is { Phase: Phase.Running, Conditions: { } told }
                && Conditions.Find(told, MigrationNames.WaitingCondition)?.Reason == "SourceNotHeard"
        );
        room.Moves.Holds.Clear();
        room.StartAgent("a");
        await room.UntilAsync(name, Phase.Failed);
    }

    [Fact]
    public async Task A_source_agent_that_is_killed_finds_its_guest_and_says_that_it_stayed()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        var name = await room.MigrateAsync("web");
        await room.UntilAsync(name, Phase.Running);

        await room.EndAgentAsync("a");
        room.Moves.Holds.Clear();
        room.StartAgent("a");

        var failed = await room.UntilAsync(name, Phase.Failed);
        failed.Status!.MigrationState!.FailureReason.ShouldNotBeNullOrEmpty();
        await room.UntilOnAsync("web", "a");
        await room.UntilAsync(await room.MigrateAsync("web"), Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
    }

    [Fact]
    public async Task A_source_agent_that_is_killed_once_the_guest_arrived_does_not_end_it()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        var guest = await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Tell;
        var name = await room.MigrateAsync("web");
        await Eventually.HoldsAsync(() => room.Moves.On(room.Host("b"), guest.Metadata.Uid!) is MovingGuest.Here);

        await room.EndAgentAsync("a");
        room.StartAgent("a");

        await room.UntilAsync(name, Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
        plane.Find<VirtualMachineInstance>("web", room.Space)!.Metadata.Uid.ShouldBe(guest.Metadata.Uid);
    }

    [Theory]
    [InlineData(HoldAt.Prepare)]
    [InlineData(HoldAt.Begin)]
    [InlineData(HoldAt.Arrive)]
    public async Task Controllers_that_are_killed_go_on_where_they_were(object hold)
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = (HoldAt)hold;
        var name = await room.MigrateAsync("web");
        await room.UntilMigrationAsync(name, found => found.Status?.Phase >= Phase.PreparingTarget);

        await plane.RestartControllersAsync();
        room.Moves.Holds.Clear();

        await room.UntilAsync(name, Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
    }

    [Fact]
    public async Task A_migration_made_while_no_controller_runs_is_taken_up()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        await plane.StopControllersAsync();
        var name = await room.MigrateAsync("web");

        await plane.RestartControllersAsync();

        await room.UntilAsync(name, Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
    }
}
