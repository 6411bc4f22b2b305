using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class GuestTopologiesTests
{
    [Theory]
    // topology, across, ratio, older ratio, vCPUs: sockets x cores x threads
    [InlineData(null, null, null, null, 4, "4x1x1")]
    [InlineData("sockets", null, null, null, 4, "4x1x1")]
    [InlineData("preferSockets", null, null, null, 4, "4x1x1")]
    [InlineData("any", null, null, null, 4, "4x1x1")]
    [InlineData("preferAny", null, null, null, 4, "4x1x1")]
    [InlineData("cores", null, null, null, 4, "1x4x1")]
    [InlineData("preferCores", null, null, null, 4, "1x4x1")]
    [InlineData("threads", null, null, null, 4, "1x1x4")]
    [InlineData("preferThreads", null, null, null, 4, "1x1x4")]
    [InlineData("cores", null, null, null, 1, "1x1x1")]
    [InlineData("spread", null, null, null, 1, "1x1x1")]
    [InlineData("spread", null, null, null, 6, "3x2x1")]
    [InlineData("preferSpread", null, null, null, 6, "3x2x1")]
    [InlineData("spread", null, 3, null, 6, "2x3x1")]
    [InlineData("spread", null, null, 3, 6, "2x3x1")]
    [InlineData("spread", null, 2, 3, 6, "3x2x1")]
    [InlineData("spread", "SocketsCores", 4, null, 8, "2x4x1")]
    [InlineData("spread", "CoresThreads", null, null, 8, "1x4x2")]
    [InlineData("spread", "CoresThreads", 2, null, 2, "1x1x2")]
    [InlineData("spread", "SocketsCoresThreads", null, null, 8, "2x2x2")]
    [InlineData("spread", "SocketsCoresThreads", 4, null, 8, "1x4x2")]
    public void VCPUs_become_what_the_preference_has(
        string? topology,
        string? across,
        int? ratio,
        int? older,
        long vcpus,
        string arranged
    )
    {
        var preference = Preferred(topology, across, ratio, older);

        GuestTopologies.Check(vcpus, preference).ShouldBeNull();
        var of = GuestTopologies.Of(vcpus, preference);
        $"{of.Sockets}x{of.Cores}x{of.Threads}".ShouldBe(arranged);
        (of.Sockets * of.Cores * of.Threads).ShouldBe(vcpus);
    }

    [Theory]
    [InlineData(
        null,
        null,
        3,
        "3 vCPUs provided by the instance type are not divisible by the Spec.PreferSpreadSocketToCoreRatio or Spec.CPU.PreferSpreadOptions.Ratio of 2 provided by the preference"
    )]
    [InlineData(
        "SocketsCores",
        4,
        6,
        "6 vCPUs provided by the instance type are not divisible by the Spec.PreferSpreadSocketToCoreRatio or Spec.CPU.PreferSpreadOptions.Ratio of 4 provided by the preference"
    )]
    [InlineData(
        "CoresThreads",
        null,
        3,
        "3 vCPUs provided by the instance type are not divisible by the number of threads per core 2"
    )]
    [InlineData(
        "SocketsCoresThreads",
        null,
        6,
        "6 vCPUs provided by the instance type are not divisible by the number of threads per core 2 and Spec.PreferSpreadSocketToCoreRatio or Spec.CPU.PreferSpreadOptions.Ratio of 2"
    )]
    [InlineData("CoresThreads", 4, 8, "A ratio of 4 cannot be spread across cores and threads: the only one is 2.")]
    public void VCPUs_that_do_not_come_out_even_are_refused(string? across, int? ratio, long vcpus, string message) =>
        GuestTopologies.Check(vcpus, Preferred("spread", across, ratio, null))!.Message.ShouldBe(message);

    private static VirtualMachinePreferenceSpec Preferred(string? topology, string? across, int? ratio, int? older) =>
        new()
        {
            Cpu = new()
            {
                PreferredCPUTopology = topology,
                SpreadOptions = new() { Across = across, Ratio = ratio },
            },
            PreferSpreadSocketToCoreRatio = older,
        };
}
