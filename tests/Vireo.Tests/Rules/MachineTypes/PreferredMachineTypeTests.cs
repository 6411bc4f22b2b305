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

    [Fact]
    public void A_machine_that_is_older_than_records_is_recorded_with_it()
    {
        var record = MachineTypeRecords.Adopt(Machine(null), instance: null, [], new(), Samples.Now, Preferred);

        (record!.Resolved, record.Source).ShouldBe((Preferred, "Preference"));
    }
}
