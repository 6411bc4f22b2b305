using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>
/// Design 0's functional cases of several virtual machines: in each of two namespaces there is one machine of every
/// kind, running and not, below the minimum, at or above it, and with the alias q35.
/// </summary>
public sealed class ManyMachinesTests
{
    [Fact]
    public Task With_a_namespace_and_restart_now_only_its_machines_move_and_all_are_in_effect() =>
        MovesAsync(namesNamespace: true, restartsNow: true);

    [Fact]
    public Task With_a_namespace_and_without_restart_now_only_its_machines_move_and_running_ones_are_labelled() =>
        MovesAsync(namesNamespace: true, restartsNow: false);

    [Fact]
    public Task Without_a_namespace_and_with_restart_now_all_machines_move_and_all_are_in_effect() =>
        MovesAsync(namesNamespace: false, restartsNow: true);

    [Fact]
    public Task Without_a_namespace_and_without_restart_now_all_machines_move_and_running_ones_are_labelled() =>
        MovesAsync(namesNamespace: false, restartsNow: false);

    private static async Task MovesAsync(bool namesNamespace, bool restartsNow)
    {
        var room = new TransitionRoom();
        await using (room)
        {
            await room.InitializeAsync();
            await room.LetFloatAsync();
            var (one, other) = (await room.MakeNamespaceAsync(), await room.MakeNamespaceAsync());
            var (before, untouched) = (await MakeAsync(room, one), await MakeAsync(room, other));
            await room.UpgradeAsync();
            var kept = await MakeKeptAsync(room, one);
            var keptUntouched = await MakeKeptAsync(room, other);

            var name = await room.BeginAsync(spec =>
                spec with
                {
                    Namespaces = namesNamespace ? [one] : null,
                    Restart = restartsNow ? "Now" : null,
                }
            );

            var told = await room.UntilPhaseAsync(name, restartsNow ? "Completed" : "AwaitingRestarts");
            IReadOnlyList<Before> moved = namesNamespace ? before : [.. before, .. untouched];
            IReadOnlyList<Before> stayed = namesNamespace
                ? [.. kept, .. untouched, .. keptUntouched]
                : [.. kept, .. keptUntouched];
            CountsAre(told.Status!.Counts!, namesNamespace ? 1 : 2, restartsNow);
            foreach (var machine in moved)
            {
                await HasMovedAsync(room, machine, restartsNow);
            }

            foreach (var machine in stayed)
            {
                HasStayed(room, machine);
            }
        }
    }

    private static void CountsAre(MachineTypeTransitionCounts counts, int namespaces, bool restartsNow)
    {
        counts.Selected.ShouldBe(6 * namespaces);
        // At or above the minimum, running and not, and the alias that does not run.
        counts.Unchanged.ShouldBe(3 * namespaces);
        counts.Updated.ShouldBe((restartsNow ? 3 : 1) * namespaces);
        counts.RestartRequired.ShouldBe((restartsNow ? 0 : 2) * namespaces);
        (counts.Failed, counts.Refused, counts.Waiting, counts.Restarting).ShouldBe((0, 0, 0, 0));
    }

    private static async Task HasMovedAsync(TransitionRoom room, Before machine, bool restartsNow)
    {
        var key = machine.Key;
        if (machine is { Runs: false, Type: "q35" })
        {
            HasStayed(room, machine);
            return;
        }

        room.TemplateOf(key).ShouldBe(TransitionRoom.New, $"{key}");
        room.ChangesOf(key).ShouldBe(1, $"{key}");
        if (!machine.Runs)
        {
            room.IsLabelled(key).ShouldBeFalse($"{key}");
            room.UidOf(key).ShouldBeNull();
        }
        else if (restartsNow)
        {
            (await room.UntilUpAsync(key, machine.Instance)).Status!.Machine!.Type.ShouldBe(TransitionRoom.New);
            await room.UntilAsync(key, _ => !room.IsLabelled(key));
            room.StartsOf(key).ShouldBe(2, $"{key}");
        }
        else
        {
            room.IsLabelled(key).ShouldBeTrue($"{key}");
            room.UidOf(key).ShouldBe(machine.Instance);
            room.InstanceOf(key)!.Status!.Machine!.Type.ShouldBe(TransitionRoom.Old);
        }
    }

    private static void HasStayed(TransitionRoom room, Before machine)
    {
        room.TemplateOf(machine.Key).ShouldBe(machine.Type, $"{machine.Key}");
        room.IsLabelled(machine.Key).ShouldBeFalse($"{machine.Key}");
        room.ChangesOf(machine.Key).ShouldBe(0, $"{machine.Key}");
        room.UidOf(machine.Key).ShouldBe(machine.Instance);
    }

    /// <summary>Those that are there before the host is upgraded.</summary>
    private static async Task<IReadOnlyList<Before>> MakeAsync(TransitionRoom room, string space) =>
        [
            await MakeAsync(room, space, "running-below", TransitionRoom.Old, runs: true),
            await MakeAsync(room, space, "running-alias", "q35", runs: true),
            await MakeAsync(room, space, "off-below", TransitionRoom.Old, runs: false),
            await MakeAsync(room, space, "off-alias", "q35", runs: false),
        ];

    /// <summary>Those that only the newer host can run.</summary>
    private static async Task<IReadOnlyList<Before>> MakeKeptAsync(TransitionRoom room, string space) =>
        [
            await MakeAsync(room, space, "running-kept", TransitionRoom.Kept, runs: true),
            await MakeAsync(room, space, "off-kept", TransitionRoom.Kept, runs: false),
        ];

    private static async Task<Before> MakeAsync(TransitionRoom room, string space, string name, string type, bool runs)
    {
        var key = await room.MakeAsync(space, name, type, runs);
        return new(key, type, runs, room.UidOf(key));
    }

    private sealed record Before(ResourceKey Key, string Type, bool Runs, string? Instance);
}
