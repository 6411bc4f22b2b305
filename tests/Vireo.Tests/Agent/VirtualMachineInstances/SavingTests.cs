using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Machines = Vireo.Tests.Rules.Samples;
using Phase = Vireo.Api.VirtualMachineInstancePhase;
using Shelves = Vireo.Tests.Rules.Shelves;

namespace Vireo.Tests.Agent;

/// <summary>What an agent does with the disks of a guest that ended because its machine is shelved.</summary>
public sealed class SavingTests : IAsyncDisposable
{
    private static readonly SavedDisks Saved = Shelves.Report with { Host = "node1" };

    private readonly AgentRoom _room = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DomainId Id { get; } = new(AgentRoom.Key, Samples.Instance.Metadata.Uid!);

    private string Disk => Path.Combine(_room.Folder.Path, "disks", "root.qcow2");

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task The_disks_are_there_until_the_report_that_they_are_saved_is_told()
    {
        await RunAsync();
        _room.Save = async (_, _, ct) =>
        {
            File.Exists(Disk).ShouldBeTrue();
            (await _room.Api.Client.FindAsync<VirtualMachineInstance>(AgentRoom.Key, ct))!.Status!.Phase.ShouldBe(
                Phase.Succeeded
            );
            return Saved;
        };

        await EndAsync();

        var ended = await _room.ReadAsync();
        ended.Status!.SavedDisks!.Image.ShouldBe(Saved.Image);
        ended.Metadata.Finalizers!.ShouldNotContain(KubeVirtNames.InstanceFinalizer);
        File.Exists(Disk).ShouldBeFalse();
    }

    [Fact]
    public async Task What_cannot_be_saved_is_told_and_tried_again_and_stays()
    {
        await RunAsync();
        var isFull = true;
        _room.Save = (_, _, _) =>
            isFull
                ? throw new DiskException("FailedDisk", "No space left on device", isTransient: true)
                : Task.FromResult(Saved);

        var outcome = await EndAsync();

        outcome.ShouldBe(new Outcome.Failed("FailedDisk", "No space left on device"));
        var stuck = await _room.ReadAsync();
        _room.Told(stuck, "Synchronized")!.Message.ShouldBe("No space left on device");
        stuck.Metadata.Finalizers!.ShouldContain(KubeVirtNames.InstanceFinalizer);
        File.Exists(Disk).ShouldBeTrue();
        isFull = false;
        await _room.SettleAsync();
        var ended = await _room.ReadAsync();
        ended.Status!.SavedDisks.ShouldNotBeNull();
        _room.Told(ended, "Synchronized").ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_that_was_killed_while_it_saved_goes_on()
    {
        await RunAsync();
        var never = new TaskCompletionSource<SavedDisks>();
        _room.Save = (_, _, _) => never.Task;
        var end = EndAsync();
        await Eventually.HoldsAsync(
            () => _room.Instances.Find(AgentRoom.Key)?.Status?.Phase is Phase.Succeeded,
            "it has ended"
        );
        _room.Save = (_, _, _) => Task.FromResult(Saved);
        _room.Restart();

        await _room.SettleAsync();

        (await _room.ReadAsync()).Status!.SavedDisks!.Image.ShouldBe(Saved.Image);
        never.SetResult(Saved with { Image = "late" });
        await end;
        (await _room.ReadAsync()).Status!.SavedDisks!.Image.ShouldBe(Saved.Image, "the killed one cannot write");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_machine_that_goes_nothing_is_saved(bool isGone)
    {
        await RunAsync();
        _room.Save = (_, _, _) => throw new InvalidOperationException("Nobody wants it.");
        if (isGone)
        {
            await _room.Api.Client.DeleteAsync<VirtualMachine>(AgentRoom.Key, null, Ct);
        }
        else
        {
            await _room.Api.Client.ChangeAsync<VirtualMachine>(
                AgentRoom.Key,
                vm => vm with { Metadata = vm.Metadata with { DeletionTimestamp = _room.Time.GetUtcNow() } },
                Ct
            );
        }

        await EndAsync();

        var ended = await _room.ReadAsync();
        ended.Status!.SavedDisks.ShouldBeNull();
        ended.Metadata.Finalizers!.ShouldNotContain(KubeVirtNames.InstanceFinalizer);
        File.Exists(Disk).ShouldBeFalse();
    }

    [Fact]
    public async Task A_guest_that_crashed_on_its_way_to_the_shelf_is_saved_as_well()
    {
        await RunAsync();
        _room.Save = (_, _, _) => Task.FromResult(Saved);
        _room.Simulated.End(Id, GuestState.Crashed);

        await _room.SettleAsync();

        var ended = await _room.ReadAsync();
        ended.Status!.Phase.ShouldBe(Phase.Failed);
        ended.Status.SavedDisks.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_guest_that_never_ran_leaves_what_was_saved_before()
    {
        _room.Save = (_, _, _) => throw new InvalidOperationException("Half of its disks may be missing.");
        _room.Prepare = async (_, folder, _) =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Disk)!);
            await File.WriteAllTextAsync(Disk, "the first of two", Ct);
            throw new DiskException("ErrImagePull", "no such image", isTransient: true);
        };
        await MakeAsync();
        await _room.PassAsync();

        await _room.DeleteAsync();
        await _room.SettleAsync();

        var ended = await _room.ReadAsync();
        ended.Status!.SavedDisks!.Image.ShouldBeNull();
        File.Exists(Disk).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Machines.MachineUid, true)]
    [InlineData("next", false)]
    public async Task Of_a_machine_that_it_may_not_see_it_saves_what_is_that_machines(string uid, bool isSaved)
    {
        await RunAsync();
        _room.Save = (_, _, _) => throw new DiskException("FailedDisk", "No space left on device", isTransient: true);
        await EndAsync();
        await _room.SyncAsync();
        var saved = false;
        _room.Save = (_, _, _) =>
        {
            saved = true;
            return Task.FromResult(Saved);
        };

        _room.Api.RefuseNext(uid);
        await _room.Reconciler.ReconcileAsync(AgentRoom.Key, Ct);

        saved.ShouldBe(isSaved);
        File.Exists(Disk).ShouldBeFalse();
    }

    private async Task RunAsync()
    {
        await MakeAsync();
        await _room.SettleAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(Disk)!);
        await File.WriteAllTextAsync(Disk, "what the guest wrote", Ct);
    }

    private async Task MakeAsync()
    {
        await _room.Api.Client.CreateAsync(
            Machines.Machine() with
            {
                Metadata = new()
                {
                    Name = AgentRoom.Key.Name,
                    Namespace = AgentRoom.Key.Namespace,
                    Uid = Machines.MachineUid,
                },
            },
            Ct
        );
        var owner = Machines.Instance().Metadata.OwnerReferences!.Single();
        var marked = Shelves.Marked(Samples.Instance);
        await _room.CreateAsync(
            marked with
            {
                Metadata = marked.Metadata with { OwnerReferences = [owner with { Name = AgentRoom.Key.Name }] },
            }
        );
    }

    private async Task<Outcome> EndAsync()
    {
        await _room.DeleteAsync(grace: 30);
        _room.Simulated.End(Id, GuestState.ShutDown);
        return await _room.SettleAsync();
    }
}
