using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class CommonInstanceTypesTests
{
    public static TheoryData<string> Usable =>
        [
            .. CommonInstanceTypes
                .Instancetypes.Select(type => type.Metadata.Name!)
                .Where(name => name.StartsWith("u1.", StringComparison.Ordinal) || name[0] == 'o'),
        ];

    public static TheoryData<string> Preferences =>
        [.. CommonInstanceTypes.Preferences.Select(preference => preference.Metadata.Name!)];

    [Theory]
    [InlineData("u1.nano", 1, "512Mi")]
    [InlineData("u1.2xmedium", 2, "4Gi")]
    [InlineData("u1.8xlarge", 32, "128Gi")]
    [InlineData("o1.micro", 1, "1Gi")]
    [InlineData("d1.large", 2, "8Gi")]
    [InlineData("cx1.medium", 1, "2Gi")]
    [InlineData("cx1.8xlarge1gi", 32, "64Gi")]
    [InlineData("m1.xlarge", 4, "32Gi")]
    [InlineData("n1.medium", 4, "4Gi")]
    [InlineData("rt1.micro", 1, "1Gi")]
    public void The_sizes_are_those_that_everybody_knows(string name, long vcpus, string memory)
    {
        var type = CommonInstanceTypes.Instancetypes.Single(one => one.Metadata.Name == name);

        (type.Spec.Cpu.Guest, type.Spec.Memory.Guest).ShouldBe((vcpus, Quantity.Parse(memory)));
        type.Metadata.Labels!["instancetype.kubevirt.io/memory"].ShouldBe(memory);
        type.Metadata.Labels["instancetype.kubevirt.io/size"].ShouldBe(name.Split('.')[1]);
        type.Metadata.Labels["instancetype.kubevirt.io/vendor"].ShouldBe("kubevirt.io");
    }

    [Fact]
    public void Names_are_given_once_and_every_object_is_valid()
    {
        CommonInstanceTypes.All.Select(one => $"{one.Kind} {one.Metadata.Name}").ShouldBeUnique();
        foreach (var one in CommonInstanceTypes.All)
        {
            Samples.Review(one).Errors.ShouldBeEmpty(one.Metadata.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Usable))]
    public void Machines_of_the_series_u1_and_o1_can_be(string name)
    {
        var spec = Sizes.Expanded(
            Sizes.Machine(),
            CommonInstanceTypes.Instancetypes.Single(one => one.Metadata.Name == name).Spec
        );

        Samples.Review(Samples.Machine() with { Spec = spec }).Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cx1.")]
    [InlineData("d1.")]
    [InlineData("m1.")]
    [InlineData("n1.")]
    [InlineData("rt1.")]
    public void Machines_of_the_other_series_are_refused_by_name(string series)
    {
        foreach (
            var type in CommonInstanceTypes.Instancetypes.Where(one =>
                one.Metadata.Name!.StartsWith(series, StringComparison.Ordinal)
            )
        )
        {
            Sizes.Refused(Sizes.Machine(), type.Spec).ShouldAllBe(error => error.Field == "spec.instancetype");
        }
    }

    [Theory]
    [MemberData(nameof(Preferences))]
    public void A_machine_with_a_common_preference_is_valid(string name)
    {
        var preference = CommonInstanceTypes.Preferences.Single(one => one.Metadata.Name == name).Spec;
        var machine = Sizes.Machine(("domain.devices", "{}"), ("networks", ""));

        var spec = Sizes.Expanded(
            machine,
            Sizes.Type(("cpu.guest", "2"), ("memory.guest", "\"4Gi\"")),
            preference with
            {
                Requirements = preference.Requirements! with { Architecture = null },
            }
        );

        Samples.Review(Samples.Machine() with { Spec = spec }).Errors.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Preferences))]
    public void A_preference_asks_for_no_more_than_u1_can_give(string name)
    {
        var required = CommonInstanceTypes.Preferences.Single(one => one.Metadata.Name == name).Spec.Requirements!;

        CommonInstanceTypes.Instancetypes.ShouldContain(type =>
            type.Metadata.Name!.StartsWith("u1.", StringComparison.Ordinal)
            && type.Spec.Cpu.Guest >= required.Cpu!.Guest
            && type.Spec.Memory.Guest >= required.Memory!.Guest
        );
    }
}
