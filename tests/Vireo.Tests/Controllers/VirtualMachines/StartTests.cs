using Vireo.Api;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>Starts from end to end, with an agent whose guests are simulated.</summary>
public sealed class StartTests(ControlPlane plane) : IClassFixture<ControlPlane>, IAsyncLifetime
{
    private RunningPart _agent = null!;
    private string _space = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _space = await plane.MakeNamespaceAsync();
        _agent = plane.RunAgent("simulated");
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task A_start_writes_the_machine_s_status_at_most_twice_and_six_times_in_all()
    {
        // Once one runs, the scheduler knows the host: before, waiting for it would be told as well.
        var before = await plane.MakeNamespaceAsync();
        await plane.User.CreateAsync(Objects.Machine("vm", before), Ct);
        await plane.UntilAsync<VirtualMachine>("vm", before, IsRunning);

        await plane.User.CreateAsync(Objects.Machine("vm", _space), Ct);
        await plane.UntilAsync<VirtualMachine>("vm", _space, IsRunning);
        await Eventually.HoldsAsync(() => plane.All<Event>(_space).Count >= 2);

        // The first is the user's own.
        var writes = plane.Writes.Where(written => written.Metadata.Namespace == _space).Skip(1).ToList();
        var told = string.Join('\n', writes.Select(Describe));
        writes.OfType<VirtualMachine>().Count().ShouldBeInRange(1, 2, told);
        // What the guest tells of itself once it runs is no part of the start.
        var toldByGuest =
            writes.OfType<VirtualMachineInstance>().Count(IsRunningInstance)
            + writes.OfType<VirtualMachine>().Count(IsRunning)
            - 2;
        var states = writes.Count(written => written is not Event) - toldByGuest;
        (states + writes.OfType<Event>().Count()).ShouldBeInRange(1, 6, told);
    }

    [Fact]
    public async Task A_guest_whose_machine_is_deleted_alone_runs_on()
    {
        await plane.User.CreateAsync(Objects.Machine("vm", _space), Ct);
        await plane.UntilAsync<VirtualMachine>("vm", _space, IsRunning);

        await plane.User.DeleteAsync<VirtualMachine>(new(_space, "vm"), Objects.Delete("Orphan"), Ct);

        await plane.UntilGoneAsync<VirtualMachine>("vm", _space);
        var left = await plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            found => found.Metadata.OwnerReferences is null or []
        );
        left.Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Running);
        left.Metadata.DeletionTimestamp.ShouldBeNull();
        await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "vm"), null, Ct);
        await plane.UntilGoneAsync<VirtualMachineInstance>("vm", _space);
    }

    [Fact]
    public async Task Controllers_that_are_killed_again_and_again_in_the_middle_of_starts_double_and_lose_nothing()
    {
        const int count = 20;
        for (var index = 0; index < count; index++)
        {
            await plane.User.CreateAsync(Objects.Machine($"vm-{index}", _space), Ct);
            if (index % 5 == 4)
            {
                await plane.RestartControllersAsync();
            }
        }

        await Eventually.HoldsAsync(() => plane.All<VirtualMachine>(_space).Count(IsRunning) == count);

        var machines = plane.All<VirtualMachine>(_space).ToDictionary(machine => machine.Metadata.Name!);
        var everMade = plane
            .Writes.OfType<VirtualMachineInstance>()
            .Where(instance => instance.Metadata.Namespace == _space)
            .DistinctBy(instance => instance.Metadata.Uid)
            .ToList();
        everMade.Count.ShouldBe(count);
        everMade.ShouldAllBe(instance =>
            instance.Metadata.OwnerReferences![0].Uid == machines[instance.Metadata.Name!].Metadata.Uid
        );
    }

    private static bool IsRunningInstance(VirtualMachineInstance instance) =>
        instance.Status?.Phase is VirtualMachineInstancePhase.Running;

    private static bool IsRunning(VirtualMachine machine) => machine.Status?.PrintableStatus == "Running";

    private static string Describe(IResource written) =>
        written switch
        {
            VirtualMachine machine => $"VirtualMachine {machine.Status?.PrintableStatus}",
            VirtualMachineInstance instance => $"VirtualMachineInstance {instance.Status?.Phase}",
            Event told => $"Event {told.Reason}",
            _ => written.Kind!,
        };
}
