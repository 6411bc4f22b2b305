using System.Globalization;
using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class InstanceActionsTests
{
    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        foreach (var row in DocTable.Read("src/Vireo.Rules/Actions/InstanceActions.cs"))
        {
            foreach (var (column, cell) in row.Skip(1))
            {
                Cell(InstanceActions.Check(row["subresource"], Find(column)))
                    .ShouldBe(cell, $"{row["subresource"]}, {column}");
            }
        }
    }

    [Fact]
    public void Every_subresource_of_an_instance_has_its_row()
    {
        DocTable
            .Read("src/Vireo.Rules/Actions/InstanceActions.cs")
            .Select(row => row["subresource"])
            .ShouldBe(
                Subresources.All.Where(one => one.Resource == "virtualmachineinstances").Select(one => one.Name),
                ignoreOrder: true
            );
        Should.Throw<ArgumentOutOfRangeException>(() => InstanceActions.Check("dance", Find("runs")));
    }

    [Theory]
    [InlineData("pause", "starting", "VM is not running")]
    [InlineData("pause", "paused", "VMI is already paused")]
    [InlineData("pause", "leaving", "VMI is being deleted")]
    [InlineData("unpause", "starting", "VMI is not running")]
    [InlineData("unpause", "runs", "VMI is not paused")]
    [InlineData("softreboot", "starting", "VMI is not running")]
    [InlineData("softreboot", "paused", "VMI is paused")]
    [InlineData("softreboot", "deaf", "VMI neither has the guest agent connected nor ACPI on")]
    [InlineData("reset", "starting", "Failed to reset non-running VMI with phase Scheduled")]
    [InlineData("guestosinfo", "agentless", "VMI does not have guest agent connected")]
    [InlineData("freeze", "agentless", "VMI does not have guest agent connected")]
    [InlineData("console", "starting", "VMI is not running")]
    [InlineData("console", "failed", "VMI is in failed status")]
    [InlineData("vnc", "succeeded", "VMI is not running")]
    [InlineData("portforward", "paused", "VMI is paused")]
    public void A_refusal_says_why(string subresource, string column, string message)
    {
        InstanceActions.Check(subresource, Find(column)).ShouldNotBeNull().Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("console", "autoattachSerialConsole", "No serial consoles are present.")]
    [InlineData("vnc", "autoattachGraphicsDevice", "No graphics devices are present.")]
    [InlineData("vnc/screenshot", "autoattachGraphicsDevice", "No graphics devices are present.")]
    public void What_the_guest_does_not_have_cannot_be_connected_to(string subresource, string field, string message)
    {
        var spec = Samples.InstanceSpec(($"domain.devices.{field}", "false"));

        ShouldBeRefused(
            InstanceActions.Check(subresource, Find("runs") with { Spec = spec }),
            ActionRefusal.BadRequest,
            message
        );
    }

    [Fact]
    public void Without_an_interface_there_is_nothing_to_forward_to()
    {
        var instance = Find("runs");

        ShouldBeRefused(
            InstanceActions.Check("portforward", instance with { Status = instance.Status! with { Interfaces = [] } }),
            ActionRefusal.BadRequest,
            "VMI has no network interface to forward to"
        );
    }

    private static string Cell(ActionDecision.Refuse? refusal) =>
        refusal?.Why switch
        {
            null => "-",
            ActionRefusal.BadRequest => "400",
            ActionRefusal.Conflict => "409",
            var other => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{other}")),
        };

    private static VirtualMachineInstance Find(string column) =>
        column switch
        {
            "starting" => Instance(VirtualMachineInstancePhase.Scheduled),
            "lost" => Instance(VirtualMachineInstancePhase.Unknown, "AgentConnected"),
            "succeeded" => Instance(VirtualMachineInstancePhase.Succeeded),
            "failed" => Instance(VirtualMachineInstancePhase.Failed),
            "runs" => Instance(VirtualMachineInstancePhase.Running, "AgentConnected"),
            "paused" => Instance(VirtualMachineInstancePhase.Running, "AgentConnected", "Paused"),
            "leaving" => Situations.Deleting(Instance(VirtualMachineInstancePhase.Running, "AgentConnected")),
            "agentless" => Instance(VirtualMachineInstancePhase.Running),
            "deaf" => Instance(VirtualMachineInstancePhase.Running) with
            {
                Spec = Samples.InstanceSpec(("domain.features.acpi.enabled", "false")),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "No such column."),
        };

    private static VirtualMachineInstance Instance(VirtualMachineInstancePhase phase, params string[] conditions) =>
        Samples.Instance(phase) with
        {
            Status = new()
            {
                Phase = phase,
                Conditions = [.. conditions.Select(type => new Condition { Type = type, Status = "True" })],
                Interfaces = [new() { Name = "default", IpAddress = "10.0.0.2" }],
            },
        };
}
