using Vireo.Api;
using Vireo.Controllers.LiveUpdates;
using Vireo.Rules;
using Vireo.Tests.Rules;
using Made = Vireo.Tests.Rules.LiveUpdates;

namespace Vireo.Tests.Controllers.LiveUpdates;

/// <summary>What an instance tells of a change of processors and memory.</summary>
public sealed class HotplugPlanTests
{
    private static readonly DateTimeOffset Later = Samples.Now.AddMinutes(5);
    private static readonly HotplugWay InPlace = new(Hotplug.InPlace, "here");
    private static readonly HotplugWay ByMove = new(Hotplug.LiveMigrate, "there");
    private static readonly HotplugWay NoRoom = new(Hotplug.NoRoom, "nowhere");

    private static readonly VirtualMachineInstance Guest = Made.Running(
        Samples.InstanceSpec(("domain.memory.guest", "\"512Mi\""))
    );

    private static readonly VirtualMachineInstance Larger = Guest.Told(memory: "1Gi");

    /// <summary>The instance; how changes come to it; the reason of the condition then, null where nothing changes.
    /// </summary>
    public static TheoryData<string, string, string?, bool> Rows =>
        new()
        {
            { "was told", Hotplug.InPlace, Hotplug.InPlace, true },
            { "was told", Hotplug.LiveMigrate, Hotplug.LiveMigrate, true },
            { "was told", Hotplug.NoRoom, Hotplug.NoRoom, true },
            { "is being given it", Hotplug.LiveMigrate, null, false },
            { "waits to move", Hotplug.LiveMigrate, null, false },
            { "waits to move", Hotplug.InPlace, Hotplug.InPlace, true },
            { "waits to move", Hotplug.NoRoom, Hotplug.NoRoom, true },
            { "moves", Hotplug.InPlace, null, false },
            { "has moved", Hotplug.InPlace, null, false },
            { "failed to move", Hotplug.LiveMigrate, null, false },
            { "waits for room", Hotplug.NoRoom, null, false },
            { "waits for room", Hotplug.InPlace, Hotplug.InPlace, true },
            { "does not take it", Hotplug.InPlace, null, false },
            { "does not take it and was told another", Hotplug.InPlace, Hotplug.InPlace, true },
            { "could not be given it", Hotplug.InPlace, null, false },
            { "has it", Hotplug.InPlace, "gone", false },
            { "was told to stay as it is", Hotplug.InPlace, "gone", false },
            { "could not and was told to stay as it is", Hotplug.InPlace, "gone", false },
            { "has it and tells of nothing", Hotplug.InPlace, null, false },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_condition_says_what_a_change_waits_for(string state, string way, string? reason, bool isNew)
    {
        var next = HotplugPlan.Next(State(state), Way(way), Later);

        if (reason is null)
        {
            next.ShouldBeNull();
            return;
        }

        var told = Conditions.Find(next.ShouldNotBeNull(), Hotplug.MemoryChange);
        if (reason == "gone")
        {
            told.ShouldBeNull();
            return;
        }

        (told!.Status, told.Reason).ShouldBe(("True", reason));
        (told.LastTransitionTime == Later).ShouldBe(isNew);
    }

    [Fact]
    public void Processors_and_memory_are_told_of_together()
    {
        var next = HotplugPlan.Next(Larger.Told(sockets: 2), InPlace, Later);

        next!.Select(condition => condition.Type).ShouldBe([Hotplug.VcpuChange, Hotplug.MemoryChange]);
    }

    [Fact]
    public void A_guest_that_has_what_it_is_to_have_concerns_nobody()
    {
        HotplugPlan.IsConcerned(Guest).ShouldBeFalse();
        HotplugPlan.IsConcerned(Larger).ShouldBeTrue();
        HotplugPlan
            .IsConcerned(Larger with { Status = Larger.Status! with { Phase = VirtualMachineInstancePhase.Scheduled } })
            .ShouldBeFalse();
        HotplugPlan.AwaitsHosts(State("waits for room")).ShouldBeTrue();
        HotplugPlan.AwaitsHosts(State("is being given it")).ShouldBeFalse();
    }

    private static HotplugWay Way(string reason) =>
        new[] { InPlace, ByMove, NoRoom }.Single(way => way.Reason == reason);

    private static VirtualMachineInstance State(string name) =>
        name switch
        {
            "was told" => Larger,
            "is being given it" => Told(Hotplug.InPlace),
            "waits to move" => Told(Hotplug.LiveMigrate),
            "moves" => Told(Hotplug.LiveMigrate).Moving(),
            "has moved" => Told(Hotplug.LiveMigrate).Moved(Later),
            "failed to move" => Told(Hotplug.LiveMigrate).Moved(Later, failed: true),
            "waits for room" => Told(Hotplug.NoRoom),
            "does not take it" => Told(Hotplug.GuestDoesNotTake).Has(requested: "1Gi", current: "600Mi"),
            "does not take it and was told another" => Told(Hotplug.GuestDoesNotTake)
                .Has(requested: "1Gi", current: "600Mi")
                .Told(memory: "768Mi"),
            "could not be given it" => Larger.With(Hotplug.MemoryChange, "False", Hotplug.MemoryFailed),
            "has it" => Told(Hotplug.InPlace).Has(requested: "1Gi", current: "1Gi"),
            "was told to stay as it is" => Guest.With(Hotplug.MemoryChange, "True", Hotplug.LiveMigrate),
            "could not and was told to stay as it is" => Guest.With(
                Hotplug.MemoryChange,
                "False",
                Hotplug.MemoryFailed
            ),
            "has it and tells of nothing" => Larger.Has(requested: "1Gi", current: "1Gi"),
            _ => throw new ArgumentException(name, nameof(name)),
        };

    private static VirtualMachineInstance Told(string reason) => Larger.With(Hotplug.MemoryChange, "True", reason);
}
