using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;

namespace Vireo.Tests.Rules.MachineTypes;

public sealed class MachineTypeSummariesTests
{
    [Theory]
    // What a host offers; the newest of the default family, how many, and all of them.
    [InlineData(
        "q35=pc-q35-10.1 pc=pc-i440fx-10.1 pc-q35-9.2 pc-q35-10.1 pc-i440fx-10.1 pc-i440fx-2.12 microvm",
        "pc-q35-10.1",
        5,
        "pc-q35-{10.1,9.2} pc-i440fx-{10.1,2.12} microvm"
    )]
    // The alias tells, though another version is newer; what it means need not be listed itself.
    [InlineData("q35=pc-q35-9.2 pc-q35-10.0", "pc-q35-9.2", 2, "pc-q35-{10.0,9.2}")]
    [InlineData(
        "pc-q35-rhel8.6.0 pc-q35-rhel9.6.0 pc-i440fx-rhel7.6.0!",
        "pc-q35-rhel9.6.0",
        3,
        "pc-q35-{rhel9.6.0,rhel8.6.0} pc-i440fx-rhel7.6.0"
    )]
    [InlineData("ubuntu=pc-i440fx-noble-v2 pc-i440fx-noble", null, 2, "pc-i440fx-{noble-v2,noble}")]
    [InlineData("isapc", null, 1, "isapc")]
    public void A_host_tells_in_short_what_it_offers(string types, string? newest, int count, string names)
    {
        var summary = MachineTypeSummaries.Of(Host("one", types.Split(' ')).Status!.MachineTypes!, "amd64");

        summary.ShouldBe(
            new()
            {
                Newest = newest,
                Count = count,
                Names = names,
            }
        );
    }

    [Fact]
    public void Types_of_guests_of_another_architecture_are_left_out_and_none_are_nothing()
    {
        var types = Host("one", "q35=pc-q35-9.2").Status!.MachineTypes!;

        MachineTypeSummaries.Of(types, "arm64").ShouldBeNull();
        MachineTypeSummaries
            .Of([.. types, new() { Name = "virt-9.2", Architecture = "arm64" }], "arm64")!
            .Newest.ShouldBe("virt-9.2");
    }
}
