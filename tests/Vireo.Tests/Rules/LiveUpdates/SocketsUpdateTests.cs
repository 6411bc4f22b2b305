using Vireo.Api;
using Vireo.Rules;
using static Vireo.Rules.FieldEffect;

namespace Vireo.Tests.Rules;

/// <summary>What becomes of a change of <c>cpu.sockets</c>, row by row of KubeVirt's handler.</summary>
public sealed class SocketsUpdateTests
{
    private const string InProgress = "another CPU hotplug is in progress";
    private const string Migrating = "CPU hotplug is not allowed while VMI is migrating";
    private const string TooMany = "CPU sockets updated in template spec to a value higher than what's available";
    private const string Fewer = "Reduction of CPU socket count requires a restart";
    private const string Failed =
        "CPU sockets updated in template spec. CPU hotplug failed and is not available for this VM configuration";

    private static readonly VirtualMachineInstanceSpec Two = With("""{ "sockets": 2 }""");
    private static readonly VirtualMachineInstance Guest = LiveUpdates.Running(Two);

    /// <summary>State of the guest that booted with two sockets and may have eight, sockets wanted, what comes of it.
    /// </summary>
    public static TheoryData<string, long, FieldEffect?, string?> Rows =>
        new()
        {
            { "runs", 2, null, null },
            { "runs", 3, Live, null },
            { "runs", 8, Live, null },
            { "runs", 9, Restart, TooMany },
            { "runs", 1, Restart, Fewer },
            { "has four", 4, null, null },
            { "has four", 2, Restart, Fewer },
            { "has just got four", 4, null, null },
            { "has just got four", 5, Live, null },
            { "has just got four", 2, Restart, Fewer },
            { "is being given four", 4, null, null },
            { "is being given four", 5, Held, InProgress },
            { "is being given four", 2, Held, InProgress },
            { "does not take four", 4, null, null },
            { "does not take four", 5, Live, null },
            { "does not take four", 2, Restart, Fewer },
            { "waits to move for four", 4, null, null },
            { "waits to move for four", 2, Live, null },
            { "waits to move for four", 6, Live, null },
            { "waits to move for four", 1, Restart, Fewer },
            { "waits to move for four", 9, Restart, TooMany },
            { "moves for four", 2, Held, InProgress },
            { "has moved and is being given four", 5, Held, InProgress },
            { "waits for room for four", 2, Live, null },
            { "moves", 3, Held, Migrating },
            { "could not be given four", 4, Restart, Failed },
            { "could not be given four", 3, Restart, Failed },
            { "could not be given four", 2, Live, null },
            { "says no maximum", 3, Restart, TooMany },
            { "is of another architecture", 3, Restart, TooMany },
            { "is of another architecture and says a maximum", 3, Restart, "ARM doesn't support CPU hotplug" },
            { "has not started", 3, Held, null },
            { "finds no host", 1, Restart, null },
            { "finds no host", 3, Restart, null },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_guest_is_given_more_sockets_up_to_its_maximum(
        string guest,
        long wanted,
        FieldEffect? effect,
        string? why
    )
    {
        var plan = LiveUpdates.Plan(Two, With($$"""{ "sockets": {{wanted}} }"""), State(guest));

        var change = plan.Changes.SingleOrDefault();
        (change?.Effect, change?.Why, change?.Path ?? "domain.cpu.sockets").ShouldBe(
            (effect, why, "domain.cpu.sockets")
        );
    }

    [Fact]
    public void A_change_that_must_wait_is_told_as_KubeVirt_tells_it()
    {
        var plan = LiveUpdates.Plan(Two, With("""{ "sockets": 3 }"""), Guest.Moving());

        plan.Failure.ShouldBe(
            new("HotPlugCPUError", $"Error encountered while handling CPU change request: {Migrating}")
        );
        plan.ReachesAll.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{ "model": "Haswell" }""", """{ "model": "Haswell", "sockets": 3 }""", 3L)]
    [InlineData("""{ "cores": 2 }""", """{ "cores": 2, "sockets": 2 }""", 2L)]
    [InlineData("null", """{ "sockets": 2 }""", 2L)]
    public void A_guest_whose_sockets_were_not_given_has_one_and_can_have_more(string before, string after, long to)
    {
        var running = With(before);

        var plan = LiveUpdates.Plan(running, With(after));

        plan.Changes.ShouldHaveSingleItem().ShouldBe(new("domain.cpu.sockets", Live) { From = "1", To = $"{to}" });
    }

    [Fact]
    public void The_arrangement_of_cores_takes_a_restart_and_the_sockets_do_not_wait_for_it()
    {
        var plan = LiveUpdates.Plan(Two, With("""{ "sockets": 3, "cores": 2 }"""));

        plan.Live.ShouldBe(["domain.cpu.sockets"]);
        plan.ForRestart.ShouldBe(["domain.cpu.cores"]);
    }

    private static VirtualMachineInstance State(string name) =>
        name switch
        {
            "runs" => Guest,
            "has four" => Guest.Told(4).Has(4),
            "has just got four" => Guest.Told(4).Has(4).With(Hotplug.VcpuChange, "True", Hotplug.InPlace),
            "is being given four" => Guest.Told(4).With(Hotplug.VcpuChange, "True", Hotplug.InPlace),
            "does not take four" => Guest.Told(4).With(Hotplug.VcpuChange, "True", Hotplug.GuestDoesNotTake),
            "waits to move for four" => Guest.Told(4).With(Hotplug.VcpuChange, "True", Hotplug.LiveMigrate),
            "moves for four" => Guest.Told(4).With(Hotplug.VcpuChange, "True", Hotplug.LiveMigrate).Moving(),
            "has moved and is being given four" => Guest
                .Told(4)
                .With(Hotplug.VcpuChange, "True", Hotplug.LiveMigrate)
                .Moved(Samples.Now.AddSeconds(9)),
            "waits for room for four" => Guest.Told(4).With(Hotplug.VcpuChange, "True", Hotplug.NoRoom),
            "moves" => Guest.Moving(),
            "could not be given four" => Guest.Told(4).With(Hotplug.VcpuChange, "False", Hotplug.VcpuFailed),
            "says no maximum" => Guest with { Spec = Spec(Guest, cpu => cpu with { MaxSockets = null }) },
            "is of another architecture" => LiveUpdates.Running(Two with { Architecture = "arm64" }),
            "is of another architecture and says a maximum" => Guest with
            {
                Spec = Guest.Spec with { Architecture = "arm64" },
            },
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

    private static VirtualMachineInstanceSpec Spec(VirtualMachineInstance instance, Func<CPU, CPU> change) =>
        instance.Spec with
        {
            Domain = instance.Spec.Domain with { Cpu = change(instance.Spec.Domain.Cpu!) },
        };

    private static VirtualMachineInstanceSpec With(string cpu) => Samples.InstanceSpec(("domain.cpu", cpu));
}
