using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;

namespace Vireo.Tests.Rules.MachineTypes;

/// <summary>What a preference names counts after template and image, and before all defaults.</summary>
public sealed class PreferredMachineTypeTests
{
    private const string Preferred = "pc-q35-7.2";

    [Theory]
    [InlineData(null, Preferred)]
    [InlineData("pc-q35-9.2", "pc-q35-9.2")]
    public void A_machine_without_a_record_boots_with_it_unless_its_template_names_another(
        string? template,
        string expected
    ) => MachineTypeRecords.ForNextBoot(Machine(template), new(), preference: Preferred).ShouldBe(expected);

    [Fact]
    public void A_record_comes_before_it() =>
        MachineTypeRecords
            .ForNextBoot(Machine(null, Record("pc-q35-9.2", null)), new(), preference: Preferred)
            .ShouldBe("pc-q35-9.2");

    [Fact]
    public void A_template_that_is_cleared_falls_back_on_it()
    {
        var record = MachineTypeRecords.Next(
            Machine(null, Record("pc-q35-9.2", "pc-q35-9.2")),
            instance: null,
            new(),
            Samples.Now,
            Preferred
        );

        (record!.Resolved, record.Source).ShouldBe((Preferred, "Preference"));
    }

    [Theory]
    [InlineData(null, MachineTypeVerdict.NotBooted)]
    [InlineData(Preferred, MachineTypeVerdict.NotOffered)]
    public void The_check_sees_that_no_host_offers_it(string? preferred, MachineTypeVerdict verdict) =>
        MachineTypeAudit
            .Of(Machine(null), instance: null, [Host("a", "q35=pc-q35-9.2", "pc-q35-9.2")], new(), preferred)
            .Verdict.ShouldBe(verdict);

    [Theory]
    [InlineData(null, null, Preferred, "its machine type is pc-q35-7.2 from its first boot on")]
    [InlineData(null, "pc-q35-9.2", Preferred, "its machine type stays pc-q35-9.2")]
    [InlineData("pc-q35-8.2", null, Preferred, "its machine type stays pc-q35-8.2")]
    [InlineData(null, "pc-i440fx-9.2", "q35", "its machine type stays pc-i440fx-9.2")]
    [InlineData(null, Preferred, Preferred, null)]
    [InlineData(null, "pc-q35-9.2", "q35", null)]
    [InlineData(null, "pc-q35-9.2", null, null)]
    public void Who_gives_a_machine_a_preference_is_told_when_its_type_differs(
        string? template,
        string? recorded,
        string? preferred,
        string? told
    )
    {
        var machine = Machine(template, recorded is null ? null : Record(recorded, null));

        var text = PreferredMachineType.Tell(machine, preferred, new());

        (text?[..(told?.Length ?? 0)]).ShouldBe(told);
    }

    [Fact]
    public void A_machine_that_is_older_than_records_is_recorded_with_it()
    {
        var record = MachineTypeRecords.Adopt(Machine(null), instance: null, [], new(), Samples.Now, Preferred);

        (record!.Resolved, record.Source).ShouldBe((Preferred, "Preference"));
    }
}
