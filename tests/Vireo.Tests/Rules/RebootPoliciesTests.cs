using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class RebootPoliciesTests
{
    private const string Off = "RebootPolicy is specified but the RebootPolicy feature gate is not enabled";

    private static readonly (string, string) Terminate = ("domain.rebootPolicy", "\"Terminate\"");

    public static IEnumerable<TheoryDataRow<string>> Gates() => [new("RebootPolicy"), new("RecreateVMIOnReboot")];

    [Theory]
    [InlineData("Terminate")]
    [InlineData("Reboot")]
    public void It_can_be_set_while_the_feature_is_on_as_it_is_by_default(string policy)
    {
        (string, string) change = ("domain.rebootPolicy", $"\"{policy}\"");

        Samples.Review(Samples.MachineWith(change)).Errors.ShouldBeEmpty();
        Samples.Review(Samples.Config(change)).Errors.ShouldBeEmpty();
        Samples.Review(Instance(change)).Errors.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void It_is_refused_while_the_feature_is_off(string gate)
    {
        ShouldBeRefused(Samples.MachineWith(Terminate), gate, "spec.template.spec.domain.rebootPolicy");
        ShouldBeRefused(Samples.Config(Terminate), gate, "spec.template.spec.domain.rebootPolicy");
        ShouldBeRefused(Instance(Terminate), gate, "spec.domain.rebootPolicy");
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void What_was_stored_while_it_was_on_can_be_changed_and_started_while_it_is_off(string gate)
    {
        var old = Samples.MachineWith(Terminate);
        var changed = Samples.MachineWith(Terminate, ("hostname", "\"x\""));

        Samples.Review(changed, old, Without(gate)).Errors.ShouldBeEmpty();
        Samples
            .Review(Samples.Config(Terminate, ("hostname", "\"x\"")), Samples.Config(Terminate), Without(gate))
            .Errors.ShouldBeEmpty();
        Samples.Review(Instance(Terminate), configuration: Without(gate), isSystem: true).Errors.ShouldBeEmpty();
        Samples
            .Review(Samples.MachineWith(("domain.rebootPolicy", "\"Reboot\"")), old, Without(gate))
            .Errors.ShouldHaveSingleItem()
            .Message.ShouldBe(Off);
        Samples.Review(Samples.MachineWith(), old, Without(gate)).Errors.ShouldBeEmpty("it can be taken out");
    }

    [Fact]
    public void Another_word_is_refused()
    {
        TemplateErrors.ShouldBeTheOnlyError(
            TemplateErrors.Errors(null, ("domain.rebootPolicy", "\"Restart\"")),
            "domain.rebootPolicy",
            "'Restart' is not supported; use Reboot or Terminate."
        );
    }

    [Theory]
    [InlineData(null, true, RebootPolicy.Reboot)]
    [InlineData("Reboot", true, RebootPolicy.Reboot)]
    [InlineData("Terminate", true, RebootPolicy.Terminate)]
    [InlineData("Terminate", false, RebootPolicy.Reboot)]
    public void It_counts_only_while_the_feature_is_on(string? policy, bool isOn, RebootPolicy expected)
    {
        var domain = Samples.InstanceSpec().Domain with { RebootPolicy = policy };

        RebootPolicies.Of(domain, isOn ? new() : Without("RebootPolicy")).ShouldBe(expected);
    }

    private static void ShouldBeRefused(IResource resource, string gate, string field) =>
        Samples
            .Review(resource, configuration: Without(gate))
            .Errors.ShouldHaveSingleItem()
            .ShouldBe(new(field, FieldErrorReason.FieldValueInvalid, Off));

    private static VirtualMachineInstance Instance(params (string Path, string Json)[] changes) =>
        Samples.Instance() with
        {
            Spec = Samples.InstanceSpec(changes),
        };

    private static KubeVirtConfiguration Without(string gate) =>
        new() { DeveloperConfiguration = new() { DisabledFeatureGates = [gate] } };
}
