using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class ReferencePlanTests
{
    private const string Kind = "VirtualMachineClusterInstancetype";

    [Fact]
    public void A_machine_that_names_nothing_has_nothing_in_status() =>
        Decide(Machine(null, Reference("small", "copy")), Copy("small")).ShouldBe(new ReferenceStep.Nothing(null));

    [Fact]
    public void The_object_is_used_where_status_names_nothing()
    {
        var step = Decide(Machine(new() { Name = "small" }, null), null);

        var used = step.ShouldBeOfType<ReferenceStep.UseObject>();
        (used.Kind.Kind, used.Namespace, used.Name).ShouldBe((Kind, null, "small"));
    }

    [Fact]
    public void An_object_of_a_namespace_is_looked_for_in_the_machines()
    {
        var matcher = new InstancetypeMatcher { Name = "small", Kind = "virtualmachineinstancetypes" };

        Decide(Machine(matcher, null), null).ShouldBeOfType<ReferenceStep.UseObject>().Namespace.ShouldBe("default");
    }

    [Fact]
    public void The_copy_in_status_is_used_as_long_as_it_is_of_what_is_named()
    {
        var reference = Reference("small", "copy");

        var step = Decide(Machine(new() { Name = "small" }, reference), Copy("small"));

        step.ShouldBeOfType<ReferenceStep.UseRevision>().Reference.ShouldBe(reference);
    }

    [Theory]
    [InlineData("large", null)]
    [InlineData("large", "")]
    public void Another_name_alone_leads_to_the_other_object(string name, string? revision)
    {
        var matcher = new InstancetypeMatcher { Name = name, RevisionName = revision };

        Decide(Machine(matcher, Reference("small", "copy")), null)
            .ShouldBeOfType<ReferenceStep.UseObject>()
            .Name.ShouldBe(name);
    }

    [Fact]
    public void Another_kind_of_the_same_name_is_another_object()
    {
        var matcher = new InstancetypeMatcher { Name = "small", Kind = "VirtualMachineInstancetype" };

        Decide(Machine(matcher, Reference("small", "copy")), null)
            .ShouldBeOfType<ReferenceStep.UseObject>()
            .Kind.Kind.ShouldBe("VirtualMachineInstancetype");
    }

    [Fact]
    public void A_copy_that_somebody_removed_is_made_again_from_the_object() =>
        Decide(Machine(new() { Name = "small" }, Reference("small", "copy")), null)
            .ShouldBeOfType<ReferenceStep.UseObject>();

    [Fact]
    public void A_pinned_copy_comes_before_the_one_in_status()
    {
        var matcher = new InstancetypeMatcher { Name = "small", RevisionName = "older" };

        var step = Decide(Machine(matcher, Reference("small", "copy")), Copy("small", "older"));

        var used = step.ShouldBeOfType<ReferenceStep.UseRevision>();
        used.Reference.ShouldBe(Reference("small", "older"));
    }

    [Fact]
    public void A_pinned_copy_that_is_not_there_may_come()
    {
        var matcher = new InstancetypeMatcher { Name = "small", RevisionName = "older" };

        var refused = Decide(Machine(matcher, null), null).ShouldBeOfType<ReferenceStep.Refuse>();

        refused.MayCome.ShouldBeTrue();
        refused.Error.Field.ShouldBe("spec.instancetype.revisionName");
    }

    [Fact]
    public void A_pinned_copy_of_another_object_is_refused()
    {
        var matcher = new InstancetypeMatcher { Name = "small", RevisionName = "older" };

        var refused = Decide(Machine(matcher, null), Copy("large", "older")).ShouldBeOfType<ReferenceStep.Refuse>();

        refused.MayCome.ShouldBeFalse();
        refused.Error.Message.ShouldContain($"is of {Kind} large");
    }

    [Fact]
    public void A_copy_that_holds_nothing_is_refused()
    {
        var matcher = new InstancetypeMatcher { Name = "small", RevisionName = "older" };

        Decide(Machine(matcher, null), Copy("small", "older") with { Data = null })
            .ShouldBeOfType<ReferenceStep.Refuse>()
            .Error.Message.ShouldContain("holds no " + Kind);
    }

    [Fact]
    public void What_a_volume_said_once_holds_whatever_its_image_says_later()
    {
        var matcher = new InstancetypeMatcher { InferFromVolume = "root", InferFromVolumeFailurePolicy = "Ignore" };
        var silent = new InstancetypeStatusRef { InferFromVolume = "root", InferFromVolumeFailurePolicy = "Ignore" };

        var first = Decide(Machine(matcher, null), null);
        first.ShouldBe(new ReferenceStep.Nothing(silent));
        Decide(Machine(matcher, silent), null, ("quay.io/vireo/tiny:1.0", "large")).ShouldBe(first);
        Decide(Machine(matcher, null), null, ("quay.io/vireo/tiny:1.0", "large"))
            .ShouldBeOfType<ReferenceStep.UseObject>()
            .Name.ShouldBe("large");
        var said = Reference("small", "copy") with
        {
            InferFromVolume = "root",
            InferFromVolumeFailurePolicy = "Ignore",
        };
        Decide(Machine(matcher, said), null, ("quay.io/vireo/tiny:1.0", "large"))
            .ShouldBeOfType<ReferenceStep.UseObject>()
            .Name.ShouldBe("small");
    }

    private static ReferenceStep Decide(
        VirtualMachine machine,
        ControllerRevision? inUse,
        params (string Image, string Type)[] images
    ) =>
        ReferencePlan.Decide(
            machine,
            MatcherRole.Instancetype,
            inUse,
            image =>
                images
                    .Where(one => one.Image == image)
                    .Select(one => new Dictionary<string, string> { [InferredMatchers.InstancetypeLabel] = one.Type })
                    .FirstOrDefault()
        );

    private static VirtualMachine Machine(InstancetypeMatcher? matcher, InstancetypeStatusRef? reference)
    {
        var machine = Samples.Machine();
        return machine with
        {
            Spec = machine.Spec with { Instancetype = matcher },
            Status = new() { InstancetypeRef = reference },
        };
    }

    private static InstancetypeStatusRef Reference(string name, string copy) =>
        new()
        {
            Name = name,
            Kind = Kind,
            ControllerRevisionRef = new() { Name = copy },
        };

    private static ControllerRevision Copy(string of, string name = "copy")
    {
        var copy = InstanceTypeRevisions.Of(
            Samples.Machine(),
            new VirtualMachineClusterInstancetype
            {
                Metadata = new()
                {
                    Name = of,
                    Uid = Samples.InstanceUid,
                    Generation = 1,
                },
                Spec = new()
                {
                    Cpu = new() { Guest = 1 },
                    Memory = new() { Guest = Quantity.Parse("1Gi") },
                },
            }
        );
        return copy with { Metadata = copy.Metadata with { Name = name } };
    }
}
