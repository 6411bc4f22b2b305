using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

public sealed class TransitionStepsTests
{
    [Fact]
    public void Defaults_move_each_line_to_what_every_host_offers_and_never_across()
    {
        var settled = TransitionSteps.Settle(new(), [Rhel9("nine"), Rhel10("ten")]);

        settled.Problems.ShouldBeEmpty();
        TargetBelow(settled, "pc-q35-rhel9.0.0").ShouldBe("pc-q35-rhel9.6.0");
        settled.Steps.ShouldAllBe(step => MachineType.Parse(step.Below)!.IsOfLineOf(MachineType.Parse(step.Target)!));
    }

    [Fact]
    public void Defaults_follow_the_hosts() =>
        TargetBelow(TransitionSteps.Settle(new(), [Rhel10("ten")]), "pc-q35-rhel9.0.0").ShouldBe("pc-q35-rhel10.0.0");

    [Fact]
    public void Defaults_are_constants_where_hosts_do_not_tell() =>
        TransitionSteps.Settle(new(), (IReadOnlyList<Host>)[]).Steps.ShouldBe(TransitionDefaults.Steps);

    [Fact]
    public void Each_line_of_the_defaults_is_there_once_and_moves_upwards()
    {
        var lines = TransitionDefaults.Steps.Select(step =>
            (Below: MachineType.Parse(step.Below)!, Target: MachineType.Parse(step.Target)!)
        );

        lines.Select(line => (line.Below.Family, line.Below.Vendor)).ShouldBeUnique();
        lines.ShouldAllBe(line => MachineType.Compare(line.Below, line.Target) != MachineTypeOrder.Newer);
        lines.ShouldAllBe(line => MachineType.Compare(line.Below, line.Target) != MachineTypeOrder.NotComparable);
    }

    [Fact]
    public void Where_families_may_change_i440fx_has_no_line_of_its_own() =>
        TransitionSteps
            .Settle(new() { AllowFamilyChange = true }, [Rhel10("ten")])
            .Steps.ShouldAllBe(step => MachineType.Parse(step.Below)!.Family != "pc");

    [Theory]
    [InlineData("pc-q35-7.0", null, "pc-q35-7.0", "pc-q35-9.2")]
    [InlineData("pc-q35-7.0", "newest", "pc-q35-7.0", "pc-q35-9.2")]
    [InlineData("pc-q35-7.0", "pc-q35-8.2", "pc-q35-7.0", "pc-q35-8.2")]
    [InlineData(null, "pc-q35-8.2", "pc-q35-8.2", "pc-q35-8.2")]
    [InlineData("", "pc-q35-8.2", "pc-q35-8.2", "pc-q35-8.2")]
    [InlineData("pc-i440fx-7.0", "pc-q35-8.2", "pc-i440fx-7.0", "pc-q35-8.2")]
    public void A_step_that_is_given_is_completed(string? below, string? target, string minimum, string name)
    {
        var settled = Settle(below, target);

        settled.Problems.ShouldBeEmpty();
        settled.Steps.ShouldBe([new() { Below = minimum, Target = name }]);
        TransitionSteps.Settle(new() { Steps = settled.Steps }, [Upstream("one")]).Steps.ShouldBe(settled.Steps);
    }

    [Theory]
    [InlineData("pc-q35-7.0", "pc-q35-9.1", "spec.steps[0].target: no host offers pc-q35-9.1; nearest: pc-q35-9.2")]
    [InlineData("pc-q35-rhel9.0.0", null, "spec.steps[0].target: no machine type of the family of pc-q35-rhel9.0.0")]
    [InlineData("pc-q35-10.0", null, "spec.steps[0]: pc-q35-9.2, the newest that every host offers, is older than")]
    public void A_step_that_no_host_can_take_keeps_the_transition_from_beginning(
        string below,
        string? target,
        string problem
    ) => Settle(below, target).Problems.ShouldHaveSingleItem().ShouldStartWith(problem);

    [Fact]
    public void Without_hosts_newest_is_the_constant() =>
        TransitionSteps
            .Settle(new() { Steps = [new() { Below = "pc-q35-rhel9.2.0" }] }, (IReadOnlyList<Host>)[])
            .Steps.ShouldBe([new() { Below = "pc-q35-rhel9.2.0", Target = "pc-q35-rhel9.6.0" }]);

    private static SettledSteps Settle(string? below, string? target) =>
        TransitionSteps.Settle(new() { Steps = [new() { Below = below, Target = target }] }, [Upstream("one")]);

    private static string? TargetBelow(SettledSteps settled, string below) =>
        settled.Steps.Single(step => step.Below == below).Target;
}
