using System.Text.Json.Nodes;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using static Vireo.Tests.Controllers.VirtualMachines.MachineTypeRoom;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>The label restart-vm-required goes when the machine came to its new type, by whatever means.</summary>
public sealed class MachineTypeLabelTests
{
    [Theory]
    [InlineData("restart")]
    [InlineData("guest reboot")]
    [InlineData("guest shutdown")]
    [InlineData("stop")]
    [InlineData("edited back")]
    public async Task The_label_goes_with_the_new_type_in_effect_and_not_before(string how)
    {
        await using var room = await OpenAsync();
        var machine = WithDomain(
            Machine("vm", "pc-q35-6.2"),
            domain => domain with { RebootPolicy = nameof(RebootPolicy.Terminate) }
        );
        await room.BootAsync(machine);
        await TransitAsync(room, "pc-q35-7.2");
        await room.UntilRecordedAsync("vm", record => record.Pending?.Type == "pc-q35-7.2");
        await TouchAsync(room);
        HasLabel(room.Plane.Find<VirtualMachine>("vm", Space)!).ShouldBeTrue();

        var guest = (await room.Host.ObserveAsync(new(Space, "vm"), Ct))!.Id;
        switch (how)
        {
            case "restart":
                await room.ActAsync("vm", "restart");
                break;
            case "guest reboot":
                room.Host.Reboot(guest);
                break;
            case "guest shutdown":
                room.Host.End(guest, GuestState.ShutDown, EndCause.GuestShutdown);
                break;
            case "stop":
                await room.ActAsync("vm", "stop");
                break;
            default:
                await room.EditAsync("vm", "pc-q35-6.2");
                break;
        }

        var wanted = how == "edited back" ? "pc-q35-6.2" : "pc-q35-7.2";
        await room.UntilAsync("vm", found => !HasLabel(found));
        await room.UntilRecordedAsync("vm", record => record.Resolved == wanted && record.Pending is null);
    }

    [Fact]
    public async Task Controllers_that_begin_later_find_the_labels_of_machines_that_restarted_meanwhile()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "pc-q35-6.2"));
        await TransitAsync(room, "pc-q35-7.2");
        await room.UntilRecordedAsync("vm", record => record.Pending is not null);

        await room.ActAsync("vm", "stop");
        await room.Plane.StopControllersAsync();
        await room.Plane.RestartControllersAsync();

        await room.UntilAsync("vm", found => !HasLabel(found));
    }

    [Fact]
    public async Task Other_labels_stay()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "pc-q35-6.2"));
        await room.Plane.User.PatchAsync<VirtualMachine>(
            new(Space, "vm"),
            Patch.Merge(
                new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["a"] = "b" } } }
            ),
            Ct
        );
        await TransitAsync(room, "pc-q35-7.2");

        await room.RestartAsync("vm");

        var machine = await room.UntilAsync("vm", found => !HasLabel(found));
        machine.Metadata.Labels!["a"].ShouldBe("b");
    }

    /// <summary>As a transition writes it: the new type and the label together.</summary>
    private static Task TransitAsync(MachineTypeRoom room, string type) =>
        room.Plane.User.ChangeAsync<VirtualMachine>(
            new(Space, "vm"),
            found =>
                WithType(found, type) with
                {
                    Metadata = found.Metadata with
                    {
                        Labels = new Dictionary<string, string>(
                            found.Metadata.Labels ?? new Dictionary<string, string>(),
                            StringComparer.Ordinal
                        )
                        {
                            [KubeVirtNames.RestartRequiredLabel] = "true",
                        },
                    },
                },
            Ct
        );

    /// <summary>Something else is written, and all have looked at the machine again.</summary>
    private static async Task TouchAsync(MachineTypeRoom room)
    {
        await room.Plane.User.ChangeAsync<VirtualMachine>(
            new(Space, "vm"),
            found => found with { Spec = found.Spec with { RunStrategy = RunStrategy.RerunOnFailure } },
            Ct
        );
        await room.Plane.User.ChangeAsync<VirtualMachine>(
            new(Space, "vm"),
            found => found with { Spec = found.Spec with { RunStrategy = RunStrategy.Always } },
            Ct
        );
        var generation = (await room.Plane.User.FindAsync<VirtualMachine>(new(Space, "vm"), Ct))!.Metadata.Generation;
        await room.UntilAsync("vm", found => found.Status?.DesiredGeneration == generation);
    }

    private static bool HasLabel(VirtualMachine machine) =>
        machine.Metadata.Labels?.ContainsKey(KubeVirtNames.RestartRequiredLabel) == true;
}
