using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Agent.Growing;

namespace Vireo.Tests.Agent;

public sealed class HotplugPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static ObservedDomain Seen { get; } =
        new()
        {
            Key = AgentRoom.Key,
            Uid = Samples.Instance.Metadata.Uid,
            MachineType = "pc-q35-7.2",
            Vcpus = new(1, 4, 1, 1),
            Memory = new(128 * MiB, new(384 * MiB, 2 * MiB, 0, 0)),
        };

    [Theory]
    [InlineData(1, 1, nameof(HotplugStep.Done))]
    [InlineData(1, 3, nameof(HotplugStep.Plug))]
    [InlineData(2, 1, nameof(HotplugStep.Fail))]
    [InlineData(1, 5, nameof(HotplugStep.Fail))]
    public void Vcpus_are_plugged_up_to_what_the_guest_was_started_with_and_never_taken(
        int has,
        int wanted,
        string next
    )
    {
        var step = HotplugPlan.Vcpus(Cpus(wanted) with { Seen = Seen with { Vcpus = new(has, 4, 1, 1) } });
        step.GetType().Name.ShouldBe(next);
    }

    [Theory]
    [InlineData(0, 0, "128Mi", nameof(HotplugStep.Done))]
    [InlineData(0, 0, "256Mi", nameof(HotplugStep.Plug))]
    [InlineData(128, 0, "256Mi", nameof(HotplugStep.Wait))]
    [InlineData(128, 64, "256Mi", nameof(HotplugStep.Wait))]
    [InlineData(128, 128, "256Mi", nameof(HotplugStep.Done))]
    [InlineData(128, 128, "128Mi", nameof(HotplugStep.Plug))]
    [InlineData(0, 128, "128Mi", nameof(HotplugStep.Wait))]
    [InlineData(0, 0, "64Mi", nameof(HotplugStep.Fail))]
    [InlineData(0, 0, "514Mi", nameof(HotplugStep.Fail))]
    [InlineData(0, 0, "129Mi", nameof(HotplugStep.Fail))]
    public void Memory_is_asked_for_between_what_the_guest_booted_with_and_the_most(
        int requested,
        int current,
        string wanted,
        string next
    ) => HotplugPlan.Memory(Memory(wanted, requested, current)).GetType().Name.ShouldBe(next);

    [Fact]
    public void What_is_plugged_is_the_difference_to_the_boot()
    {
        HotplugPlan.Memory(Memory("256Mi", 0, 0)).ShouldBe(new HotplugStep.Plug(128 * MiB));
        HotplugPlan.Vcpus(Cpus(3)).ShouldBe(new HotplugStep.Plug(3));
    }

    [Fact]
    public void A_guest_without_a_memory_device_says_so_unless_it_has_what_is_wanted()
    {
        var fixedSize = Seen with { Memory = new(128 * MiB, null) };
        HotplugPlan.Memory(Memory("256Mi", 0, 0) with { Seen = fixedSize }).ShouldBeOfType<HotplugStep.Fail>();
        HotplugPlan.Memory(Memory("128Mi", 0, 0) with { Seen = fixedSize }).ShouldBeOfType<HotplugStep.Done>();
    }

    [Fact]
    public void Without_a_condition_nothing_is_done_however_large_the_difference()
    {
        var view = new HotplugView(Instance.ToSockets(3).ToMemory("256Mi"), Seen, Now);
        HotplugPlan.Vcpus(view).ShouldBeOfType<HotplugStep.None>();
        HotplugPlan.Memory(view).ShouldBeOfType<HotplugStep.None>();
    }

    [Theory]
    [InlineData(Hotplug.LiveMigrate, "True")]
    [InlineData(Hotplug.NoRoom, "True")]
    [InlineData(Hotplug.MemoryFailed, "False")]
    public void What_waits_for_something_else_is_left_alone(string reason, string status)
    {
        var view = Memory("256Mi", 0, 0);
        view = view with { Instance = view.Instance.Waiting(Hotplug.MemoryChange, reason, status) };
        HotplugPlan.Memory(view).ShouldBeOfType<HotplugStep.None>();
    }

    [Theory]
    [InlineData(Hotplug.LiveMigrate, "True")]
    [InlineData(Hotplug.MemoryFailed, "False")]
    public void What_the_guest_has_is_waited_for_no_more_whatever_was_said(string reason, string status)
    {
        var view = Memory("256Mi", 128, 128);
        view = view with { Instance = view.Instance.Waiting(Hotplug.MemoryChange, reason, status) };
        HotplugPlan.Memory(view).ShouldBeOfType<HotplugStep.Done>();
    }

    [Fact]
    public void A_change_is_shown_for_a_while_even_if_the_guest_has_it_at_once()
    {
        var view = Memory("256Mi", 128, 128);
        var condition = view.Instance.Status!.Conditions!.Single() with { LastTransitionTime = Now.AddSeconds(-1) };
        view = view with
        {
            Instance = view.Instance with { Status = view.Instance.Status with { Conditions = [condition] } },
        };
        HotplugPlan.Memory(view).ShouldBe(new HotplugStep.Wait(128 * MiB, TimeSpan.FromSeconds(2)));
        HotplugPlan.Memory(view with { Now = Now.AddSeconds(2) }).ShouldBeOfType<HotplugStep.Done>();
        HotplugPlan.Memory(view with { Now = Now.AddDays(-1) }).ShouldBeOfType<HotplugStep.Done>("another clock");
    }

    [Fact]
    public void A_guest_that_moves_is_left_alone()
    {
        var view = Memory("256Mi", 0, 0);
        var moving = view.Instance.Status! with { MigrationState = new() { StartTimestamp = Now } };
        HotplugPlan
            .Memory(view with { Instance = view.Instance with { Status = moving } })
            .ShouldBeOfType<HotplugStep.None>();
    }

    [Fact]
    public void A_guest_has_a_minute_to_take_memory_and_is_told_of_after_it()
    {
        var view = Memory("256Mi", 128, 64) with { Memory = new(128 * MiB, Now.AddSeconds(-59)) };
        HotplugPlan.Memory(view).ShouldBeOfType<HotplugStep.Wait>();
        view = view with { Now = Now.AddSeconds(1) };
        var taken = HotplugPlan.Memory(view).ShouldBeOfType<HotplugStep.NotTaken>();
        taken.Message.ShouldContain("has 192Mi");
        taken.Message.ShouldContain("asked to have 256Mi");
        taken.Message.ShouldContain("memory.guest back to 192Mi");
    }

    [Fact]
    public void A_paused_guest_is_waited_for()
    {
        var view = Memory("256Mi", 128, 64) with { Memory = new(128 * MiB, Now.AddHours(-1)) };
        view = view with { Seen = view.Seen with { PausedReason = "PausedByUser" } };
        HotplugPlan.Memory(view).ShouldBeOfType<HotplugStep.Wait>();
    }

    [Fact]
    public void A_hypervisor_that_refuses_is_tried_again_after_a_pause_for_a_minute()
    {
        var failed = new HotplugTry(3, Now) { Problem = "libvirt: busy." };
        HotplugPlan.Vcpus(Cpus(3) with { Vcpus = failed }).ShouldBe(new HotplugStep.Wait(3, HotplugPlan.Pause));
        HotplugPlan
            .Vcpus(Cpus(3) with { Vcpus = failed with { At = Now - HotplugPlan.Pause } })
            .ShouldBe(new HotplugStep.Plug(3));
        HotplugPlan
            .Vcpus(Cpus(3) with { Vcpus = failed with { Since = Now.AddMinutes(-1) } })
            .ShouldBeOfType<HotplugStep.Fail>()
            .Message.ShouldBe(
                "libvirt: busy. The guest has 1 of 3 vCPUs. "
                    + "Restart the virtual machine, or set its cpu.sockets back to 1."
            );
        HotplugPlan.Vcpus(Cpus(3) with { Vcpus = failed with { IsFinal = true } }).ShouldBeOfType<HotplugStep.Fail>();
        HotplugPlan.Vcpus(Cpus(2) with { Vcpus = failed with { IsFinal = true } }).ShouldBe(new HotplugStep.Plug(2));
    }

    /// <summary>What the guest said it has of three vCPUs that are plugged, when it was given them, what is next, and
    /// how many vCPUs it is known to have.</summary>
    [Theory]
    [InlineData(null, 0, nameof(HotplugStep.Wait), 1)]
    [InlineData(1, 0, nameof(HotplugStep.Wait), 1)]
    [InlineData(2, 59, nameof(HotplugStep.Wait), 2)]
    [InlineData(3, 0, nameof(HotplugStep.Done), 3)]
    [InlineData(4, 0, nameof(HotplugStep.Done), 3)]
    [InlineData(null, 60, nameof(HotplugStep.NotTaken), 1)]
    [InlineData(2, 60, nameof(HotplugStep.NotTaken), 2)]
    [InlineData(3, 60, nameof(HotplugStep.Done), 3)]
    public void A_guest_with_an_agent_has_the_vcpus_that_it_says_it_has(int? said, int ago, string next, int has)
    {
        var view = Given(said, ago);
        HotplugPlan.Vcpus(view).GetType().Name.ShouldBe(next);
        HotplugPlan.Known(view)!.Online.ShouldBe(has);
    }

    [Fact]
    public void A_guest_that_does_not_take_vcpus_is_told_of_with_the_way_out() =>
        HotplugPlan
            .Vcpus(Given(said: 2, ago: 60))
            .ShouldBe(
                new HotplugStep.NotTaken(
                    "The guest was given 3 vCPUs and has 2 online: the rest did not come online within 60 seconds. "
                        + "Bring them online in the guest, or restart the virtual machine."
                )
            );

    [Fact]
    public void An_agent_in_a_guest_that_does_not_answer_is_told_of_with_the_way_out() =>
        HotplugPlan
            .Vcpus(Given(said: null, ago: 60))
            .ShouldBe(
                new HotplugStep.NotTaken(
                    "The guest was given 3 vCPUs, and the agent in it has not said within 60 seconds whether it has "
                        + "them online. See that the agent answers, or restart the virtual machine."
                )
            );

    [Fact]
    public void What_a_guest_said_of_fewer_vcpus_does_not_count()
    {
        var view = Given(said: null, ago: 0);
        view = view with { Vcpus = new(2, Now) { Online = 2 } };
        HotplugPlan.Known(view)!.Online.ShouldBe(1);
        HotplugPlan.IsToAsk(view with { Vcpus = view.Vcpus with { AskedAt = Now } }).ShouldBeTrue();
    }

    [Fact]
    public void Without_an_agent_the_vcpus_that_are_plugged_count_unless_the_guest_was_seen_not_to_have_them()
    {
        var view = Given(said: null, ago: 0);
        view = view with { Seen = view.Seen with { IsAgentConnected = false } };
        HotplugPlan.Vcpus(view).ShouldBeOfType<HotplugStep.Done>();

        view = view with { Instance = view.Instance.Waiting(Hotplug.VcpuChange, Hotplug.GuestDoesNotTake) };
        HotplugPlan.Vcpus(view).ShouldBeOfType<HotplugStep.Wait>();
        HotplugPlan.Known(view)!.Online.ShouldBe(1);
    }

    /// <summary>What is other than for a guest that is asked, and whether it is asked then.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("asked five seconds ago", true)]
    [InlineData("does not take it", true)]
    [InlineData("asked just now", false)]
    [InlineData("no agent", false)]
    [InlineData("no change", false)]
    [InlineData("not plugged yet", false)]
    [InlineData("to be moved", false)]
    [InlineData("told of just now", false)]
    [InlineData("moves", false)]
    [InlineData("paused", false)]
    [InlineData("frozen", false)]
    public void A_guest_is_asked_while_it_may_not_have_its_vcpus_and_can_answer(string other, bool isAsked) =>
        HotplugPlan.IsToAsk(Other(Given(said: null, ago: 9), other)).ShouldBe(isAsked);

    [Theory]
    [InlineData("paused")]
    [InlineData("moves")]
    public void A_guest_that_stands_still_is_waited_for_to_take_vcpus(string other) =>
        HotplugPlan.Vcpus(Other(Given(said: 1, ago: 3600), other)).ShouldBeOfType<HotplugStep.Wait>();

    [Fact]
    public void A_guest_is_asked_as_soon_as_its_change_was_told_of_for_long_enough() =>
        HotplugPlan
            .Vcpus(Other(Given(said: null, ago: 0), "told of just now"))
            .ShouldBe(new HotplugStep.Wait(3, TimeSpan.FromSeconds(3)));

    private static HotplugView Other(HotplugView view, string other)
    {
        var (instance, seen) = (view.Instance, view.Seen);
        var status = instance.Status!;
        return other switch
        {
            "" => view,
            "asked just now" => view with { Vcpus = view.Vcpus! with { AskedAt = Now.AddSeconds(-4) } },
            "asked five seconds ago" => view with { Vcpus = view.Vcpus! with { AskedAt = Now.AddSeconds(-5) } },
            "no agent" => view with { Seen = seen with { IsAgentConnected = false } },
            "no change" => view with { Instance = instance with { Status = status with { Conditions = [] } } },
            "not plugged yet" => view with { Seen = seen with { Vcpus = new(2, 4, 1, 1) } },
            "to be moved" => view with { Instance = instance.Waiting(Hotplug.VcpuChange, Hotplug.LiveMigrate) },
            "does not take it" => view with
            {
                Instance = instance.Waiting(Hotplug.VcpuChange, Hotplug.GuestDoesNotTake),
            },
            "told of just now" => view with
            {
                Instance = instance with
                {
                    Status = status with
                    {
                        Conditions = [status.Conditions!.Single() with { LastTransitionTime = Now }],
                    },
                },
            },
            "moves" => view with
            {
                Instance = instance with { Status = status with { MigrationState = new() { StartTimestamp = Now } } },
            },
            "paused" => view with { Seen = seen with { PausedReason = "PausedByUser" } },
            "frozen" => view with { Instance = instance with { Status = status with { FsFreezeStatus = "frozen" } } },
            _ => throw new ArgumentException(other, nameof(other)),
        };
    }

    /// <summary>A guest with an agent that had one vCPU, was given three and said how many it has.</summary>
    private static HotplugView Given(int? said, int ago)
    {
        var view = Cpus(3);
        return view with
        {
            Instance = view.Instance with
            {
                Status = view.Instance.Status! with { CurrentCPUTopology = new() { Sockets = 1 } },
            },
            Seen = Seen with { IsAgentConnected = true, Vcpus = new(3, 4, 1, 1) },
            Vcpus = new(3, Now.AddSeconds(-ago)) { Online = said },
        };
    }

    private static HotplugView Cpus(int wanted) =>
        new(Instance.ToSockets(wanted).Waiting(Hotplug.VcpuChange), Seen, Now);

    private static HotplugView Memory(string wanted, int requestedMib, int currentMib)
    {
        var told = Instance with
        {
            Status = Instance.Status! with { Memory = new() { GuestAtBoot = Quantity.Parse("128Mi") } },
        };
        var device = new ObservedMemoryDevice(384 * MiB, 2 * MiB, requestedMib * MiB, currentMib * MiB);
        return new(
            told.ToMemory(wanted).Waiting(Hotplug.MemoryChange),
            Seen with
            {
                Memory = new(128 * MiB, device),
            },
            Now
        );
    }
}
