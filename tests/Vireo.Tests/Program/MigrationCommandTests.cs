using System.Text.Json.Nodes;
using Vireo.Tests.Controllers;
using Vireo.Tests.Controllers.Migrations;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Program;

/// <summary>`vireo migrate` and what goes with it, on simulated hosts: what is printed, and how it ends.</summary>
public sealed class MigrationCommandTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    [Fact]
    public async Task A_guest_is_moved_and_it_is_told_from_where_to_where()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");

        var moved = await plane.RunAsync($"migrate web -n {room.Space} --wait");

        moved.ExitCode.ShouldBe(0, moved.Error);
        var lines = moved.Output.Split('\n');
        lines[0].ShouldBe("VM web was scheduled to migrate");
        lines[1].ShouldStartWith($"VM web: moved from {room.Host("a")} to {room.Host("b")}");
        await room.UntilOnAsync("web", "b");
    }

    [Fact]
    public async Task The_new_host_can_be_named_and_all_be_told_to_programs()
    {
        await using var room = await MigrationRoom.OpenAsync(plane, hosts: 3);
        await room.StartAsync("web");

        var moved = await plane.RunAsync($"migrate web --to {room.Host("c")} -n {room.Space} --wait -o json");

        moved.ExitCode.ShouldBe(0, moved.Error);
        var document = JsonNode.Parse(moved.Output)!;
        ((string?)document["phase"], (string?)document["target"]).ShouldBe(("Succeeded", room.Host("c")));
        ((string?)document["message"]).ShouldBe("VM web was scheduled to migrate");
    }

    [Fact]
    public async Task A_move_that_fails_says_why()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Faults["web"] = "The line was cut.";

        var failed = await plane.RunAsync($"migrate web -n {room.Space} --wait");

        failed.ExitCode.ShouldBe(1);
        failed.Error.ShouldContain("vireo: VM web: The line was cut.");
        (await plane.RunAsync($"migrate nobody -n {room.Space}")).Error.ShouldContain(
            "virtualmachine.kubevirt.io \"nobody\" not found"
        );
        (await plane.RunAsync($"migrate web --addedNodeSelector fast -n {room.Space}")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_move_can_be_cancelled()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        var nothing = await plane.RunAsync($"migrate-cancel web -n {room.Space}");
        (nothing.ExitCode, nothing.Error).ShouldBe((1, "vireo: Found no migration to cancel for web\n"));
        room.Moves.Holds["web"] = HoldAt.Arrive;
        (await plane.RunAsync($"migrate web --dry-run -n {room.Space}")).Output.ShouldContain("nothing changed");
        room.Migrations("web").ShouldBeEmpty();
        (await plane.RunAsync($"migrate web -n {room.Space}")).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync(() => room.Migrations("web") is [{ Status.Phase: Phase.Running }]);

        var cancelled = await plane.RunAsync($"migrate-cancel web -n {room.Space} --wait");

        cancelled.ExitCode.ShouldBe(0, cancelled.Error);
        cancelled.Output.ShouldBe(
            $"VM web was scheduled to migrate-cancel\nVM web: cancelled; the guest is on {room.Host("a")}\n"
        );
        cancelled.Error.ShouldContain("VM web: Running: ");
    }

    [Fact]
    public async Task A_host_is_drained_and_what_stays_is_named()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("moves", eviction: "LiveMigrate");
        await room.StartAsync("stays");
        var host = room.Host("a");

        var planned = await plane.RunAsync($"host drain {host} --dry-run");
        planned.ExitCode.ShouldBe(7);
        var drained = await plane.RunAsync($"host drain {host} --wait");

        drained.Output.ShouldBe(planned.Output);
        drained.ExitCode.ShouldBe(7, drained.Error);
        drained.Lines.ShouldBe([
            ["NAMESPACE", "NAME", "BECOMES", "WHY"],
            [room.Space, "moves", "moves", "evictionStrategy LiveMigrate"],
            [room.Space, "stays", "stays", "evictionStrategy None"],
        ]);
        drained.Error.ShouldContain($"host {host}: all that were to leave have left\n");
        drained.Error.ShouldContain($"vireo: host {host}: 1 guest stays: {room.Space}/stays. --stop");
        await room.UntilOnAsync("moves", "b");

        var stopped = await plane.RunAsync($"host drain {host} --stop --wait");
        stopped.ExitCode.ShouldBe(0, stopped.Error);
        await room.UntilOnAsync("stays", "b");
        (await plane.RunAsync($"host drain {host} --wait")).Output.ShouldBe("No guest is on the host.\n");

        var open = await plane.RunAsync($"host uncordon {host}");
        (open.ExitCode, open.Output).ShouldBe((0, $"host {host} takes guests again\n"));
        await plane.UntilAsync<Vireo.Api.Node>(host, null, node => node.Spec is { Unschedulable: null, Taints: null });
        (await plane.RunAsync($"migrate moves --to {host} -n {room.Space} --wait")).ExitCode.ShouldBe(0);
        (await plane.RunAsync("host drain nowhere")).Error.ShouldContain("there is no host nowhere");
    }

    [Fact]
    public async Task A_guest_can_be_let_off()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web", eviction: "LiveMigrate");
        room.Moves.Holds["web"] = HoldAt.Begin;
        (await plane.RunAsync($"host drain {room.Host("a")}")).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync(() => room.Migrations("web") is [{ Status.Phase: Phase.TargetReady }]);

        var off = await plane.RunAsync($"evacuate-cancel vm web -n {room.Space}");

        (off.ExitCode, off.Output).ShouldBe((0, "VM web was scheduled to evacuate-cancel\n"));
        await Eventually.HoldsAsync(() => room.Migrations("web") is []);
        await room.UntilOnAsync("web", "a");
    }
}
