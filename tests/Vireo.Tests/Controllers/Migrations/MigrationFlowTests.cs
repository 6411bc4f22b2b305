using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Controllers.Migrations;

public sealed class MigrationFlowTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_moves_and_all_say_so()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        var before = await room.StartAsync("web");

        var name = await room.MigrateAsync("web");

        var migration = await room.UntilAsync(name, Phase.Succeeded);
        migration
            .Status!.PhaseTransitionTimestamps!.Select(entry => entry.Phase)
            .ShouldBe(migration.Status.PhaseTransitionTimestamps!.Select(entry => entry.Phase).Order());
        migration.Metadata.Labels!["kubevirt.io/vmi-name"].ShouldBe("web");
        await room.UntilOnAsync("web", "b");
        var after = await room.UntilAsync("web", _ => true);
        after.Metadata.Uid.ShouldBe(before.Metadata.Uid);
        var state = after.Status!.MigrationState!;
        (state.SourceNode, state.TargetNode, state.Completed, state.MigrationUid).ShouldBe(
            (room.Host("a"), room.Host("b"), true, migration.Metadata.Uid)
        );
        migration.Status.MigrationState!.EndTimestamp.ShouldBe(state.EndTimestamp);
        await room.UntilMigrationAsync(name, found => found.Metadata.Finalizers is null or []);
        await Eventually.HoldsAsync(() =>
            plane.All<Event>(room.Space).Any(told => told is { Reason: "Migrated", InvolvedObject.Name: "web" })
        );
    }

    [Fact]
    public async Task A_machine_says_that_it_migrates()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;

        ((int)await room.ActAsync("web", "migrate")).ShouldBe(202);

        await plane.UntilAsync<VirtualMachine>("web", room.Space, vm => vm.Status?.PrintableStatus == "Migrating");
        room.Migrations("web").ShouldHaveSingleItem().Metadata.Name.ShouldStartWith("kubevirt-migrate-vm-");
        room.Moves.Holds.Clear();
        await room.UntilOnAsync("web", "b");
        await plane.UntilAsync<VirtualMachine>("web", room.Space, vm => vm.Status?.PrintableStatus == "Running");
    }

    [Fact]
    public async Task A_move_that_fails_leaves_the_guest_where_it_was_and_a_retry_succeeds()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Faults["web"] = "The line was cut.";

        var failed = await room.UntilAsync(await room.MigrateAsync("web"), Phase.Failed);

        failed.Status!.MigrationState!.FailureReason.ShouldBe("The line was cut.");
        await room.UntilOnAsync("web", "a");
        room.Moves.Faults.Clear();
        await room.UntilAsync(await room.MigrateAsync("web"), Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
    }

    [Fact]
    public async Task Without_another_host_it_waits_says_so_and_goes_on_when_there_is_one()
    {
        await using var room = await MigrationRoom.OpenAsync(plane, hosts: 1);
        await room.StartAsync("web");

        var name = await room.MigrateAsync("web");

        var waiting = await room.UntilMigrationAsync(
            name,
            found => found.Status is { Phase: Phase.Scheduling, Conditions: [_, ..] }
        );
        Conditions
            .Find(waiting.Status!.Conditions, MigrationNames.WaitingCondition)!
            .Message.ShouldStartWith("No host can take the guest");
        await room.AddHostAsync("b");
        await room.UntilAsync(name, Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(HoldAt.Prepare)]
    [InlineData(HoldAt.Begin)]
    [InlineData(HoldAt.Arrive)]
    public async Task A_migration_can_be_cancelled_in_each_phase(object? hold)
    {
        await using var room = await MigrationRoom.OpenAsync(plane, hold is null ? 1 : 2);
        await room.StartAsync("web");
        if (hold is HoldAt at)
        {
            room.Moves.Holds["web"] = at;
        }

        var name = await room.MigrateAsync("web");
        await room.UntilAsync(
            name,
            hold switch
            {
                null => Phase.Scheduling,
                HoldAt.Prepare => Phase.PreparingTarget,
                HoldAt.Begin => Phase.TargetReady,
                _ => Phase.Running,
            }
        );

        await room.CancelAsync(name);

        await plane.UntilGoneAsync<VirtualMachineInstanceMigration>(name, room.Space);
        await room.UntilOnAsync("web", "a");
        if (hold is not null)
        {
            var state = (await room.UntilAsync("web", _ => true)).Status!.MigrationState!;
            (state.AbortRequested, state.AbortStatus, state.FailureReason).ShouldBe(
                (true, "Succeeded", MigrationStates.Cancelled)
            );
            room.Moves.Holds.Clear();
            await room.UntilAsync(await room.MigrateAsync("web"), Phase.Succeeded);
        }
    }

    [Fact]
    public async Task Of_two_at_once_the_second_is_refused()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;

        var tries = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    try
                    {
                        return (await plane.User.CreateAsync(room.Migration("web"), Ct)).Metadata.Name;
                    }
                    catch (ApiException refusal)
                    {
                        return refusal.Message;
                    }
                })
        );

        await Eventually.HoldsAsync(() => room.Migrations("web").Count > 0);
        var one = room.Migrations("web").ShouldHaveSingleItem();
        tries.ShouldContain(one.Metadata.Name);
        tries
            .Count(text =>
                text
                == $"in-flight migration detected. Active migration job ({one.Metadata.Uid}) is currently already in "
                    + "progress for VMI web."
            )
            .ShouldBe(3);
        ((int)await room.ActAsync("web", "migrate")).ShouldBe(409);
    }

    [Fact]
    public async Task An_edit_of_the_machine_while_its_guest_moves_is_kept()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        var name = await room.MigrateAsync("web");
        await room.UntilAsync(name, Phase.Running);

        var edit = JsonNode.Parse("""{"spec":{"template":{"spec":{"hostname":"other"}}}}""")!;
        await plane.User.PatchAsync<VirtualMachine>(new(room.Space, "web"), Patch.Merge(edit), Ct);
        await plane.UntilAsync<VirtualMachine>(
            "web",
            room.Space,
            vm => Conditions.IsTrue(vm.Status?.Conditions, RestartRequired.Type)
        );
        room.Moves.Holds.Clear();

        await room.UntilAsync(name, Phase.Succeeded);
        await room.UntilOnAsync("web", "b");
        var machine = plane.Find<VirtualMachine>("web", room.Space)!;
        Conditions.IsTrue(machine.Status!.Conditions, RestartRequired.Type).ShouldBeTrue();
    }

    /// <summary>What is edited, why it waits, and whether the guest moves in the end.</summary>
    public static TheoryData<string, string, bool> Edits =>
        new()
        {
            { """{"domain":{"cpu":{"sockets":2} } }""", "HotPlugCPUError", true },
            { """{"domain":{"cpu":{"sockets":2} } }""", "HotPlugCPUError", false },
            { """{"domain":{"memory":{"guest":"256Mi"} } }""", "HotPlugMemoryError", true },
            { """{"domain":{"memory":{"guest":"256Mi"} } }""", "HotPlugMemoryError", false },
            { """{"nodeSelector":{"kubernetes.io/os":"linux"} }""", "AffinityChangeError", true },
            { """{"nodeSelector":{"kubernetes.io/os":"linux"} }""", "AffinityChangeError", false },
        };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task What_cannot_change_while_the_guest_moves_waits_for_the_end_and_changes_then(
        string edit,
        string reason,
        bool moves
    )
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        var before = (
            await room.StartAsync("web", change: spec => spec with { Domain = Objects.InstanceSpec("128Mi").Domain })
        ).Spec;
        room.Moves.Holds["web"] = HoldAt.Arrive;
        var name = await room.MigrateAsync("web");
        await room.UntilAsync(name, Phase.Running);

        var patch = JsonNode.Parse($$"""{"spec":{"template":{"spec":{{edit}} } } }""")!;
        await plane.User.PatchAsync<VirtualMachine>(new(room.Space, "web"), Patch.Merge(patch), Ct);

        await plane.UntilAsync<VirtualMachine>(
            "web",
            room.Space,
            vm => Conditions.Find(vm.Status?.Conditions, "Failure")?.Reason == reason
        );
        Changeable((await room.UntilAsync("web", _ => true)).Spec).ShouldBe(Changeable(before));
        if (moves)
        {
            room.Moves.Holds.Clear();
            await room.UntilAsync(name, Phase.Succeeded);
        }
        else
        {
            await room.CancelAsync(name);
        }

        await room.UntilOnAsync("web", moves ? "b" : "a");
        var wanted = plane.Find<VirtualMachine>("web", room.Space)!.Spec.Template.Spec;
        await room.UntilAsync("web", found => Changeable(found.Spec) == Changeable(wanted));
        var machine = await plane.UntilAsync<VirtualMachine>(
            "web",
            room.Space,
            vm => Conditions.Find(vm.Status?.Conditions, "Failure") is null
        );
        Conditions.Find(machine.Status!.Conditions, RestartRequired.Type).ShouldBeNull();
    }

    /// <summary>What of a spec reaches a guest that runs.</summary>
    private static (long?, Quantity?, string) Changeable(VirtualMachineInstanceSpec spec) =>
        (
            CpuTopologies.Of(spec.Domain.Cpu).Sockets,
            spec.Domain.Memory?.Guest,
            string.Join(',', (spec.NodeSelector ?? new Dictionary<string, string>()).OrderBy(label => label.Key))
        );

    [Fact]
    public async Task Stopping_a_machine_ends_its_move()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        room.Moves.Holds["web"] = HoldAt.Arrive;
        var name = await room.MigrateAsync("web");
        await room.UntilAsync(name, Phase.Running);

        ((int)await room.ActAsync("web", "stop")).ShouldBe(202);

        await plane.UntilGoneAsync<VirtualMachineInstance>("web", room.Space);
        await plane.UntilGoneAsync<VirtualMachineInstanceMigration>(name, room.Space);
        await plane.UntilAsync<VirtualMachine>("web", room.Space, vm => vm.Status?.PrintableStatus == "Stopped");
    }

    [Fact]
    public async Task The_newest_five_are_kept()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("web");
        var names = new List<string>();
        for (var index = 0; index < 7; index++)
        {
            names.Add(await room.MigrateAsync("web"));
            await room.UntilMigrationAsync(names[^1], found => found.Status?.Phase is Phase.Succeeded);
        }

        await Eventually.HoldsAsync(() => room.Migrations("web").Count == 5);
        room.Migrations("web").Select(one => one.Metadata.Name).ShouldContain(names[^1]);
    }

    [Fact]
    public async Task A_guest_that_cannot_move_is_refused_with_the_reason()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync(
            "web",
            change: spec =>
                spec with
                {
                    Domain = spec.Domain with
                    {
                        Cpu = new() { Features = [new() { Name = "invtsc", Policy = "require" }] },
                    },
                }
        );

        var refusal = await Should.ThrowAsync<ApiException>(() => room.MigrateAsync("web"));
        refusal.Reason.ShouldBe(Reason.BadRequest);
        refusal.Message.ShouldStartWith("Cannot migrate VMI, Reason: NoTSCFrequencyNotLiveMigratable, Message: ");
        var missing = await Should.ThrowAsync<ApiException>(() => room.MigrateAsync("nobody"));
        missing.Message.ShouldBe($"the VMI \"{room.Space}/nobody\" does not exist");
    }
}
