using System.Text.Json;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class VirtualMachineStatusesTests
{
    private static readonly DateTimeOffset Later = Samples.Now.AddMinutes(1);

    [Fact]
    public void Without_an_instance_the_machine_is_not_ready_and_says_why()
    {
        var status = Of(Samples.Machine(RunStrategy.Halted), null);

        status.Created.ShouldBe(false);
        status.Ready.ShouldBe(false);
        status.PrintableStatus.ShouldBe("Stopped");
        status.Conditions.ShouldHaveSingleItem();
        Find(status, "Ready")
            .ShouldBe(
                new()
                {
                    Type = "Ready",
                    Status = "False",
                    Reason = "VMINotExists",
                    Message = "VMI does not exist",
                    ObservedGeneration = 3,
                    LastTransitionTime = Samples.Now,
                }
            );
    }

    [Fact]
    public void Readiness_is_that_of_the_instance()
    {
        var status = Of(Samples.Machine(), With(Ready("True")));

        status.Created.ShouldBe(true);
        status.Ready.ShouldBe(true);
        Find(status, "Ready")!.Status.ShouldBe("True");
        Of(Samples.Machine(), With(Ready("False"))).Ready.ShouldBe(false);
        Find(Of(Samples.Machine(), Samples.Instance()), "Ready")!.Reason.ShouldBe("VMIConditionMissing");
    }

    [Fact]
    public void Conditions_of_the_instance_come_and_go_with_it()
    {
        var machine = Samples.Machine();
        var shown = With(Ready("True"), Condition("AgentConnected", "True"));

        machine = machine with { Status = Of(machine, shown) };
        Find(machine.Status!, "AgentConnected")!.Status.ShouldBe("True");

        Find(Of(machine, null), "AgentConnected").ShouldNotBeNull("they stay as they were while nothing runs");
        Find(Of(machine, With(Ready("True"))), "AgentConnected").ShouldBeNull();
    }

    [Theory]
    [InlineData("RestartRequired")]
    [InlineData("ManualRecoveryRequired")]
    public void What_the_machine_says_itself_is_not_taken_away_by_its_instance(string type)
    {
        var machine = Samples.Machine();
        machine = machine with { Status = machine.Status! with { Conditions = [Condition(type, "True")] } };

        Find(Of(machine, With(Ready("True"))), type)!.Status.ShouldBe("True");
        Find(Of(machine, With(Condition(type, "False"))), type)!.Status.ShouldBe("True");
    }

    [Fact]
    public void A_failure_shows_while_it_lasts()
    {
        var machine = Samples.Machine();

        var failed = VirtualMachineStatuses.Of(
            machine,
            null,
            Decide(machine, null),
            new("FailedCreate", "no room"),
            Samples.Now
        );
        Find(failed, "Failure")
            .ShouldBe(
                new()
                {
                    Type = "Failure",
                    Status = "True",
                    Reason = "FailedCreate",
                    Message = "no room",
                    ObservedGeneration = 3,
                    LastTransitionTime = Samples.Now,
                }
            );
        Find(Of(machine with { Status = failed }, null), "Failure").ShouldBeNull();
    }

    [Fact]
    public void A_refusal_is_a_failure_by_itself()
    {
        var foreign = Samples.Instance(owner: "someone-else");
        var machine = Samples.Machine();

        var status = VirtualMachineStatuses.Of(machine, null, Decide(machine, foreign), null, Samples.Now);

        Find(status, "Failure")!.Message!.ShouldContain("give this VirtualMachine another name");
    }

    [Fact]
    public void A_status_in_which_nothing_changed_is_the_same_to_the_byte()
    {
        var machine = Samples.Machine();
        var instance = With(
            Ready("True") with
            {
                LastProbeTime = Samples.Now,
            },
            Condition("AgentConnected", "True") with
            {
                LastTransitionTime = Samples.Now.AddHours(-1),
            }
        );
        machine = machine with { Status = Of(machine, instance) };

        var again = VirtualMachineStatuses.Of(machine, instance, Decide(machine, instance), null, Later);

        Json(again).ShouldBe(Json(machine.Status!));
        Find(again, "AgentConnected")!.LastTransitionTime.ShouldBe(Samples.Now.AddHours(-1));
        Find(again, "Ready")!.LastProbeTime.ShouldBeNull("probes are no change");
    }

    [Fact]
    public void A_condition_keeps_its_time_until_its_status_changes()
    {
        var machine = Samples.Machine(RunStrategy.Manual);
        machine = machine with { Status = Of(machine, null) };

        var reworded = VirtualMachineStatuses.Of(machine, With(Ready("False")), Decide(machine, null), null, Later);
        Find(reworded, "Ready")!.LastTransitionTime.ShouldBe(Samples.Now);
        Find(reworded, "Ready")!.Reason.ShouldNotBe("VMINotExists");

        var ready = VirtualMachineStatuses.Of(machine, With(Ready("True")), Decide(machine, null), null, Later);
        Find(ready, "Ready")!.LastTransitionTime.ShouldBe(Later);
    }

    [Fact]
    public void Generations_say_whether_the_instance_is_behind()
    {
        var instance = Samples.Instance();
        instance = instance with
        {
            Metadata = instance.Metadata with
            {
                Annotations = new Dictionary<string, string> { [KubeVirtNames.GenerationAnnotation] = "2" },
            },
        };

        var status = Of(Samples.Machine(), instance);
        status.ObservedGeneration.ShouldBe(2);
        status.DesiredGeneration.ShouldBe(3);
        Of(Samples.Machine() with { Status = status }, null).ObservedGeneration.ShouldBe(2);
    }

    [Fact]
    public void Each_condition_says_for_which_generation_it_was_found_so_that_waits_on_it_end()
    {
        var machine = Samples.Machine();
        UpdatePlan cores = new([new("domain.cpu.cores", FieldEffect.Restart)]);
        var running = With(Ready("True"), Condition("AgentConnected", "True"));

        var waiting = VirtualMachineStatuses.Of(machine, running, Decide(machine, running), null, Samples.Now, cores);
        waiting
            .Conditions!.Select(one => (one.Type, one.ObservedGeneration))
            .ShouldBe([("Ready", 3), (RestartRequired.Type, 3), ("AgentConnected", 3)], ignoreOrder: true);

        machine = machine with { Metadata = machine.Metadata with { Generation = 4 }, Status = waiting };
        var unknown = VirtualMachineStatuses.Of(machine, running, Decide(machine, running), null, Samples.Now);
        Find(unknown, "Ready")!.ObservedGeneration.ShouldBe(4);
        Find(unknown, RestartRequired.Type)!.ObservedGeneration.ShouldBe(3, "nobody knows what differs by now");
    }

    [Fact]
    public void The_strategy_is_recorded_once_an_instance_exists()
    {
        var machine = Samples.Machine() with { Status = null };

        Of(machine, null).RunStrategy.ShouldBeNull();
        Of(machine, Samples.Instance()).RunStrategy.ShouldBe(RunStrategy.Always);
    }

    [Fact]
    public void What_was_decided_is_remembered()
    {
        var machine = Samples.Machine(RunStrategy.RerunOnFailure);
        var status = Of(machine, Samples.Instance(VirtualMachineInstancePhase.Failed));

        status.StartFailure!.ConsecutiveFailCount.ShouldBe(1);
        status.StateChangeRequests.ShouldHaveSingleItem().Action.ShouldBe("Start");
        Of(Samples.Machine(), null).StateChangeRequests.ShouldBeNull("an empty list is not written");
    }

    private static RunDecision Decide(VirtualMachine machine, VirtualMachineInstance? instance) =>
        RunStrategies.Decide(machine, instance, Samples.Now, 0);

    private static VirtualMachineStatus Of(VirtualMachine machine, VirtualMachineInstance? instance) =>
        VirtualMachineStatuses.Of(machine, instance, Decide(machine, instance), null, Samples.Now);

    private static Condition? Find(VirtualMachineStatus status, string type) =>
        Conditions.Find(status.Conditions, type);

    private static VirtualMachineInstance With(params Condition[] conditions)
    {
        var instance = Samples.Instance();
        return instance with { Status = instance.Status! with { Conditions = conditions } };
    }

    private static Condition Ready(string status) => Condition("Ready", status);

    private static Condition Condition(string type, string status) => new() { Type = type, Status = status };

    private static string Json(VirtualMachineStatus status) =>
        JsonSerializer.Serialize(status, ApiJson.Default.VirtualMachineStatus);
}
