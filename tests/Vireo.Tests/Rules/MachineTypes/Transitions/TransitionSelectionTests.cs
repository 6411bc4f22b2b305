using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

public sealed class TransitionSelectionTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("default", true)]
    [InlineData("other,default", true)]
    [InlineData("other", false)]
    public void A_machine_is_chosen_by_its_namespace(string? namespaces, bool isChosen) =>
        Includes(new() { Namespaces = namespaces?.Split(',', StringSplitOptions.RemoveEmptyEntries) })
            .ShouldBe(isChosen);

    [Theory]
    [InlineData(null, false, true)]
    [InlineData("Any", true, true)]
    [InlineData("Running", true, true)]
    [InlineData("Running", false, false)]
    [InlineData("Stopped", true, false)]
    [InlineData("Stopped", false, true)]
    public void A_machine_is_chosen_by_whether_it_runs(string? state, bool runs, bool isChosen) =>
        Includes(new() { State = state }, runs ? Instance("q35", "pc-q35-7.2") : null).ShouldBe(isChosen);

    [Theory]
    [InlineData(null, true)]
    [InlineData("*", true)]
    [InlineData("q35", true)]
    [InlineData("pc-q35-7.*", true)]
    [InlineData("pc-q35-?.2", true)]
    [InlineData("pc-q35-8.*", false)]
    [InlineData("PC-Q35-*", false)]
    public void A_machine_is_chosen_by_what_its_template_names_or_its_guest_has(string? glob, bool isChosen)
    {
        Includes(new() { MachineTypes = glob }, Instance("q35", "pc-q35-7.2")).ShouldBe(isChosen);
        Includes(new() { MachineTypes = glob }, null, Record("pc-q35-7.2", "q35")).ShouldBe(isChosen);
    }

    [Theory]
    [InlineData("In", "web,db", true)]
    [InlineData("In", "db", false)]
    [InlineData("NotIn", "db", true)]
    [InlineData("NotIn", "web", false)]
    [InlineData("Exists", "", true)]
    [InlineData("DoesNotExist", "", false)]
    public void A_machine_is_chosen_by_its_labels(string how, string values, bool isChosen) =>
        Includes(
                new()
                {
                    Selector = new()
                    {
                        MatchLabels = new Dictionary<string, string> { ["tier"] = "front" },
                        MatchExpressions =
                        [
                            new()
                            {
                                Key = "app",
                                Operator = how,
                                Values = values.Split(',', StringSplitOptions.RemoveEmptyEntries),
                            },
                        ],
                    },
                }
            )
            .ShouldBe(isChosen);

    [Fact]
    public void Labels_must_all_match() =>
        Includes(
                new()
                {
                    Selector = new()
                    {
                        MatchLabels = new Dictionary<string, string> { ["tier"] = "front", ["app"] = "db" },
                    },
                }
            )
            .ShouldBeFalse();

    private static bool Includes(
        MachineTypeTransitionSpec spec,
        VirtualMachineInstance? instance = null,
        MachineTypeRecord? record = null
    )
    {
        var machine = Machine("q35", record);
        machine = machine with
        {
            Metadata = machine.Metadata with
            {
                Labels = new Dictionary<string, string> { ["tier"] = "front", ["app"] = "web" },
            },
        };
        return TransitionSelection.Includes(spec, machine, instance, Pinned);
    }
}
