using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class InferredMatchersTests
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        [InferredMatchers.InstancetypeLabel] = "u1.small",
        [InferredMatchers.PreferenceLabel] = "alpine",
        [InferredMatchers.PreferenceKindLabel] = "VirtualMachinePreference",
    };

    [Fact]
    public void A_matcher_that_names_its_object_comes_back_as_it_is()
    {
        var matcher = MachineMatcher.Of(new InstancetypeMatcher { Name = "u1.large" })!;

        Infer(matcher, Labels).Matcher.ShouldBeSameAs(matcher);
    }

    [Fact]
    public void The_image_s_labels_name_type_and_preference()
    {
        var type = Infer(Type("root"), Labels).Matcher.ShouldNotBeNull();
        var preference = Infer(Preference("root"), Labels).Matcher.ShouldNotBeNull();

        (type.Name, type.Kind!.Kind).ShouldBe(("u1.small", "VirtualMachineClusterInstancetype"));
        (preference.Name, preference.Kind!.Kind).ShouldBe(("alpine", "VirtualMachinePreference"));
        preference.InferFromVolume.ShouldBe("root");
    }

    [Theory]
    [InlineData("none", true, "unable to find volume none to infer defaults")]
    [InlineData("seed", true, "unable to infer defaults from volume seed as type is not supported")]
    [InlineData("root", false, "no host has it in its store yet")]
    public void What_cannot_be_inferred_is_refused_by_name_or_left_out(string volume, bool isKnown, string message)
    {
        var labels = isKnown ? Labels : null;

        var rejected = Infer(Type(volume), labels);
        rejected.Matcher.ShouldBeNull();
        rejected.Error!.Field.ShouldBe("spec.instancetype.inferFromVolume");
        rejected.Error.Message.ShouldContain(message);

        Infer(Type(volume, "Ignore"), labels).ShouldBe(new(null, null));
    }

    [Fact]
    public void An_image_without_the_label_names_none() =>
        Infer(Preference("root"), [])
            .Error!.Message.ShouldBe(
                "unable to find required instancetype.kubevirt.io/default-preference label on the image "
                    + "quay.io/vireo/tiny:1.0 of volume root"
            );

    private static MachineMatcher Type(string volume, string? policy = null) =>
        MachineMatcher.Of(new InstancetypeMatcher { InferFromVolume = volume, InferFromVolumeFailurePolicy = policy })!;

    private static MachineMatcher Preference(string volume) =>
        MachineMatcher.Of(new PreferenceMatcher { InferFromVolume = volume })!;

    private static InferredMatcher Infer(MachineMatcher matcher, Dictionary<string, string>? labels) =>
        InferredMatchers.Of(
            matcher,
            Samples.InstanceSpec(),
            image => image == ImageNames.Normalize("quay.io/vireo/tiny:1.0") ? labels : null
        );
}
