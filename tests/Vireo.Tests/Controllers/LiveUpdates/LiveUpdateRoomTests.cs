using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.LiveUpdates;

/// <summary>A change of a machine on its way to a guest that runs: server and controllers, the agent by hand.</summary>
public sealed class LiveUpdateRoomTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private static readonly ResourceKey Installation = new("kubevirt", "kubevirt");

    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _space = await plane.MakeNamespaceAsync();

    public async ValueTask DisposeAsync() =>
        await ConfigureAsync("""{"configuration":null,"workloadUpdateStrategy":null}""");

    [Fact]
    public async Task Sockets_and_memory_reach_the_instance_which_tells_until_its_guest_has_them()
    {
        await RunningAsync();

        await PatchDomainAsync("""{"cpu":{"sockets":2},"memory":{"guest":"128Mi"}}""");

        var told = await UntilInstanceAsync(one => Tells(one, Hotplug.VcpuChange) && Tells(one, Hotplug.MemoryChange));
        (told.Spec.Domain.Cpu!.Sockets, told.Spec.Domain.Memory!.Guest).ShouldBe((2, Quantity.Parse("128Mi")));
        Conditions.Find(told.Status!.Conditions, Hotplug.MemoryChange)!.Reason.ShouldBe(Hotplug.InPlace);
        Hotplug.MayApply(told, Hotplug.VcpuChange).ShouldBeTrue();
        await UntilAsync(one =>
            Conditions.IsTrue(one.Status?.Conditions, Hotplug.VcpuChange)
            && Conditions.IsTrue(one.Status?.Conditions, Hotplug.MemoryChange)
            && one.Status?.ObservedGeneration == 2
        );

        await AgentAsync(sockets: 2, memory: "128Mi");

        await UntilInstanceAsync(one => !Tells(one, Hotplug.VcpuChange) && !Tells(one, Hotplug.MemoryChange));
        var done = await UntilAsync(one => Conditions.Find(one.Status?.Conditions, Hotplug.MemoryChange) is null);
        IsDue(done).ShouldBeFalse();
        done.Status!.Conditions!.ShouldNotContain(condition => condition.Type == "Failure");
    }

    [Fact]
    public async Task A_second_change_waits_for_the_first_and_says_so()
    {
        await RunningAsync();
        await PatchDomainAsync("""{"memory":{"guest":"128Mi"}}""");
        await UntilInstanceAsync(one => Tells(one, Hotplug.MemoryChange));

        await PatchDomainAsync("""{"memory":{"guest":"192Mi"}}""");
        var held = await UntilAsync(one => Conditions.IsTrue(one.Status?.Conditions, "Failure"));
        var failure = Conditions.Find(held.Status!.Conditions, "Failure")!;
        (failure.Reason, failure.Message).ShouldBe(
            (
                "HotPlugMemoryError",
                "Error encountered while handling memory change request: another memory hotplug is in progress"
            )
        );

        await AgentAsync(memory: "128Mi");

        await UntilInstanceAsync(one =>
            Tells(one, Hotplug.MemoryChange) && one.Spec.Domain.Memory!.Guest == Quantity.Parse("192Mi")
        );
        await UntilAsync(one => Conditions.Find(one.Status?.Conditions, "Failure") is null);
        await AgentAsync(memory: "192Mi");
        await UntilInstanceAsync(one => !Tells(one, Hotplug.MemoryChange));
    }

    [Fact]
    public async Task What_needs_a_restart_is_named_and_the_rest_changes_all_the_same()
    {
        await RunningAsync();

        await PatchDomainAsync("""{"cpu":{"sockets":2,"model":"Haswell"},"memory":{"guest":"32Mi"}}""");

        await UntilInstanceAsync(one => Tells(one, Hotplug.VcpuChange));
        var told = await UntilAsync(IsDue);
        Conditions
            .Find(told.Status!.Conditions, "RestartRequired")!
            .Message.ShouldBe(
                "a non-live-updatable field was changed in the template spec: domain.cpu.model; "
                    + "memory updated in template spec to a value lower than what the VM started with"
            );
        plane.Find<VirtualMachineInstance>("vm", _space)!.Spec.Domain.Memory!.Guest.ShouldBe(Quantity.Parse("64Mi"));
    }

    [Fact]
    public async Task A_change_that_failed_needs_a_restart_until_it_is_taken_back()
    {
        await RunningAsync();
        await PatchDomainAsync("""{"memory":{"guest":"128Mi"}}""");
        await UntilInstanceAsync(one => Tells(one, Hotplug.MemoryChange));

        await ChangeAsync(status =>
            status with
            {
                Conditions =
                [
                    new()
                    {
                        Type = Hotplug.MemoryChange,
                        Status = "False",
                        Reason = Hotplug.MemoryFailed,
                    },
                ],
            }
        );

        var due = await UntilAsync(IsDue);
        RestartRequired
            .FieldsIn(Conditions.Find(due.Status!.Conditions, RestartRequired.Type))
            .ShouldBe(["domain.memory.guest"]);
        await PatchDomainAsync("""{"memory":{"guest":"64Mi"}}""");
        await UntilAsync(one => !IsDue(one) && one.Status?.ObservedGeneration == 3);
        await UntilInstanceAsync(one =>
            Conditions.Find(one.Status?.Conditions, Hotplug.MemoryChange) is null
            && one.Spec.Domain.Memory!.Guest == Quantity.Parse("64Mi")
        );
    }

    [Fact]
    public async Task Where_changes_are_staged_they_wait_and_go_live_when_that_ends()
    {
        await RunningAsync();
        await ConfigureAsync("""{"configuration":{"vmRolloutStrategy":"Stage"}}""");
        await PatchDomainAsync("""{"cpu":{"sockets":2}}""");
        var told = await UntilAsync(IsDue);
        Conditions
            .Find(told.Status!.Conditions, "RestartRequired")!
            .Message.ShouldBe("a non-live-updatable field was changed in the template spec: domain.cpu.sockets");
        plane.Find<VirtualMachineInstance>("vm", _space)!.Spec.Domain.Cpu!.Sockets.ShouldBe(1);

        await ConfigureAsync("""{"configuration":{"vmRolloutStrategy":"LiveUpdate"}}""");

        await UntilInstanceAsync(one => Tells(one, Hotplug.VcpuChange));
        await UntilAsync(one => !IsDue(one));
    }

    [Fact]
    public async Task Another_configuration_of_the_cluster_flags_changes_and_writes_nothing()
    {
        await RunningAsync();
        var before = plane.Find<VirtualMachineInstance>("vm", _space)!;
        var writes = Written();

        await ConfigureAsync(
            """
            {"configuration":{"machineType":"pc-q35-7.2","cpuModel":"Haswell","evictionStrategy":"LiveMigrate",
              "liveUpdateConfiguration":{"maxHotplugRatio":2,"maxCpuSockets":3,"maxGuest":"96Mi"},
              "developerConfiguration":{"cpuAllocationRatio":3,"memoryOvercommit":150}},
             "workloadUpdateStrategy":{"workloadUpdateMethods":["LiveMigrate"]}}
            """
        );
        // One whose machine is looked at after that.
        await PatchAsync("""{"spec":{"runStrategy":"RerunOnFailure"}}""");
        var looked = await UntilAsync(one => one.Status?.RunStrategy is RunStrategy.RerunOnFailure);

        IsDue(looked).ShouldBeFalse();
        looked.Status!.Conditions!.ShouldNotContain(condition => condition.Type.StartsWith("Hot"));
        var after = plane.Find<VirtualMachineInstance>("vm", _space)!;
        SameJson.Are(before.Spec, after.Spec, ApiJson.Default.VirtualMachineInstanceSpec).ShouldBeTrue();
        // The new strategy, its status, and the generation on the instance.
        (Written() - writes).ShouldBeLessThanOrEqualTo(4);
        plane.All<Event>(_space).ShouldNotContain(told => told.Reason == "RestartRequired");
    }

    private int Written() =>
        plane.Writes.Count(one => one.Metadata.Namespace == _space && one is VirtualMachine or VirtualMachineInstance);

    private static bool Tells(VirtualMachineInstance instance, string change) =>
        Conditions.IsTrue(instance.Status?.Conditions, change);

    private static bool IsDue(VirtualMachine machine) =>
        Conditions.IsTrue(machine.Status?.Conditions, "RestartRequired");

    private async Task RunningAsync()
    {
        var machine = VirtualMachines.MachineTypeRoom.WithDomain(
            Objects.Machine("vm", _space),
            domain => domain with { Memory = domain.Memory! with { MaxGuest = Quantity.Parse("256Mi") } }
        );
        await plane.User.CreateAsync(machine, Ct);
        await UntilInstanceAsync(_ => true);
        await ChangeAsync(status =>
            status with
            {
                Phase = VirtualMachineInstancePhase.Running,
                NodeName = "by-hand",
                Conditions = null,
            }
        );
        await UntilAsync(one => one.Status?.PrintableStatus == "Running");
    }

    /// <summary>What the agent tells once the guest has it.</summary>
    private Task AgentAsync(long sockets = 1, string memory = "64Mi") =>
        ChangeAsync(status =>
            status with
            {
                CurrentCPUTopology = status.CurrentCPUTopology! with { Sockets = sockets },
                Memory = status.Memory! with
                {
                    GuestRequested = Quantity.Parse(memory),
                    GuestCurrent = Quantity.Parse(memory),
                },
            }
        );

    private Task ChangeAsync(Func<VirtualMachineInstanceStatus, VirtualMachineInstanceStatus> change) =>
        plane.Client.ChangeAsync<VirtualMachineInstance>(
            new(_space, "vm"),
            seen => seen with { Status = change(seen.Status!) },
            Ct
        );

    private Task<VirtualMachine> UntilAsync(Func<VirtualMachine, bool> isSo) => plane.UntilAsync("vm", _space, isSo);

    private Task<VirtualMachineInstance> UntilInstanceAsync(Func<VirtualMachineInstance, bool> isSo) =>
        plane.UntilAsync("vm", _space, isSo);

    private async Task ConfigureAsync(string change) =>
        await plane.SeenAsync(
            await plane.User.PatchAsync<KubeVirt>(
                Installation,
                Patch.Merge(JsonNode.Parse($$"""{"spec":{{change}} }""")!),
                CancellationToken.None
            )
        );

    private Task PatchDomainAsync(string change) =>
        PatchAsync($$"""{"spec":{"template":{"spec":{"domain":{{change}} } } } }""");

    private Task PatchAsync(string change) =>
        plane.User.PatchAsync<VirtualMachine>(new(_space, "vm"), Patch.Merge(JsonNode.Parse(change)!), Ct);
}
