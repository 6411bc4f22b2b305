using Vireo.Api;
using Vireo.Controllers.MachineTypes;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Controllers.MachineTypes;

/// <summary>When a machine that was labelled needs no restart any more.</summary>
public sealed class RestartLabelPlanTests
{
    private const string Uid = "5b7d1b0e-8b4d-4f2c-9a38-0d7f6f7c1c11";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 10, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(Phase.Succeeded, "pc-q35-6.2", true)]
    [InlineData(Phase.Failed, "pc-q35-6.2", true)]
    [InlineData(Phase.Running, "pc-q35-6.2", false)]
    [InlineData(Phase.Running, "pc-q35-7.2", true)]
    [InlineData(Phase.Scheduled, null, false)]
    [InlineData(Phase.Pending, null, false)]
    public void A_guest_must_have_the_new_type_or_be_gone(Phase? phase, string? runs, bool isDone)
    {
        var instance = phase is null ? null : Instance(phase.Value, runs, Uid);

        RestartLabelPlan.IsDone(Machine(), instance, new(), Now).ShouldBe(isDone);
    }

    [Fact]
    public void An_instance_of_another_owner_is_not_the_machine_s_guest()
    {
        var foreign = Instance(Phase.Running, "pc-q35-6.2", "another");

        RestartLabelPlan.IsDone(Machine(), foreign, new(), Now).ShouldBeTrue();
    }

    [Fact]
    public void The_label_counts_whatever_its_value()
    {
        RestartLabelPlan.HasLabel(Machine()).ShouldBeTrue();
        RestartLabelPlan.HasLabel(Objects.Machine("vm", "default")).ShouldBeFalse();
    }

    /// <summary>As a transition leaves it: the type and the label are written, the record does not know yet.</summary>
    private static VirtualMachine Machine()
    {
        var machine = VirtualMachines.MachineTypeRoom.WithType(Objects.Machine("vm", "default"), "pc-q35-7.2");
        return machine with
        {
            Metadata = machine.Metadata with
            {
                Uid = Uid,
                Labels = new Dictionary<string, string> { [KubeVirtNames.RestartRequiredLabel] = "" },
            },
            Status = new()
            {
                MachineType = new()
                {
                    Requested = "pc-q35-6.2",
                    Resolved = "pc-q35-6.2",
                    Source = MachineTypeSources.Domain,
                },
            },
        };
    }

    private static VirtualMachineInstance Instance(Phase phase, string? runs, string owner)
    {
        var instance = Objects.Instance("vm", "default");
        return instance with
        {
            Metadata = instance.Metadata with
            {
                Uid = "9f0d3c52-2d7e-4b57-8f57-0c4c9f3d7a10",
                OwnerReferences =
                [
                    new()
                    {
                        ApiVersion = "kubevirt.io/v1",
                        Kind = "VirtualMachine",
                        Name = "vm",
                        Uid = owner,
                    },
                ],
            },
            Status = new() { Phase = phase, Machine = runs is null ? null : new() { Type = runs } },
        };
    }
}
