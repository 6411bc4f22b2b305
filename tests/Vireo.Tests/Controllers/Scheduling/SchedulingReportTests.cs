using Vireo.Api;
using Vireo.Controllers.Scheduling;
using Vireo.Rules;

namespace Vireo.Tests.Controllers.Scheduling;

public sealed class SchedulingReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly VirtualMachineInstance Pending = new()
    {
        Metadata = new ObjectMeta { Name = "vm", Finalizers = [KubeVirtNames.InstanceFinalizer, "other"] },
        Spec = new VirtualMachineInstanceSpec { Domain = new DomainSpec { Devices = new Devices() } },
        Status = new VirtualMachineInstanceStatus { Phase = VirtualMachineInstancePhase.Pending },
    };

    [Fact]
    public void A_bound_instance_names_its_host_in_status_and_label_and_no_longer_complains()
    {
        var waiting = SchedulingReport.Unplaceable(Pending, "no room", Now);

        var bound = SchedulingReport.Bound(waiting, "host1", Now);

        bound.Status!.NodeName.ShouldBe("host1");
        bound.Status.Phase.ShouldBe(VirtualMachineInstancePhase.Scheduled);
        bound.Metadata.Labels![KubeVirtNames.NodeNameLabel].ShouldBe("host1");
        bound.Status.Conditions.ShouldBeEmpty();
        bound
            .Status.PhaseTransitionTimestamps!.Select(entry => entry.Phase)
            .ShouldBe([VirtualMachineInstancePhase.Scheduling, VirtualMachineInstancePhase.Scheduled]);
    }

    [Fact]
    public void An_instance_that_fits_nowhere_says_why()
    {
        var told = SchedulingReport.Unplaceable(Pending, "no room", Now);

        var condition = told.Status!.Conditions.ShouldHaveSingleItem();
        (condition.Type, condition.Status, condition.Reason, condition.Message).ShouldBe(
            ("PodScheduled", "False", "Unschedulable", "no room")
        );
        SchedulingReport
            .SaysTheSame(told, SchedulingReport.Unplaceable(told, "no room", Now.AddMinutes(1)))
            .ShouldBeTrue();
        SchedulingReport.SaysTheSame(told, SchedulingReport.Unplaceable(told, "no host", Now)).ShouldBeFalse();
    }

    [Fact]
    public void An_instance_deleted_before_it_was_placed_ends_and_holds_nothing()
    {
        var ended = SchedulingReport.EndedUnplaced(Pending, Now);

        ended.Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Failed);
        ended.Metadata.Finalizers.ShouldBe(["other"]);
    }
}
