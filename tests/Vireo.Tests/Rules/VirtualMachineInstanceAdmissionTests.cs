using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class VirtualMachineInstanceAdmissionTests
{
    [Fact]
    public void A_new_instance_is_pending_and_says_what_its_guest_will_have()
    {
        var created = Created(("domain.cpu", """{ "cores": 2 }"""));

        created.Metadata.Finalizers.ShouldBe([
            KubeVirtNames.VirtualMachineFinalizer,
            "kubevirt.io/foregroundDeleteVirtualMachine",
        ]);
        var status = created.Status!;
        status.Phase.ShouldBe(VirtualMachineInstancePhase.Pending);
        status.PhaseTransitionTimestamps.ShouldBe([
            new() { Phase = VirtualMachineInstancePhase.Pending, PhaseTransitionTimestamp = Samples.Now },
        ]);
        var memory = Quantity.Parse("128Mi");
        status.Memory.ShouldBe(
            new()
            {
                GuestAtBoot = memory,
                GuestCurrent = memory,
                GuestRequested = memory,
            }
        );
        status.CurrentCPUTopology.ShouldBe(
            new()
            {
                Sockets = 1,
                Cores = 2,
                Threads = 1,
            }
        );
        status.GuestOSInfo.ShouldBe(new());
        status.NodeName.ShouldBeNull("users cannot place an instance by its status");
    }

    [Fact]
    public void The_guest_bears_the_identity_of_its_machine_or_else_of_itself()
    {
        Created().Spec.Domain.Firmware!.Uuid.ShouldBe(Samples.MachineUid);

        var free = Samples.Instance();
        free = free with { Metadata = free.Metadata with { OwnerReferences = null } };
        Create(free).Spec.Domain.Firmware!.Uuid.ShouldBe(Samples.InstanceUid);

        Created(("domain.firmware.uuid", "\"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee\""))
            .Spec.Domain.Firmware!.Uuid.ShouldBe("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    }

    [Theory]
    [InlineData(null, null, "BuiltIn")]
    [InlineData(null, "q35", "ClusterConfiguration")]
    [InlineData("pc-q35-7.2", "q35", null)]
    public void A_machine_type_that_nobody_chose_says_where_it_is_from(string? given, string? cluster, string? source)
    {
        var instance = Samples.Instance();
        var annotated = instance with
        {
            Metadata = instance.Metadata with
            {
                Annotations = new Dictionary<string, string>
                {
                    ["team"] = "blue",
                    [KubeVirtNames.MachineTypeSourceAnnotation] = "Template",
                },
            },
            Spec = instance.Spec with
            {
                Domain = instance.Spec.Domain with { Machine = given is null ? null : new() { Type = given } },
            },
        };
        var configuration = new KubeVirtConfiguration { MachineType = cluster };

        var created = (VirtualMachineInstance)Samples.Review(annotated, configuration: configuration).Object;

        var annotations = created.Metadata.Annotations!;
        annotations["team"].ShouldBe("blue");
        annotations.GetValueOrDefault(KubeVirtNames.MachineTypeSourceAnnotation).ShouldBe(source);
    }

    [Fact]
    public void An_instance_that_is_wrong_is_refused_with_every_error()
    {
        var result = Samples.Review(
            Samples.Instance() with
            {
                Spec = Samples.InstanceSpec(("domain.memory", ""), ("hostname", "\"-\"")),
            }
        );

        result.Errors.Select(error => error.Field).ShouldBe(["spec.hostname", "spec.domain.memory.guest"]);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void Only_Vireo_sets_reserved_labels(bool isSystem, int errors)
    {
        var plain = Samples.Instance();
        var labelled = plain with
        {
            Metadata = plain.Metadata with
            {
                Labels = new Dictionary<string, string> { ["kubevirt.io/nodeName"] = "host" },
            },
        };

        Samples.Review(labelled, isSystem: isSystem).Errors.Count.ShouldBe(errors);
        Samples.Review(labelled, plain, isSystem: isSystem).Errors.Count.ShouldBe(errors);
        Samples.Review(plain, labelled, isSystem: isSystem).Errors.Count.ShouldBe(errors);
        Samples.Review(labelled, labelled, isSystem: isSystem).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Users_cannot_change_a_spec()
    {
        var old = Samples.Instance();
        var changed = old with { Spec = Samples.InstanceSpec(("domain.memory.guest", "\"256Mi\"")) };

        Samples
            .Review(changed, old)
            .Errors.ShouldHaveSingleItem()
            .Message.ShouldBe("update of VMI object is restricted");
        Samples.Review(changed, old, isSystem: true).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Vireo_cannot_change_a_spec_into_a_wrong_one()
    {
        var old = Samples.Instance();
        var wrong = old with { Spec = Samples.InstanceSpec(("hostname", "\"-\"")) };

        Samples.Review(wrong, old, isSystem: true).Errors.ShouldHaveSingleItem();
        Samples.Review(wrong, wrong, isSystem: true).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Users_changes_of_status_are_put_back()
    {
        var old = Samples.Instance();
        var changed = old with { Status = new() { NodeName = "elsewhere" } };

        Stored(Samples.Review(changed, old)).Status.ShouldBe(old.Status);
        Stored(Samples.Review(changed, old, isSystem: true)).Status!.NodeName.ShouldBe("elsewhere");
    }

    private static VirtualMachineInstance Created(params (string Path, string Json)[] changes) =>
        Create(
            Samples.Instance() with
            {
                Spec = Samples.InstanceSpec(changes),
                Status = new() { NodeName = "elsewhere" },
            }
        );

    private static VirtualMachineInstance Create(VirtualMachineInstance instance)
    {
        var result = Samples.Review(instance);
        result.Errors.ShouldBeEmpty();
        return Stored(result);
    }

    private static VirtualMachineInstance Stored(AdmissionResult result) =>
        result.Object.ShouldBeOfType<VirtualMachineInstance>();
}
