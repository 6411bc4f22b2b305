using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>Mistakes that people make in manifests: each is told with its reason, its field and the rule.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData(
        "domain.devices.disks[0].name",
        "\"data\"",
        FieldErrorReason.FieldValueInvalid,
        "domain.devices.disks[0].name",
        "spec.template.spec.domain.devices.disks[0].name 'data' not found. Add a volume of this name to spec.volumes, or "
            + "remove the disk."
    )]
    [InlineData(
        "domain.devices",
        """
            {
              "disks": [{ "name": "root", "bootOrder": 1, "disk": {} }, { "name": "seed", "bootOrder": 1, "disk": {} }],
              "interfaces": [{ "name": "default", "masquerade": {} }]
            }
            """,
        FieldErrorReason.FieldValueInvalid,
        "domain.devices.disks[1].bootOrder",
        "Boot order for spec.template.spec.domain.devices.disks[1].bootOrder already set for a different device."
    )]
    [InlineData(
        "domain.devices.disks[0].bootOrder",
        "0",
        FieldErrorReason.FieldValueInvalid,
        "domain.devices.disks[0].bootOrder",
        "spec.template.spec.domain.devices.disks[0].bootOrder must have a boot order > 0, if supplied"
    )]
    [InlineData(
        "terminationGracePeriodSeconds",
        "-5",
        FieldErrorReason.FieldValueInvalid,
        "terminationGracePeriodSeconds",
        "spec.template.spec.terminationGracePeriodSeconds: -5 must not be negative; 0 ends the guest at once."
    )]
    [InlineData(
        "hostname",
        "\"my.host\"",
        FieldErrorReason.FieldValueInvalid,
        "hostname",
        "spec.template.spec.hostname: 'my.host' must be a DNS label: at most 63 lower case letters, digits or '-', "
            + "with a letter or digit at both ends, for example my-vm-1."
    )]
    public void A_wrong_template_is_refused_for_a_virtual_machine_and_a_configuration_alike(
        string path,
        string json,
        FieldErrorReason reason,
        string field,
        string message
    )
    {
        foreach (
            IResource resource in new IResource[] { Samples.MachineWith((path, json)), Samples.Config((path, json)) }
        )
        {
            Samples
                .Review(resource)
                .Errors.ShouldContain(new FieldError($"spec.template.spec.{field}", reason, message));
        }
    }

    [Fact]
    public void A_volume_without_its_disk_gets_one_when_the_instance_is_made()
    {
        var result = Samples.Review(
            Samples.Instance() with
            {
                Spec = Samples.InstanceSpec(("domain.devices.disks", "[]")),
            }
        );

        result.Errors.ShouldBeEmpty();
        ((VirtualMachineInstance)result.Object)
            .Spec.Domain.Devices.Disks!.Select(disk => disk.Name)
            .ShouldBe(["root", "seed"]);
    }

    [Fact]
    public void Both_forms_of_the_run_strategy_are_refused_whatever_they_say()
    {
        foreach (var running in new[] { true, false })
        {
            var machine = Samples.Machine(RunStrategy.Halted);

            var error = Samples
                .Review(machine with { Spec = machine.Spec with { Running = running } })
                .Errors.ShouldHaveSingleItem();

            error.Field.ShouldBe("spec.running");
            error.Reason.ShouldBe(FieldErrorReason.FieldValueInvalid);
            error.Message.ShouldStartWith(
                "Running and RunStrategy are mutually exclusive. Note that Running is deprecated"
            );
        }
    }

    [Theory]
    [InlineData("Web")]
    [InlineData("web.example")]
    [InlineData("-web")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_that_is_no_label_is_refused(string name)
    {
        var metadata = new ObjectMeta { Name = name, Namespace = "default" };
        foreach (
            IResource resource in new IResource[]
            {
                Samples.Machine() with
                {
                    Metadata = metadata,
                },
                Samples.Config() with
                {
                    Metadata = metadata,
                },
                Samples.Instance() with
                {
                    Metadata = metadata,
                },
            }
        )
        {
            var error = Samples.Review(resource).Errors.ShouldHaveSingleItem();

            error.Field.ShouldBe("metadata.name");
            error.Reason.ShouldBe(FieldErrorReason.FieldValueInvalid);
            error.Message.ShouldStartWith($"metadata.name: '{name}' must be a DNS label");
        }
    }
}
