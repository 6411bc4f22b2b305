using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>When a copy of an instance is too old to carry out what was asked for.</summary>
public sealed class StateChangeRequestsTests
{
    private static readonly VirtualMachineStateChangeRequest StopOfB = new()
    {
        Action = StateChangeRequests.StopAction,
        Uid = "b",
    };

    private static readonly VirtualMachineStateChangeRequest StartTwo = StateChangeRequests.Numbered(
        StateChangeRequests.Start,
        2
    );

    [Theory]
    [InlineData(null, 0, true)]
    [InlineData("a", 0, true)]
    [InlineData("b", 0, false)]
    public void A_stop_of_an_instance_that_the_copy_does_not_show_is_in_doubt(
        string? uid,
        long serial,
        bool expected
    ) => StateChangeRequests.IsInDoubt(Status(StopOfB, StartTwo), Instance(uid, serial)).ShouldBe(expected);

    [Theory]
    [InlineData("a", 1, true)]
    [InlineData("b", 2, false)]
    [InlineData(null, 0, false)]
    public void A_start_that_is_newer_than_the_instance_is_in_doubt(string? uid, long serial, bool expected) =>
        StateChangeRequests.IsInDoubt(Status(StartTwo), Instance(uid, serial)).ShouldBe(expected);

    [Fact]
    public void Nothing_asked_for_is_not_in_doubt() =>
        StateChangeRequests.IsInDoubt(new(), Instance("a", 0)).ShouldBeFalse();

    private static VirtualMachineStatus Status(params VirtualMachineStateChangeRequest[] requests) =>
        new() { StateChangeRequests = requests };

    private static VirtualMachineInstance? Instance(string? uid, long serial) =>
        uid is null
            ? null
            : new()
            {
                Metadata = new()
                {
                    Name = "vm",
                    Uid = uid,
                    Annotations = new Dictionary<string, string>
                    {
                        [KubeVirtNames.StartSerialAnnotation] = $"{serial}",
                    },
                },
                Spec = new() { Domain = new() { Devices = new() } },
            };
}
