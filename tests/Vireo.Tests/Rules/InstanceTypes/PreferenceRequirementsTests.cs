using Vireo.Rules;
using static Vireo.Tests.Rules.InstanceTypes.Sizes;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class PreferenceRequirementsTests
{
    private const string Prefix = "failure checking preference requirements: ";

    [Theory]
    [InlineData(
        "requirements.cpu.guest",
        "8",
        "insufficient CPU resources of 4 vCPU provided by instance type, preference requires 8 vCPU"
    )]
    [InlineData(
        "requirements.memory.guest",
        "\"3Gi\"",
        "insufficient Memory resources of 2Gi provided by instance type, preference requires 3Gi"
    )]
    [InlineData(
        "requirements.architecture",
        "\"arm64\"",
        "preference requires architecture arm64 but amd64 is being requested"
    )]
    public void What_the_instance_type_does_not_have_is_refused(string field, string json, string message)
    {
        var error = Refused(Machine(), Type(), Preference((field, json))).ShouldHaveSingleItem();

        error.Reason.ShouldBe(FieldErrorReason.FieldValueNotFound);
        error.Message.ShouldBe(Prefix + message);
    }

    [Fact]
    public void Just_enough_is_enough() =>
        Expanded(
            Machine(),
            Type(),
            Preference(
                ("requirements.cpu.guest", "4"),
                ("requirements.memory.guest", "\"2048Mi\""),
                ("requirements.architecture", "\"amd64\"")
            )
        );

    [Theory]
    // What the machine has, what is favoured, how many that is.
    [InlineData("sockets", "4", "sockets", 4)]
    [InlineData("sockets", "4", "cores", 0)]
    [InlineData("cores", "4", "sockets", 0)]
    [InlineData("cores", "4", "cores", 4)]
    [InlineData("threads", "4", "threads", 4)]
    [InlineData("cores", "4", "spread", 4)]
    [InlineData("threads", "4", "any", 4)]
    public void Without_a_type_what_is_favoured_counts(string has, string count, string favoured, long counted)
    {
        var machine = Machine(($"domain.cpu.{has}", count), ("domain.memory.guest", "\"1Gi\""));
        var preference = Preference(("cpu.preferredCPUTopology", $"\"{favoured}\""), ("requirements.cpu.guest", "5"));

        Refused(machine, null, preference)
            .ShouldHaveSingleItem()
            .Message.ShouldBe(
                $"{Prefix}insufficient CPU resources of {counted} vCPU provided by VirtualMachine, preference requires 5 "
                    + $"vCPU provided as {favoured}"
            );
    }

    [Fact]
    public void A_machine_that_says_nothing_of_its_topology_has_what_it_claims()
    {
        var preference = Preference(("cpu.preferredCPUTopology", "\"cores\""), ("requirements.cpu.guest", "2"));

        Expanded(Machine(("domain.resources.requests.cpu", "\"2\"")), null, preference);
        Refused(Machine(), null, preference).ShouldHaveSingleItem().Message.ShouldContain("of 1 vCPU");
    }

    [Fact]
    public void Memory_may_be_the_machine_s_or_what_it_claims()
    {
        var preference = Preference(("requirements.memory.guest", "\"1Gi\""));

        Expanded(Machine(("domain.memory.guest", "\"1Gi\"")), null, preference);
        Expanded(Machine(("domain.resources.requests.memory", "\"1Gi\"")), null, preference);
        Refused(Machine(("domain.memory.guest", "\"512Mi\"")), null, preference)
            .ShouldHaveSingleItem()
            .Message.ShouldBe(
                $"{Prefix}insufficient Memory resources of 512Mi provided by VirtualMachine, preference requires 1Gi"
            );
        Refused(Machine(), null, preference)
            .ShouldHaveSingleItem()
            .Message.ShouldBe($"{Prefix}no Memory resources provided by VirtualMachine, preference requires 1Gi");
    }

    [Fact]
    public void The_preferred_architecture_is_what_is_requested_when_the_machine_names_none()
    {
        var preference = Preference(("preferredArchitecture", "\"arm64\""), ("requirements.architecture", "\"arm64\""));

        Expanded(Machine(), Type(), preference).Template.Spec.Architecture.ShouldBe("arm64");
        Refused(Machine(("architecture", "\"amd64\"")), Type(), preference).ShouldHaveSingleItem();
    }
}
