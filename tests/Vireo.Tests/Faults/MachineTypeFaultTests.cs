using System.Net;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Tests.Controllers.VirtualMachines;

namespace Vireo.Tests.Faults;

/// <summary>What is recorded of a machine is what its guest has, wherever its controllers were ended.</summary>
public sealed class MachineTypeFaultTests
{
    private static readonly HostFacts Upgraded = MachineTypeRoom.Qemu("6.2", "7.2", "8.2");

    /// <summary>More than the story takes, so that the last is told without a fault.</summary>
    private const int MostWrites = 45;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_record_survives_an_end_of_the_controllers_between_any_two_writes() =>
        Parallel.ForEachAsync(
            Enumerable.Range(1, MostWrites),
            new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Ct },
            async (writes, _) =>
            {
                try
                {
                    await LiveAsync(writes);
                }
                catch (ShouldAssertException e)
                {
                    throw new ShouldAssertException($"Ended before write {writes}: {e.Message}", e);
                }
            }
        );

    private static async Task LiveAsync(int writes)
    {
        await using var room = await FaultRoom.OpenAsync();
        using var cut = new Cut(room, writes);

        // First boot; QEMU is upgraded; another boot; another type in the template, and a restart for it.
        await room.User.CreateAsync(MachineTypeRoom.Machine("vm", "q35"), Ct);
        await RunsAsync(room, "pc-q35-7.2", otherThan: null);
        room.Host.Upgrade(Upgraded);
        await RunsAsync(room, "pc-q35-7.2", await RestartAsync(room));
        await EditAsync(room, "pc-q35-8.2");
        await RunsAsync(room, "pc-q35-8.2", await RestartAsync(room));

        await Eventually.HoldsAsync(() =>
            room.GetMachineAsync("vm").GetAwaiter().GetResult()
                is { Status.MachineType: { Resolved: "pc-q35-8.2", Requested: "pc-q35-8.2", Pending: null } }
        );
        await Eventually.HoldsAsync(() => room.FaultAsync().GetAwaiter().GetResult() is null);
    }

    private static async Task RunsAsync(FaultRoom room, string type, string? otherThan)
    {
        await Eventually.HoldsAsync(() =>
            room.FindInstanceAsync("vm").GetAwaiter().GetResult()
                is { Status: { Phase: VirtualMachineInstancePhase.Running, Machine.Type: { } runs } } found
            && found.Metadata.Uid != otherThan
            && runs == type
        );
        (await room.Host.ObserveAsync(new(FaultRoom.Space, "vm"), Ct))!.MachineType.ShouldBe(type);
    }

    private static async Task<string> RestartAsync(FaultRoom room)
    {
        var uid = (await room.FindInstanceAsync("vm"))!.Metadata.Uid!;
        (await room.ActAsync("virtualmachines", "vm", "restart")).ShouldBe(HttpStatusCode.Accepted);
        return uid;
    }

    private static Task EditAsync(FaultRoom room, string type) =>
        room.User.ChangeAsync<VirtualMachine>(
            new(FaultRoom.Space, "vm"),
            found => MachineTypeRoom.WithType(found, type),
            Ct
        );
}
