using Vireo.Api;
using Vireo.Controllers.VirtualMachines;

namespace Vireo.Tests.Controllers.VirtualMachines;

public sealed class VirtualMachineReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 10, TimeSpan.Zero);
    private static readonly VirtualMachineStatus Starting = new() { PrintableStatus = "Starting" };

    [Fact]
    public void What_is_written_already_is_not_written_again() =>
        Urgency(Starting, Starting with { }, Instance(VirtualMachineInstancePhase.Pending))
            .ShouldBe(ReportUrgency.Nothing);

    [Theory]
    [InlineData(VirtualMachineInstancePhase.Pending)]
    [InlineData(VirtualMachineInstancePhase.Scheduling)]
    [InlineData(VirtualMachineInstancePhase.Scheduled)]
    public void Steps_on_the_way_up_wait_for_the_next(VirtualMachineInstancePhase phase) =>
        Urgency(Starting, Starting with { Created = true }, Instance(phase)).ShouldBe(ReportUrgency.Soon);

    [Fact]
    public void A_step_on_the_way_up_is_told_when_the_start_takes_long() =>
        Urgency(
                Starting,
                Starting with
                {
                    Created = true,
                },
                Instance(VirtualMachineInstancePhase.Scheduled, ageSeconds: 3)
            )
            .ShouldBe(ReportUrgency.Now);

    [Fact]
    public void A_failure_on_the_way_up_is_told_at_once()
    {
        var failed = Starting with { Conditions = [new Condition { Type = "Failure", Status = "True" }] };

        Urgency(Starting, failed, Instance(VirtualMachineInstancePhase.Pending)).ShouldBe(ReportUrgency.Now);
    }

    [Fact]
    public void Another_word_for_people_is_told_at_once() =>
        Urgency(
                Starting,
                Starting with
                {
                    PrintableStatus = "ErrImagePull",
                },
                Instance(VirtualMachineInstancePhase.Scheduled)
            )
            .ShouldBe(ReportUrgency.Now);

    [Fact]
    public void That_the_guest_runs_is_told_at_once() =>
        Urgency(Starting, Starting with { Ready = true }, Instance(VirtualMachineInstancePhase.Running))
            .ShouldBe(ReportUrgency.Now);

    [Fact]
    public void What_follows_the_end_of_an_instance_is_told_at_once() =>
        Urgency(Starting, Starting with { Created = false }, null).ShouldBe(ReportUrgency.Now);

    private static ReportUrgency Urgency(
        VirtualMachineStatus? present,
        VirtualMachineStatus next,
        VirtualMachineInstance? instance
    ) => VirtualMachineReport.Urgency(present, next, instance, Now);

    private static VirtualMachineInstance Instance(VirtualMachineInstancePhase phase, int ageSeconds = 0) =>
        new()
        {
            Metadata = new ObjectMeta { Name = "vm", CreationTimestamp = Now.AddSeconds(-ageSeconds) },
            Spec = new VirtualMachineInstanceSpec { Domain = new DomainSpec { Devices = new Devices() } },
            Status = new VirtualMachineInstanceStatus { Phase = phase },
        };
}
