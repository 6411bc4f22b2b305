using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.InstanceTypes;

/// <summary>Another type for a guest that runs, on a simulated host.</summary>
public sealed class RunningGuestTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private TypedRoom _room = null!;
    private RunningPart _agent = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await TypedRoom.MakeAsync(plane);
        _agent = plane.RunAgent("simulated", new SimulatedHypervisor(SimulatedHost.Facts, TimeProvider.System));
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task A_guest_can_grow_as_far_as_its_type_says()
    {
        var size = TypedRoom.Size(cpus: 2, "256Mi");
        await plane.User.CreateAsync(
            new VirtualMachineInstancetype
            {
                Metadata = new() { Name = "roomy", Namespace = _room.Space },
                Spec = size with
                {
                    Cpu = size.Cpu with { MaxSockets = 6 },
                    Memory = size.Memory with { MaxGuest = Quantity.Parse("640Mi") },
                },
            },
            Ct
        );
        await _room.CreateAsync(TypedRoom.Named("roomy"));

        var domain = (await HasAsync("256Mi")).Spec.Domain;

        (domain.Cpu!.Sockets, domain.Cpu.MaxSockets).ShouldBe((2, 6));
        domain.Memory!.MaxGuest.ShouldBe(Quantity.Parse("640Mi"));
    }

    [Fact]
    public async Task Of_a_type_that_changes_cores_and_memory_the_memory_comes_and_the_cores_are_named()
    {
        await _room.TypeAsync("two", cpus: 2, "256Mi");
        await _room.TypeAsync("four", cpus: 4, "512Mi");
        await _room.PreferenceAsync("cores", new() { Cpu = new() { PreferredCPUTopology = "cores" } });
        await _room.CreateAsync(TypedRoom.Named("two"), new() { Name = "cores", Kind = "VirtualMachinePreference" });
        var before = await HasAsync("256Mi");
        await _room.UsesAsync("two");

        var update = await plane.RunAsync(
            $"vm update-instance-type vm virtualmachineinstancetype/four -n {_room.Space} --wait"
        );

        update.ExitCode.ShouldBe(8, update.Output + update.Error);
        update.Output.ShouldContain("in the template spec: domain.cpu.cores at ");
        update.Error.ShouldContain("'vireo restart vm' brings it to the guest.");
        var after = await HasAsync("512Mi");
        (after.Metadata.Uid, after.Spec.Domain.Cpu!.Cores).ShouldBe((before.Metadata.Uid, 2));
        var due = Conditions.Find((await _room.UsesAsync("four")).Status!.Conditions, RestartRequired.Type);
        RestartRequired.FieldsIn(due).ShouldBe(["domain.cpu.cores"]);
    }

    [Fact]
    public async Task A_pinned_copy_gives_a_guest_that_runs_back_what_the_type_was_when_it_had_it()
    {
        await _room.TypeAsync("small", memory: "256Mi");
        await _room.TypeAsync("large", memory: "512Mi");
        await _room.CreateAsync(TypedRoom.Named("small"));
        var before = await HasAsync("256Mi");
        var first = (await _room.UsesAsync("small")).Status!.InstancetypeRef!.ControllerRevisionRef!.Name!;
        await _room.SwitchAsync("large");
        await HasAsync("512Mi");
        await _room.ResizeAsync("small", "384Mi");

        await _room.PatchAsync($$"""{"spec":{"instancetype":{"name":"small","revisionName":"{{first}}"} } }""");

        var back = await HasAsync("256Mi");
        back.Metadata.Uid.ShouldBe(before.Metadata.Uid);
        var used = await _room.UsesAsync("small");
        used.Status!.InstancetypeRef!.ControllerRevisionRef!.Name.ShouldBe(first);
        Conditions.Find(used.Status.Conditions, RestartRequired.Type).ShouldBeNull();
    }

    /// <summary>The instance once its guest runs and has so much memory.</summary>
    private Task<VirtualMachineInstance> HasAsync(string memory) =>
        plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _room.Space,
            found =>
                found.Status?.Phase is VirtualMachineInstancePhase.Running
                && found.Status.Memory?.GuestCurrent == Quantity.Parse(memory)
        );
}
