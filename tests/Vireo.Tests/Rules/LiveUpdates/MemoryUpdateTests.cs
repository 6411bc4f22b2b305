using Vireo.Api;
using Vireo.Rules;
using static Vireo.Rules.FieldEffect;

namespace Vireo.Tests.Rules;

/// <summary>What becomes of a change of <c>memory.guest</c>, row by row of KubeVirt's handler and validator.</summary>
public sealed class MemoryUpdateTests
{
    private const string InProgress = "another memory hotplug is in progress";
    private const string Migrating = "memory hotplug is not allowed while VMI is migrating";
    private const string TooMuch =
        "memory hotplug not supported, Guest memory is greater than the configured maxGuest memory";

    private const string Unaligned = "memory hotplug not supported, Guest memory must be 2Mi aligned";
    private const string UnalignedMost = "memory hotplug not supported, MaxGuest must be 2Mi aligned";
    private const string OnlyX86 = "memory hotplug not supported, Memory hotplug is only available for x86_64 VMs";
    private const string BelowBoot = "memory updated in template spec to a value lower than what the VM started with";
    private const string NotHere =
        "memory updated in template spec. Memory-hotplug is not available for this VM configuration";

    private const string Failed =
        "memory updated in template spec. Memory-hotplug failed and is not available for this VM configuration";

    private static readonly VirtualMachineInstanceSpec Small = With("512Mi");
    private static readonly VirtualMachineInstance Guest = LiveUpdates.Running(Small);

    /// <summary>State of the guest that booted with 512Mi and may have 2Gi, memory wanted, what comes of it.</summary>
    public static TheoryData<string, string, FieldEffect?, string?> Rows =>
        new()
        {
            { "runs", "512Mi", null, null },
            { "runs", "0.5Gi", null, null },
            { "runs", "1Gi", Live, null },
            { "runs", "2Gi", Live, null },
            { "runs", "2050Mi", Restart, TooMuch },
            { "runs", "513Mi", Restart, Unaligned },
            { "runs", "1G", Restart, Unaligned },
            { "runs", "256Mi", Restart, BelowBoot },
            { "cannot migrate", "1Gi", Live, null },
            { "has 1Gi", "1Gi", null, null },
            { "has 1Gi", "768Mi", Live, null },
            { "has 1Gi", "512Mi", Live, null },
            { "has 1Gi", "256Mi", Restart, BelowBoot },
            { "has just got 1Gi", "1Gi", null, null },
            { "has just got 1Gi", "2Gi", Live, null },
            { "has just got 1Gi", "512Mi", Live, null },
            { "has just got 1Gi", "256Mi", Restart, BelowBoot },
            { "has just got 1Gi by a move", "2Gi", Live, null },
            { "is being given 1Gi", "1Gi", null, null },
            { "is being given 1Gi", "512Mi", Held, InProgress },
            { "is being given 1Gi", "2Gi", Held, InProgress },
            { "waits to move for 1Gi", "512Mi", Live, null },
            { "waits to move for 1Gi", "2Gi", Live, null },
            { "waits to move for 1Gi", "4Gi", Restart, TooMuch },
            { "moves for 1Gi", "512Mi", Held, InProgress },
            { "waits for room for 1Gi", "512Mi", Live, null },
            { "does not take 1Gi", "1Gi", null, null },
            { "does not take 1Gi", "512Mi", Live, null },
            { "does not take 1Gi", "768Mi", Live, null },
            { "moves", "1Gi", Held, Migrating },
            { "could not be given 1Gi", "1Gi", Restart, Failed },
            { "could not be given 1Gi", "2Gi", Restart, Failed },
            { "could not be given 1Gi", "512Mi", Live, null },
            { "says no maximum", "1Gi", Restart, NotHere },
            { "says an unaligned maximum", "1Gi", Restart, UnalignedMost },
            { "is of another architecture", "1Gi", Restart, OnlyX86 },
            { "says nothing of its memory", "1Gi", Held, null },
            { "has not started", "1Gi", Held, null },
            { "finds no host", "256Mi", Restart, null },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_guest_is_given_memory_up_to_its_maximum_and_gives_it_back_down_to_what_it_booted_with(
        string guest,
        string wanted,
        FieldEffect? effect,
        string? why
    )
    {
        var plan = LiveUpdates.Plan(Small, With(wanted), State(guest));

        var change = plan.Changes.SingleOrDefault();
        (change?.Effect, change?.Why, change?.Path ?? "domain.memory.guest").ShouldBe(
            (effect, why, "domain.memory.guest")
        );
    }

    [Fact]
    public void A_change_that_must_wait_is_told_with_KubeVirt_s_reason()
    {
        var plan = LiveUpdates.Plan(Small, With("1Gi"), Guest.Moving());

        plan.Failure.ShouldBe(
            new("HotPlugMemoryError", $"Error encountered while handling memory change request: {Migrating}")
        );
    }

    [Fact]
    public void A_change_from_nothing_said_but_a_request_is_one_of_memory()
    {
        var running = Requesting("512Mi", null);

        var plan = LiveUpdates.Plan(running, Requesting("1Gi", null));

        plan.Live.ShouldBe(["domain.memory.guest", "domain.resources.requests"], ignoreOrder: true);
        plan.ForRestart.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("512Mi", true)]
    [InlineData("768Mi", false)]
    [InlineData("256Mi", false)]
    public void A_request_that_stays_in_proportion_follows_the_memory(string request, bool follows)
    {
        var plan = LiveUpdates.Plan(Requesting("256Mi", "512Mi"), Requesting(request, "1Gi"));

        plan.Live.ShouldContain("domain.memory.guest");
        plan.Live.Contains("domain.resources.requests").ShouldBe(follows);
        plan.ForRestart.Contains("domain.resources.requests").ShouldBe(!follows && request != "256Mi");
    }

    [Fact]
    public void A_request_that_followed_is_no_change_once_the_guest_was_told()
    {
        var started = Requesting("256Mi", "512Mi");
        var instance = LiveUpdates.Running(started).Told(memory: "1Gi");

        LiveUpdates.Plan(started, Requesting("512Mi", "1Gi"), instance).ShouldBe(UpdatePlan.Empty);
    }

    private static VirtualMachineInstance State(string name) =>
        name switch
        {
            "runs" => Guest,
            "cannot migrate" => Guest.With("LiveMigratable", "False", "DisksNotLiveMigratable"),
            "has 1Gi" => Guest.Told(memory: "1Gi").Has(requested: "1Gi", current: "1Gi"),
            "is being given 1Gi" => Told(Hotplug.InPlace),
            "has just got 1Gi" => Told(Hotplug.InPlace).Has(requested: "1Gi", current: "1Gi"),
            "has just got 1Gi by a move" => Told(Hotplug.LiveMigrate)
                .Moved(Samples.Now)
                .Has(requested: "1Gi", current: "1Gi"),
            "waits to move for 1Gi" => Told(Hotplug.LiveMigrate),
            "moves for 1Gi" => Told(Hotplug.LiveMigrate).Moving(),
            "waits for room for 1Gi" => Told(Hotplug.NoRoom),
            "does not take 1Gi" => Told(Hotplug.GuestDoesNotTake).Has(requested: "1Gi", current: "600Mi"),
            "moves" => Guest.Moving(),
            "could not be given 1Gi" => Guest
                .Told(memory: "1Gi")
                .With(Hotplug.MemoryChange, "False", Hotplug.MemoryFailed),
            "says no maximum" => WithMaximum(null),
            "says an unaligned maximum" => WithMaximum("2047Mi"),
            "is of another architecture" => Guest with { Spec = Guest.Spec with { Architecture = "s390x" } },
            "says nothing of its memory" => Guest with { Status = Guest.Status! with { Memory = null } },
            "has not started" => Guest with
            {
                Status = Guest.Status! with { Phase = VirtualMachineInstancePhase.Scheduled },
            },
            "finds no host" => (
                Guest with
                {
                    Status = Guest.Status! with { Phase = VirtualMachineInstancePhase.Scheduling },
                }
            ).With("PodScheduled", "False", "Unschedulable"),
            _ => throw new ArgumentException(name, nameof(name)),
        };

    private static VirtualMachineInstance Told(string reason) =>
        Guest.Told(memory: "1Gi").With(Hotplug.MemoryChange, "True", reason);

    private static VirtualMachineInstance WithMaximum(string? maximum) =>
        Guest with
        {
            Spec = Guest.Spec with
            {
                Domain = Guest.Spec.Domain with
                {
                    Memory = Guest.Spec.Domain.Memory! with
                    {
                        MaxGuest = maximum is null ? null : Quantity.Parse(maximum),
                    },
                },
            },
        };

    private static VirtualMachineInstanceSpec With(string memory) =>
        Samples.InstanceSpec(("domain.memory.guest", $"\"{memory}\""));

    private static VirtualMachineInstanceSpec Requesting(string request, string? guest) =>
        Samples.InstanceSpec(
            ("domain.memory", guest is null ? "null" : $$"""{ "guest": "{{guest}}" }"""),
            ("domain.resources.requests.memory", $"\"{request}\"")
        );
}
