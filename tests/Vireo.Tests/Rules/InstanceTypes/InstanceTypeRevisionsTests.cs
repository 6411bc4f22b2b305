using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class InstanceTypeRevisionsTests
{
    private const string TypeUid = "aaaaaaaa-2222-4333-8444-555555555555";
    private const string ClusterKind = "VirtualMachineClusterInstancetype";

    [Fact]
    public void A_copy_is_named_labelled_and_owned_as_clients_know_it()
    {
        var revision = InstanceTypeRevisions.Of(Samples.Machine(), Stored("u1.small", 2));

        revision.Metadata.Name.ShouldBe($"web-u1.small-v1beta1-{TypeUid}-2");
        revision.Metadata.Namespace.ShouldBe("default");
        revision.Metadata.Labels.ShouldBe(
            new Dictionary<string, string>
            {
                ["instancetype.kubevirt.io/object-generation"] = "2",
                ["instancetype.kubevirt.io/object-kind"] = ClusterKind,
                ["instancetype.kubevirt.io/object-name"] = "u1.small",
                ["instancetype.kubevirt.io/object-uid"] = TypeUid,
                ["instancetype.kubevirt.io/object-version"] = "v1beta1",
            }
        );
        var owner = revision.Metadata.OwnerReferences.ShouldHaveSingleItem();
        (owner.Kind, owner.Uid, owner.Controller).ShouldBe(("VirtualMachine", Samples.MachineUid, true));
    }

    [Fact]
    public void A_copy_holds_the_whole_object_without_what_is_not_its_own()
    {
        var data = InstanceTypeRevisions.Of(Samples.Machine(), Stored("u1.small", 2)).Data!.Value;

        data.GetProperty("apiVersion").GetString().ShouldBe("instancetype.kubevirt.io/v1beta1");
        data.GetProperty("kind").GetString().ShouldBe(ClusterKind);
        data.GetProperty("metadata")
            .EnumerateObject()
            .Select(member => member.Name)
            .ShouldBe(["name", "uid", "generation"]);
        data.GetProperty("spec").GetProperty("cpu").GetProperty("guest").GetInt64().ShouldBe(4);
    }

    [Fact]
    public void What_was_kept_can_be_read_back()
    {
        var type = Stored("u1.small", 1);
        var preference = new VirtualMachinePreference
        {
            Metadata = new()
            {
                Name = "linux",
                Namespace = "default",
                Uid = TypeUid,
            },
            Spec = new() { PreferredSubdomain = "lab" },
        };

        var keptType = InstanceTypeRevisions.Of(Samples.Machine(), type);
        var keptPreference = InstanceTypeRevisions.Of(Samples.Machine(), preference);

        InstanceTypeRevisions.InstancetypeIn(keptType)!.ShouldBe(type.Spec);
        InstanceTypeRevisions.PreferenceIn(keptPreference)!.ShouldBe(preference.Spec);
        InstanceTypeRevisions.InstancetypeIn(keptPreference).ShouldBeNull();
        InstanceTypeRevisions.InstancetypeIn(new() { Revision = 1 }).ShouldBeNull();
        InstanceTypeRevisions.InstancetypeOf(type).ShouldBeSameAs(type.Spec);
        InstanceTypeRevisions.PreferenceOf(preference).ShouldBeSameAs(preference.Spec);
    }

    [Fact]
    public void Two_copies_of_one_generation_hold_the_same_whatever_became_of_its_labels()
    {
        var one = InstanceTypeRevisions.Of(Samples.Machine(), Stored("u1.small", 1));
        var type = Stored("u1.small", 1);
        var other = InstanceTypeRevisions.Of(
            Samples.Machine(),
            type with
            {
                Metadata = type.Metadata with
                {
                    ResourceVersion = "77",
                    Labels = new Dictionary<string, string> { ["a"] = "b" },
                },
            }
        );
        var changed = InstanceTypeRevisions.Of(Samples.Machine(), type with { Spec = Sizes.Type(("cpu.guest", "2")) });

        InstanceTypeRevisions.HoldTheSame(one, other).ShouldBeTrue();
        other.Data!.Value.GetRawText().ShouldBe(one.Data!.Value.GetRawText());
        InstanceTypeRevisions.HoldTheSame(one, changed).ShouldBeFalse();
    }

    [Fact]
    public void A_name_that_would_be_too_long_is_cut_and_stays_its_own()
    {
        var machine = Samples.Machine();
        var longest = new string('a', 253);

        var one = InstanceTypeRevisions.Of(machine, Stored(longest, 1));
        var other = InstanceTypeRevisions.Of(machine, Stored(longest, 2));

        one.Metadata.Name!.Length.ShouldBeLessThanOrEqualTo(253);
        one.Metadata.Name.ShouldNotBe(other.Metadata.Name);
        one.Metadata.Labels![InstanceTypeRevisions.NameLabel].Length.ShouldBeLessThanOrEqualTo(63);
        InstanceTypeRevisions.IsOf(one, ClusterKind, longest).ShouldBeTrue();
        InstanceTypeRevisions.IsOf(one, ClusterKind, "u1.small").ShouldBeFalse();
        InstanceTypeRevisions.IsOf(one, "VirtualMachineInstancetype", longest).ShouldBeFalse();
    }

    [Theory]
    // revisionName, name, kind of the matcher; name and kind in status: the copy in use.
    [InlineData(null, "u1.small", null, null, null, null)]
    [InlineData(null, "u1.small", null, "u1.small", ClusterKind, "kept")]
    [InlineData("", "u1.small", null, "u1.small", ClusterKind, "kept")]
    [InlineData(null, "u1.small", "virtualmachineclusterinstancetypes", "u1.small", ClusterKind, "kept")]
    [InlineData(null, "u1.small", null, "u1.small", "virtualmachineclusterinstancetype", "kept")]
    [InlineData(null, "u1.large", null, "u1.small", ClusterKind, null)]
    [InlineData(null, "u1.small", "VirtualMachineInstancetype", "u1.small", ClusterKind, null)]
    [InlineData("pinned", "u1.small", null, "u1.small", ClusterKind, "pinned")]
    [InlineData("pinned", "u1.small", null, null, null, "pinned")]
    public void The_copy_in_use_is_the_pinned_one_then_that_of_status_while_it_is_meant(
        string? pinned,
        string name,
        string? kind,
        string? statusName,
        string? statusKind,
        string? inUse
    )
    {
        var matcher = MachineMatcher.Of(
            new InstancetypeMatcher
            {
                Name = name,
                Kind = kind,
                RevisionName = pinned,
            }
        )!;
        var reference = statusName is null
            ? null
            : new InstancetypeStatusRef
            {
                Name = statusName,
                Kind = statusKind,
                ControllerRevisionRef = new() { Name = "kept" },
            };

        InstanceTypeRevisions.InUse(matcher, reference).ShouldBe(inUse);
    }

    [Fact]
    public void What_a_volume_named_stays_in_use_while_that_volume_is_asked()
    {
        var matcher = MachineMatcher.Of(new InstancetypeMatcher { InferFromVolume = "root" })!;
        var reference = InstanceTypeRevisions.ReferenceTo(matcher, ClusterKind, "u1.small", "kept");

        InstanceTypeRevisions.InUse(matcher, reference).ShouldBe("kept");
        InstanceTypeRevisions.InUse(matcher with { InferFromVolume = "other" }, reference).ShouldBeNull();
        InstanceTypeRevisions
            .InUse(MachineMatcher.Of(new InstancetypeMatcher { Name = "u1.small" })!, reference)
            .ShouldBeNull();
    }

    private static VirtualMachineClusterInstancetype Stored(string name, long generation) =>
        new()
        {
            Metadata = new()
            {
                Name = name,
                Uid = TypeUid,
                Generation = generation,
                ResourceVersion = "12",
                Finalizers = ["hold"],
                Annotations = new Dictionary<string, string> { ["note"] = "x" },
            },
            Spec = Sizes.Type(),
        };
}
