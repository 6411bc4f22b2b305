using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;

namespace Vireo.Tests.Rules.MachineTypes;

public sealed class MachineTypeAdmissionTests
{
    [Theory]
    // Template before, recorded, template now: a word of the warning, or none.
    [InlineData("pc-q35-7.2", "pc-q35-7.2", "pc-q35-9.2", null)]
    [InlineData("q35", "pc-q35-7.2", "pc-q35-9.2", null)]
    [InlineData("q35", "pc-q35-9.2", "pc-q35-7.2", "older")]
    [InlineData("q35", "pc-q35-9.2", "pc-i440fx-9.2", "chipset famil")]
    [InlineData("pc-q35-9.2", null, "pc-i440fx-9.2", "chipset famil")]
    [InlineData("pc-q35-9.2", "pc-q35-9.2", "pc-q35-rhel9.6.0", "cannot be compared")]
    [InlineData("pc-q35-9.2", "pc-q35-9.2", "pc-q35-9.2", null)]
    [InlineData("pc-q35-9.2", "pc-q35-9.2", null, null)]
    [InlineData(null, null, "pc-q35-9.2", null)]
    public void A_template_that_changes_the_guests_hardware_is_allowed_and_warns(
        string? before,
        string? recorded,
        string? now,
        string? warning
    )
    {
        var old = Machine(before, recorded is null ? null : Record(recorded, before));

        var result = Samples.Review(Machine(now) with { Status = old.Status }, old);

        result.Errors.ShouldBeEmpty();
        if (warning is null)
        {
            result.Warnings.ShouldBeEmpty();
        }
        else
        {
            result.Warnings.ShouldHaveSingleItem().ShouldContain(warning);
        }
    }

    [Theory]
    [InlineData("Pinned", true)]
    [InlineData("Floating", true)]
    [InlineData("", true)]
    [InlineData(null, true)]
    [InlineData("pinned", false)]
    [InlineData("Sticky", false)]
    public void The_policy_is_one_of_two_words(string? policy, bool isRight)
    {
        var errors = Samples
            .Review(
                new KubeVirt
                {
                    Metadata = new() { Name = "kubevirt", Namespace = "kubevirt" },
                    Spec = new() { Configuration = new() { MachineTypePolicy = policy } },
                }
            )
            .Errors;

        errors.Select(error => error.Field).ShouldBe(isRight ? [] : ["spec.configuration.machineTypePolicy"]);
    }

    [Fact]
    public void An_instance_is_made_with_the_recorded_type()
    {
        var machine = Machine("q35", Record("pc-q35-7.2", "q35"));

        Made(machine, Pinned).ShouldBe("pc-q35-7.2");
        Made(machine, Floating).ShouldBe("q35");
        Made(Machine(null), Pinned).ShouldBeNull();

        static string? Made(VirtualMachine machine, KubeVirtConfiguration configuration) =>
            InstanceComposition.Compose(machine, paused: false, configuration).Spec.Domain.Machine?.Type;
    }

    [Theory]
    [InlineData("pc-q35-9.2", "a non-live-updatable field was changed in the template spec: domain.machine.type")]
    [InlineData("pc-q35-7.2", null)]
    public void A_pending_type_asks_for_a_restart_and_names_its_field(string template, string? message)
    {
        var machine = Machine(template, Record("pc-q35-7.2", "q35"));
        var instance = Instance("q35", "pc-q35-7.2");

        foreach (var update in new[] { null, UpdatePlan.Empty })
        {
            var status = Status(machine, instance, update);
            var required = Conditions.Find(status.Conditions, RestartRequired.Type);
            (required?.Message).ShouldBe(message);
            (required is null).ShouldBe(message is null);

            var off = Status(machine with { Status = status }, null, update);
            Conditions.Find(off.Conditions, RestartRequired.Type).ShouldBeNull();
            off.MachineType!.Resolved.ShouldBe(template);
        }
    }

    [Fact]
    public void A_pending_type_is_told_beside_the_other_fields_and_goes_alone()
    {
        var machine = Machine("pc-q35-9.2", Record("pc-q35-7.2", "q35"));
        var instance = Instance("q35", "pc-q35-7.2");
        var update = new UpdatePlan([new("domain.cpu.cores", FieldEffect.Restart)]);

        var both = Status(machine, instance, update);
        Told(both).ShouldEndWith(": domain.cpu.cores, domain.machine.type");
        Told(Status(machine with { Status = both }, instance, null)).ShouldBe(Told(both));

        var back = Machine("q35") with { Status = both };
        Told(Status(back, instance, null)).ShouldEndWith(": domain.cpu.cores");
    }

    [Fact]
    public void A_changed_machine_type_does_not_count_as_brought_to_the_guest()
    {
        var machine = Machine("pc-q35-9.2", Record("pc-q35-7.2", "q35"));
        var instance = Instance("q35", "pc-q35-7.2");
        instance = instance with
        {
            Metadata = instance.Metadata with
            {
                Annotations = new Dictionary<string, string> { [KubeVirtNames.GenerationAnnotation] = "2" },
            },
        };

        LiveChanges.Of(machine, instance, Machine("q35").Spec, UpdatePlan.Empty, new()).ShouldBeNull();
        LiveChanges
            .Of(Machine("q35", Record("pc-q35-7.2", "q35")), instance, Machine("q35").Spec, UpdatePlan.Empty, new())
            .ShouldNotBeNull();
    }

    private static string Told(VirtualMachineStatus status) =>
        Conditions.Find(status.Conditions, RestartRequired.Type)!.Message!;

    private static VirtualMachineStatus Status(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        UpdatePlan? update
    ) =>
        VirtualMachineStatuses.Of(
            machine,
            instance,
            RunStrategies.Decide(machine, instance, Samples.Now, jitter: 0),
            null,
            Samples.Now,
            update,
            Pinned
        );
}
