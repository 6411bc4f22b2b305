using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class UpdateWaitTests
{
    private const long Generation = 5;
    private static readonly GuestSize Wanted = new(2, Quantity.Parse("1Gi"));

    [Fact]
    public void It_is_over_when_the_guest_has_all_of_it() =>
        Decide(Machine(), Instance(2, "1Gi", 2, "1Gi"))
            .ShouldBe(new WaitDecision.Done("its guest has 2 vCPUs and 1Gi of memory"));

    [Theory]
    [InlineData(1, "1Gi", 1, "1Gi", "its instance does not ask for it yet")]
    [InlineData(2, "512Mi", 2, "512Mi", "its instance does not ask for it yet")]
    [InlineData(2, "1Gi", 1, "512Mi", "its guest has 1 of 2 vCPUs, 512Mi of 1Gi of memory")]
    [InlineData(2, "1Gi", 2, "512Mi", "its guest has 2 of 2 vCPUs, 512Mi of 1Gi of memory")]
    public void Until_then_it_says_how_far_it_is(long asked, string memory, long has, string hasMemory, string says) =>
        Decide(Machine(), Instance(asked, memory, has, hasMemory)).ShouldBe(new WaitDecision.Waiting(says));

    [Fact]
    public void What_an_earlier_generation_came_to_does_not_count()
    {
        var machine = Machine();
        machine = machine with { Status = machine.Status! with { DesiredGeneration = Generation - 1 } };

        Decide(machine, Instance(2, "1Gi", 2, "1Gi"))
            .ShouldBe(new WaitDecision.Waiting("the change was not looked at yet"));
    }

    [Fact]
    public void A_restart_that_is_needed_ends_it_whatever_the_guest_has() =>
        Decide(Machine(Condition("RestartRequired", "True", message: "fields")), Instance(1, "1Gi", 1, "1Gi"))
            .ShouldBe(new WaitDecision.Done("fields", null, "RestartRequired"));

    [Fact]
    public void Without_a_guest_there_is_nothing_to_wait_for() =>
        Decide(Machine(), null)
            .ShouldBe(new WaitDecision.Done("no guest runs: all of it holds from its next start on"));

    [Theory]
    [InlineData("HotMemoryChange", "True", "InPlace", "waiting")]
    [InlineData("HotMemoryChange", "True", "NoRoom", "waiting")]
    [InlineData("HotMemoryChange", "True", "GuestDoesNotTake", "failed HotMemoryChange: why")]
    [InlineData("HotVCPUChange", "True", "GuestDoesNotTake", "failed HotVCPUChange: why")]
    [InlineData("HotVCPUChange", "False", "vCPU Hotplug Failed", "failed HotVCPUChange: why")]
    public void A_change_that_will_not_come_by_itself_is_a_failure(
        string type,
        string status,
        string reason,
        string outcome
    )
    {
        var instance = Instance(2, "1Gi", 2, "512Mi");
        instance = instance with
        {
            Status = instance.Status! with { Conditions = [Condition(type, status, reason, "why")] },
        };

        Word(Decide(Machine(), instance)).ShouldStartWith(outcome);
    }

    [Theory]
    [InlineData("FailedFindInstancetype", "failed why")]
    [InlineData("HotPlugCPUError", "waiting why")]
    [InlineData("HotPlugMemoryError", "waiting why")]
    [InlineData("AffinityChangeError", "waiting why")]
    public void A_machine_that_cannot_be_acted_on_says_why(string reason, string outcome) =>
        Word(Decide(Machine(Condition("Failure", "True", reason, "why")), Instance(1, "1Gi", 1, "1Gi")))
            .ShouldStartWith(outcome);

    [Fact]
    public void A_machine_that_is_gone_has_no_guest() =>
        VirtualMachineWaits
            .Decide(new WaitGoal.Updated(Generation, Wanted), null, null)
            .ShouldBe(new WaitDecision.Failed("it is not there any more"));

    [Fact]
    public void A_guest_on_the_move_says_where_to_and_how_far()
    {
        var instance = Instance(2, "1Gi", 1, "512Mi");
        instance = instance with
        {
            Status = instance.Status! with
            {
                MigrationState = new()
                {
                    StartTimestamp = Samples.Now,
                    TargetNode = "h2",
                    Progress = new() { MemoryTotal = 200, MemoryRemaining = 50 },
                },
            },
        };

        Decide(Machine(), instance)
            .ShouldBe(
                new WaitDecision.Waiting("its guest has 1 of 2 vCPUs, 512Mi of 1Gi of memory; it moves to h2: 75 %")
            );
    }

    [Theory]
    [InlineData(Hotplug.NoRoom, "a lacks 1Gi of memory for it.", "NoRoom: a lacks 1Gi of memory for it.")]
    [InlineData(Hotplug.LiveMigrate, "It has it once it moved.", "LiveMigrate: It has it once it moved.")]
    [InlineData(Hotplug.LiveMigrate, null, "LiveMigrate")]
    public void What_a_change_waits_for_is_said_once(string reason, string? message, string says) =>
        Decide(
                Machine(),
                Waiting(
                    Condition(Hotplug.VcpuChange, "True", reason, message),
                    Condition(Hotplug.MemoryChange, "True", reason, message)
                )
            )
            .ShouldBe(new WaitDecision.Waiting($"its guest has 1 of 2 vCPUs, 512Mi of 1Gi of memory; {says}"));

    [Theory]
    [InlineData(0, Hotplug.LiveMigrate, true)]
    [InlineData(60, Hotplug.LiveMigrate, true)]
    [InlineData(-60, Hotplug.LiveMigrate, false)]
    [InlineData(60, Hotplug.InPlace, false)]
    public void A_move_that_failed_says_why_when_it_was_to_bring_the_change(int later, string reason, bool isSaid)
    {
        var instance = Waiting(
            Condition(Hotplug.MemoryChange, "True", reason, "soon") with
            {
                LastTransitionTime = Samples.Now,
            }
        );
        instance = instance with
        {
            Status = instance.Status! with
            {
                MigrationState = new()
                {
                    StartTimestamp = Samples.Now,
                    EndTimestamp = Samples.Now.AddSeconds(later),
                    Completed = true,
                    Failed = true,
                    FailureReason = "The line was cut.",
                },
            },
        };

        Decide(Machine(), instance)
            .ShouldBe(
                new WaitDecision.Waiting(
                    $"its guest has 1 of 2 vCPUs, 512Mi of 1Gi of memory; {reason}: soon"
                        + (isSaid ? "; its last move failed: The line was cut." : "")
                )
            );
    }

    private static VirtualMachineInstance Waiting(params Condition[] conditions)
    {
        var instance = Instance(2, "1Gi", 1, "512Mi");
        return instance with { Status = instance.Status! with { Conditions = conditions } };
    }

    private static WaitDecision Decide(VirtualMachine machine, VirtualMachineInstance? instance) =>
        VirtualMachineWaits.Decide(new WaitGoal.Updated(Generation, Wanted), machine, instance);

    private static string Word(WaitDecision decision) =>
        decision switch
        {
            WaitDecision.Waiting waiting => $"waiting {waiting.State}",
            WaitDecision.Failed failed => $"failed {failed.Why}",
            WaitDecision.Done done => $"done {done.State}",
            _ => "",
        };

    private static Condition Condition(string type, string status, string? reason = null, string? message = null) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
        };

    private static VirtualMachine Machine(params Condition[] conditions)
    {
        var machine = Samples.Machine();
        return machine with
        {
            Metadata = machine.Metadata with { Generation = Generation },
            Status = machine.Status! with { DesiredGeneration = Generation, Conditions = conditions },
        };
    }

    private static VirtualMachineInstance Instance(long asked, string memory, long has, string hasMemory)
    {
        var instance = Samples.Instance(Phase.Running);
        return instance with
        {
            Spec = instance.Spec with
            {
                Domain = instance.Spec.Domain with
                {
                    Cpu = new() { Sockets = asked },
                    Memory = new() { Guest = Quantity.Parse(memory) },
                },
            },
            Status = instance.Status! with
            {
                CurrentCPUTopology = new()
                {
                    Sockets = has,
                    Cores = 1,
                    Threads = 1,
                },
                Memory = new() { GuestCurrent = Quantity.Parse(hasMemory) },
            },
        };
    }
}
