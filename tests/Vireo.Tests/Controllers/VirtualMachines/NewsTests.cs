using Vireo.Api;
using Vireo.Controllers.VirtualMachines;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>Which events the writing of a status brings.</summary>
public sealed class NewsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 10, TimeSpan.Zero);

    [Fact]
    public void A_failure_is_told_when_it_is_new_or_another()
    {
        var failure = With("Failure", "True", "FailedCreate", "no room");

        News(null, failure).ShouldBe([("Warning", "FailedCreate", "no room")]);
        News(failure, failure).ShouldBeEmpty();
        News(failure, With("Failure", "True", "FailedDelete", "not allowed"))
            .ShouldBe([("Warning", "FailedDelete", "not allowed")]);
        News(failure, new()).ShouldBeEmpty();
    }

    [Fact]
    public void A_restart_that_is_due_is_told_once()
    {
        var due = With("RestartRequired", "True", null, "hostname");

        News(new(), due).ShouldBe([("Normal", "RestartRequired", "hostname")]);
        News(due, With("RestartRequired", "True", null, "hostname, subdomain")).ShouldBeEmpty();
    }

    [Fact]
    public void Each_reboot_of_the_guest_is_told()
    {
        var first = With("GuestRebooted", "True", "Reset", "again");
        var second = new VirtualMachineStatus
        {
            Conditions = [first.Conditions![0] with { LastTransitionTime = Now.AddSeconds(5) }],
        };

        News(null, first).ShouldBe([("Normal", "GuestRebooted", "again")]);
        News(first, second).ShouldBe([("Normal", "GuestRebooted", "again")]);
        News(second, second).ShouldBeEmpty();
    }

    [Fact]
    public void A_guest_that_came_to_another_machine_type_is_told_and_its_first_is_not()
    {
        var first = WithType("pc-q35-7.2", "Domain");
        var second = WithType("pc-q35-8.2", "Domain");

        News(new(), first).ShouldBeEmpty();
        News(first, first).ShouldBeEmpty();
        News(first, WithType("pc-q35-8.2", "Update")).ShouldBeEmpty();
        News(first, second)
            .ShouldBe([
                (
                    "Normal",
                    "MachineTypeChanged",
                    "The guest runs with machine type pc-q35-8.2; before it had pc-q35-7.2."
                ),
            ]);
    }

    [Fact]
    public void Other_conditions_are_no_event() => News(null, With("Ready", "True", null, "it runs")).ShouldBeEmpty();

    private static IEnumerable<(string, string, string)> News(
        VirtualMachineStatus? present,
        VirtualMachineStatus next
    ) => VirtualMachineReport.News(present, next);

    private static VirtualMachineStatus WithType(string resolved, string source) =>
        new()
        {
            MachineType = new() { Resolved = resolved, Source = source },
        };

    private static VirtualMachineStatus With(string type, string status, string? reason, string message) =>
        new()
        {
            Conditions =
            [
                new()
                {
                    Type = type,
                    Status = status,
                    Reason = reason,
                    Message = message,
                    LastTransitionTime = Now,
                },
            ],
        };
}
