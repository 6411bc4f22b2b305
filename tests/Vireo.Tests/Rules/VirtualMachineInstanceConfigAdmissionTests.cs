using System.Text.Json;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class VirtualMachineInstanceConfigAdmissionTests
{
    [Fact]
    public void A_configuration_is_stored_as_it_was_written()
    {
        var config = Samples.Config(("domain.machine", ""), ("architecture", ""), ("domain.devices.disks", ""));

        var result = Samples.Review(config);

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        var stored = result.Object.ShouldBeOfType<VirtualMachineInstanceConfig>();
        Json(stored).ShouldBe(Json(config));
        stored.Metadata.Finalizers.ShouldBeNull();
    }

    [Fact]
    public void Its_template_is_checked_as_a_virtual_machines_is()
    {
        (string, string)[] changes =
        [
            ("hostname", "\"-\""),
            ("domain.memory", ""),
            ("terminationGracePeriodSeconds", "-1"),
            ("domain.devices.disks[0].name", "\"other\""),
        ];

        Samples.Review(Samples.Config(changes)).Errors.ShouldBe(Samples.Review(Samples.MachineWith(changes)).Errors);
        Samples.Review(Samples.Config(changes)).Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public void Its_labels_and_its_spec_are_checked()
    {
        var config = Samples.Config();
        var template = config.Spec.Template;

        Field(config with { Spec = null! }).ShouldBe("spec");
        Field(config with { Spec = new() { Template = null! } }).ShouldBe("spec.template");
        Field(
                config with
                {
                    Spec = new()
                    {
                        Template = template with
                        {
                            Metadata = new()
                            {
                                Labels = new Dictionary<string, string> { ["kubevirt.io/nodeName"] = "host" },
                            },
                        },
                    },
                }
            )
            .ShouldBe("spec.template.metadata.labels");
        Field(config with { Metadata = config.Metadata with { Name = "a.b" } }).ShouldBe("metadata.name");
    }

    [Fact]
    public void What_was_accepted_stays_writable_when_the_cluster_becomes_stricter()
    {
        var strict = new KubeVirtConfiguration
        {
            ArchitectureConfiguration = new() { Amd64 = new() { EmulatedMachines = ["pc-q35-9.2"] } },
        };
        var old = Samples.Config();
        var labelled = old with
        {
            Metadata = old.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "b" } },
        };

        Samples.Review(labelled, old, strict).Errors.ShouldBeEmpty();
        Samples.Review(Samples.Config(("hostname", "\"x\"")), old, strict).Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void Its_status_is_Vireos()
    {
        var old = Samples.Config() with { Status = new() { ObservedGeneration = 1 } };
        var changed = old with { Status = new() { ObservedGeneration = 7 } };

        Status(Samples.Review(changed)).ShouldBeNull();
        Status(Samples.Review(changed, old)).ShouldBe(1);
        Status(Samples.Review(changed, old, isSystem: true)).ShouldBe(7);
    }

    [Fact]
    public void Users_neither_claim_nor_disown_an_instance_for_a_configuration()
    {
        var free = Samples.Instance() with
        {
            Metadata = new() { Name = "blue", Namespace = "default" },
        };
        var owned = Owned(Samples.ConfigUid);
        var other = Owned(Samples.MachineUid);

        ShouldBeForbidden(Samples.Review(owned), "add or change it");
        ShouldBeForbidden(Samples.Review(owned, free), "add or change it");
        ShouldBeForbidden(Samples.Review(free, owned), "remove it");
        ShouldBeForbidden(
            Samples.Review(
                owned with
                {
                    Metadata = owned.Metadata with
                    {
                        OwnerReferences = [owned.Metadata.OwnerReferences![0] with { Controller = false }],
                    },
                },
                owned
            ),
            "add or change it"
        );
        Samples.Review(other, owned).Errors.Count.ShouldBe(2);
        Samples.Review(owned, owned).Errors.ShouldBeEmpty();
        foreach (var (next, before) in new[] { (owned, null), (owned, free), (free, owned), (other, owned) })
        {
            Samples.Review(next, before, isSystem: true).Errors.ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_revision_an_instance_is_made_from_is_kept_when_Vireo_names_it()
    {
        var instance = Samples.Instance() with { Status = new() { VirtualMachineRevisionName = "revision-1" } };

        Revision(Samples.Review(instance, isSystem: true)).ShouldBe("revision-1");
        Revision(Samples.Review(instance)).ShouldBeNull();
    }

    private static void ShouldBeForbidden(AdmissionResult result, string verb)
    {
        var error = result.Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("metadata.ownerReferences[0]");
        error.Reason.ShouldBe(FieldErrorReason.FieldValueForbidden);
        error.Message.ShouldBe(
            "metadata.ownerReferences[0]: a reference to a VirtualMachineInstanceConfig is set by the server when the "
                + $"configuration starts the instance; users cannot {verb}."
        );
    }

    private static VirtualMachineInstance Owned(string uid) =>
        InstanceConfigActions
            .Start(Samples.Config(uid), "blue", null)
            .ShouldBeOfType<ActionDecision.CreateInstance>()
            .Instance with
        {
            Spec = Samples.InstanceSpec(),
        };

    private static string? Field(VirtualMachineInstanceConfig config) =>
        Samples.Review(config).Errors.ShouldHaveSingleItem().Field;

    private static long? Status(AdmissionResult result) =>
        ((VirtualMachineInstanceConfig)result.Object).Status?.ObservedGeneration;

    private static string? Revision(AdmissionResult result) =>
        ((VirtualMachineInstance)result.Object).Status!.VirtualMachineRevisionName;

    private static string Json(VirtualMachineInstanceConfig config) =>
        JsonSerializer.Serialize(config, ApiJson.Default.VirtualMachineInstanceConfig);
}
