using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class MachineMatcherTests
{
    private const string Type = "VirtualMachineInstancetype";
    private const string ClusterType = "VirtualMachineClusterInstancetype";
    private const string Preference = "VirtualMachinePreference";
    private const string ClusterPreference = "VirtualMachineClusterPreference";

    [Theory]
    [InlineData(MatcherRole.Instancetype, null, ClusterType)]
    [InlineData(MatcherRole.Instancetype, "", ClusterType)]
    [InlineData(MatcherRole.Instancetype, "VirtualMachineInstancetype", Type)]
    [InlineData(MatcherRole.Instancetype, "virtualmachineinstancetypes", Type)]
    [InlineData(MatcherRole.Instancetype, "VIRTUALMACHINEINSTANCETYPE", Type)]
    [InlineData(MatcherRole.Instancetype, "VirtualMachineClusterInstancetypes", ClusterType)]
    [InlineData(MatcherRole.Instancetype, "virtualmachineclusterinstancetype", ClusterType)]
    [InlineData(MatcherRole.Instancetype, "VirtualMachinePreference", null)]
    [InlineData(MatcherRole.Instancetype, "flavor", null)]
    [InlineData(MatcherRole.Preference, null, ClusterPreference)]
    [InlineData(MatcherRole.Preference, "virtualmachinepreferences", Preference)]
    [InlineData(MatcherRole.Preference, "VirtualMachineClusterPreference", ClusterPreference)]
    [InlineData(MatcherRole.Preference, "VirtualMachineInstancetype", null)]
    public void A_kind_is_meant_in_any_case_singular_or_plural(MatcherRole role, string? word, string? kind) =>
        (InstanceTypeKinds.Of(role, word)?.Kind).ShouldBe(kind);

    [Fact]
    public void A_matcher_by_name_or_by_volume_is_right()
    {
        Errors(new InstancetypeMatcher { Name = "u1.small" }).ShouldBeEmpty();
        Errors(
                new InstancetypeMatcher
                {
                    Name = "u1.small",
                    RevisionName = "",
                    InferFromVolume = "",
                }
            )
            .ShouldBeEmpty();
        Errors(new InstancetypeMatcher { InferFromVolume = "root" }).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_wrong_with_a_matcher_is_told_in_the_words_that_clients_know()
    {
        Errors(new InstancetypeMatcher())
            .ShouldBe([
                "spec.instancetype: Either Name or InferFromVolume should be provided within the InstancetypeMatcher",
            ]);
        MachineMatcher
            .Of(new PreferenceMatcher { Kind = ClusterPreference })!
            .Check()
            .Select(Text)
            .ShouldBe([
                "spec.preference: Either Name or InferFromVolume should be provided within the PreferenceMatcher",
            ]);
        Errors(
            new InstancetypeMatcher
            {
                Name = "u1.small",
                Kind = Type,
                InferFromVolume = "root",
            }
        )
            .Count.ShouldBe(2);
        Errors(new InstancetypeMatcher { Name = "u1.small", Kind = "flavor" })
            .ShouldHaveSingleItem()
            .ShouldStartWith("spec.instancetype.kind: got unexpected kind in matcher: flavor.");
    }

    [Fact]
    public void An_empty_revision_name_pins_nothing() =>
        MachineMatcher
            .Of(new InstancetypeMatcher { Name = "u1.small", RevisionName = "" })!
            .RevisionName.ShouldBeNull();

    private static List<string> Errors(InstancetypeMatcher matcher) =>
        [.. MachineMatcher.Of(matcher)!.Check().Select(Text)];

    private static string Text(FieldError error) => $"{error.Field}: {error.Message}";
}
