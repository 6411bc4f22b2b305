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
