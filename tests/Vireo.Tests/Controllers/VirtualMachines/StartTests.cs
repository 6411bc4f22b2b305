using System.Text.Json;
using System.Text.Json.Nodes;
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
    public async Task A_start_makes_seven_writes_of_which_one_is_the_record_of_what_was_started()
    {
        await RunAsync("first", _space);

        await RunAsync("vm", _space);
        await RunAsync("after", _space);
        WritesAbout("vm")
            .ShouldBe([
                "ControllerRevision",
                "Event Started",
                "Event SuccessfulCreate",
                "VirtualMachine Running",
                "VirtualMachineInstance Pending",
                "VirtualMachineInstance Running",
                "VirtualMachineInstance Scheduled",
            ]);
    }

    [Fact]
    public async Task A_second_start_of_the_same_machine_keeps_the_record_of_the_first()
    {
        await RunAsync("vm", _space);
        var first = plane.Find<VirtualMachineInstance>("vm", _space)!;

        await plane.User.DeleteAsync<VirtualMachineInstance>(new(_space, "vm"), null, Ct);
        var second = await plane.UntilAsync<VirtualMachineInstance>(
            "vm",
            _space,
            found => found.Metadata.Uid != first.Metadata.Uid && IsRunningInstance(found)
        );

        second.Status!.VirtualMachineRevisionName.ShouldBe(first.Status!.VirtualMachineRevisionName);
        plane.Writes.OfType<ControllerRevision>().Count(one => one.Metadata.Namespace == _space).ShouldBe(1);
    }

    private async Task RunAsync(string name, string space)
    {
        await plane.User.CreateAsync(Objects.Machine(name, space), Ct);
        await plane.UntilAsync<VirtualMachine>(name, space, IsRunning);
        await Eventually.HoldsAsync(() => plane.All<Event>(space).Count(told => told.InvolvedObject.Name == name) >= 2);
        await plane.CatchUpAsync<ControllerRevision>();
        await plane.CatchUpAsync<VirtualMachineInstance>();
    }

    /// <summary>All that was written of a machine but by its user, and but what its guest tells once it runs.</summary>
    private string[] WritesAbout(string name)
    {
        var writes = plane.Writes.Where(one => one.Metadata.Namespace == _space && IsAbout(one, name)).ToList();
        var running = writes.OfType<VirtualMachineInstance>().Where(IsRunningInstance).ToList();
        var byGuest = running.Zip(running.Skip(1)).Where(pair => TellsOfGuestOnly(pair.First, pair.Second));
        return
        [
            .. writes
                .Except(byGuest.Select(pair => pair.Second), ReferenceEqualityComparer.Instance)
                .Cast<IResource>()
                .Select(Describe)
                .Skip(1)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool TellsOfGuestOnly(VirtualMachineInstance before, VirtualMachineInstance after) =>
        JsonNode.DeepEquals(WithoutGuest(before), WithoutGuest(after));

    private static JsonNode WithoutGuest(VirtualMachineInstance instance)
    {
        var silent = instance with
        {
            Metadata = new(),
            Status = instance.Status! with { Interfaces = null, GuestOSInfo = null },
        };
        return JsonSerializer.SerializeToNode(silent, ApiJson.Default.VirtualMachineInstance)!;
    }

    private static bool IsRunningInstance(VirtualMachineInstance instance) =>
        instance.Status?.Phase is VirtualMachineInstancePhase.Running;

    private static bool IsAbout(IResource written, string name) =>
        written switch
        {
            Event told => told.InvolvedObject.Name == name,
            ControllerRevision revision => revision.Metadata.OwnerReferences?.Any(owner => owner.Name == name) == true,
            _ => written.Metadata.Name == name,
        };

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
