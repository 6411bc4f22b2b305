using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>How the disks of the host get here that a guest brings: nothing of another guest is written over.</summary>
public sealed class ArrivalsTests : IDisposable
{
    private const string Migration = "m1";
    private const long Size = 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly string _disk;
    private readonly ConsoleLogs _logs;

    public ArrivalsTests()
    {
        _disk = Path.Combine(_folder, "data.img");
        _logs = new(_folder, TimeProvider.System, NullLogger.Instance);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_disk_that_both_hosts_have_stays_where_it_is()
    {
        Make();
        using var mark = SharedFile.Write(_disk);

        (await WayAsync(mark.Probe)).ShouldBe(DiskWay.Shared);
    }

    [Fact]
    public async Task A_disk_that_is_another_one_here_is_not_written_over_though_its_path_is_the_same()
    {
        Make();

        (await Should.ThrowAsync<ApiException>(() => WayAsync("written-there"))).Message.ShouldContain(
            $"{_disk} is on both hosts and is not the same file"
        );
    }

    [Fact]
    public async Task What_another_move_wrote_beside_a_disk_does_not_make_it_shared()
    {
        Make();
        using var mark = SharedFile.Write(_disk);

        await Should.ThrowAsync<ApiException>(() => WayAsync("written-there"));
        await Should.ThrowAsync<ApiException>(() => WayAsync(probe: null));
    }

    [Fact]
    public async Task A_disk_that_is_not_here_is_made_and_sent() =>
        (await WayAsync("written-there")).ShouldBe(DiskWay.Changes);

    [Fact]
    public void A_disk_is_shared_while_what_was_written_beside_it_is_seen()
    {
        Make();
        var mark = SharedFile.Write(_disk);
        SharedFile.Is(_disk, mark.Probe).ShouldBeTrue();
        SharedFile.Is(Path.Combine(_folder, "other.img"), mark.Probe).ShouldBeFalse();

        mark.Dispose();

        SharedFile.Is(_disk, mark.Probe).ShouldBeFalse();
        Directory.GetFiles(_folder).ShouldBe([_disk]);
    }

    /// <summary>Its log was read here when it left, and not long ago: the file that was read is gone.</summary>
    [Fact]
    public async Task A_guest_that_comes_back_is_read_from_its_new_console()
    {
        var folder = new InstanceFolder(_folder, Samples.Instance.Metadata.Uid!);
        Write("before");
        Read().ShouldBe("before");

        await WayAsync("written-there");
        Write("after");

        Read().ShouldBe("after");

        void Write(string said)
        {
            folder.Create();
            File.WriteAllText(folder.Paths(null, "").ConsoleLog, said);
        }

        string Read() => Encoding.UTF8.GetString(_logs.Of(Samples.Instance.Metadata.Uid!).ReadTail(100));
    }

    private void Make() => File.WriteAllBytes(_disk, new byte[Size]);

    /// <summary>The way of the disk of a guest whose other host wrote this beside it.</summary>
    private async Task<DiskWay> WayAsync(string? probe)
    {
        var instance = Samples.Instance with
        {
            Spec = Samples.Instance.Spec with
            {
                Volumes =
                [
                    new()
                    {
                        Name = "data",
                        HostDisk = new() { Path = _disk, Type = "Disk" },
                    },
                ],
            },
            Status = new()
            {
                VolumeStatus =
                [
                    new()
                    {
                        Name = "data",
                        Target = "vda",
                        Size = Size,
                    },
                ],
            },
        };
        var hostDisks = new HostDiskMaker([_folder]);
        var hypervisor = new SimulatedHypervisor(SimulatedHost.Facts, TimeProvider.System);
        var arrivals = new Arrivals(
            async (vmi, _, _) => [await hostDisks.MakeAsync("data", vmi.Spec.Volumes![0].HostDisk!)],
            new SimulatedGuestMoves(hypervisor),
            new("here", _folder, "default", () => true),
            _logs,
            TimeProvider.System
        );
        var ready = new TaskCompletionSource();
        arrivals.Prepare(instance, Migration, ready.SetResult);
        await ready.Task;
        var offer = new MoveOffer(instance.Metadata.Uid!, instance.Metadata.Namespace!, instance.Metadata.Name!)
        {
            Disks = [new("data", "vda", _disk, Size, BackingDigest: null, IsReadOnly: false, probe)],
        };
        return arrivals.Accept(arrivals.Find(Migration)!, offer).Disks.ShouldHaveSingleItem().Way;
    }
}
