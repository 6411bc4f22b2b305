using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class InstanceCompositionTests
{
    [Fact]
    public void An_instance_bears_its_machines_name_and_the_templates_labels()
    {
        var machine = Templated(
            new()
            {
                Name = "ignored",
                Labels = new Dictionary<string, string> { ["app"] = "web" },
                Annotations = new Dictionary<string, string> { ["note"] = "mine" },
            }
        );

        var metadata = InstanceComposition.Compose(machine, paused: false).Metadata;

        metadata.Name.ShouldBe("web");
        metadata.Namespace.ShouldBe("default");
        metadata.Uid.ShouldBeNull();
        metadata.Labels.ShouldBe(new Dictionary<string, string> { ["app"] = "web" });
        metadata.Annotations.ShouldBe(
            new Dictionary<string, string>
            {
                ["note"] = "mine",
                ["kubevirt.io/vm-generation"] = "3",
                ["vireo.dev/start-serial"] = "0",
            },
            ignoreOrder: true
        );
        metadata.Finalizers.ShouldBe(["kubevirt.io/virtualMachineControllerFinalize"]);
    }

    [Fact]
    public void An_instance_belongs_to_its_machine()
    {
        InstanceComposition
            .Compose(Samples.Machine(), paused: false)
            .Metadata.OwnerReferences.ShouldHaveSingleItem()
            .ShouldBe(
                new()
                {
                    ApiVersion = "kubevirt.io/v1",
                    Kind = "VirtualMachine",
                    Name = "web",
                    Uid = Samples.MachineUid,
                    Controller = true,
                    BlockOwnerDeletion = true,
                }
            );
    }

    [Fact]
    public void The_guests_identity_is_its_machines_unless_it_names_one()
    {
        Uuid(Samples.Machine()).ShouldBe(Samples.MachineUid);
        Uuid(Samples.MachineWith(("domain.firmware.serial", "\"S1\""))).ShouldBe(Samples.MachineUid);
        Uuid(Samples.MachineWith(("domain.firmware.uuid", $"\"{Samples.InstanceUid}\""))).ShouldBe(Samples.InstanceUid);
    }

    [Fact]
    public void A_paused_start_is_told_to_the_instance()
    {
        InstanceComposition.Compose(Samples.Machine(), paused: true).Spec.StartStrategy.ShouldBe("Paused");
        InstanceComposition.Compose(Samples.Machine(), paused: false).Spec.StartStrategy.ShouldBeNull();
    }

    [Fact]
    public void The_machine_itself_stays_as_it_was_written()
    {
        var machine = Samples.Machine();

        InstanceComposition.Compose(machine, paused: true);

        machine.Spec.Template.Spec.ShouldBeEquivalentTo(Samples.InstanceSpec());
    }

    [Fact]
    public void What_is_composed_is_admitted()
    {
        var instance = InstanceComposition.Compose(Samples.Machine(), paused: false);

        Samples.Review(instance, isSystem: true).Errors.ShouldBeEmpty();
    }

    private static string? Uuid(VirtualMachine machine) =>
        InstanceComposition.Compose(machine, paused: false).Spec.Domain.Firmware?.Uuid;

    private static VirtualMachine Templated(ObjectMeta metadata)
    {
        var machine = Samples.Machine();
        return machine with
        {
            Spec = machine.Spec with { Template = machine.Spec.Template with { Metadata = metadata } },
        };
    }
}
