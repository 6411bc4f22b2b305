using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Xml.Linq;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Moves guests by libvirt: this agent talks to both daemons, QEMU sends memory and disks.</summary>
/// <remarks>
/// Not peer to peer: a daemon that moves a guest by itself lets it go on as soon as it loses the other one, and that
/// one may run it already. An agent can ask first; and when the agent is killed, the guest stands still until the next
/// one has asked.
/// </remarks>
/// <param name="link">The connection.</param>
internal sealed class LibvirtGuestMoves(LibvirtLink link) : IGuestMoves
{
    private const long Mebibyte = 1L << 20;

    private readonly ConcurrentDictionary<string, MoveProgress> _results = new(StringComparer.Ordinal);

    public Task<GuestStand> LookAsync(DomainId id, CancellationToken ct) =>
        OnGuestAsync(
            id,
            domain => new GuestStand(PlaceOf(domain.GetState()), IsMoving(domain)),
            new(GuestPlace.Absent),
            ct
        );

    public Task<XElement?> DescribeAsync(DomainId id, CancellationToken ct) =>
        OnGuestAsync<XElement?>(
            id,
            domain => XElement.Parse(domain.GetXml(DomainXmlFlags.Migratable | DomainXmlFlags.Secure)),
            null,
            ct
        );

    public Task MoveAsync(DomainId id, GuestMove move, CancellationToken ct)
    {
        _results.TryRemove(id.Name, out _);
        return OnGuestAsync(
            id,
            domain =>
            {
                var control = Uri.EscapeDataString(SocketOf(move.MigrationUid, MoveChannel.Control).Path);
                try
                {
                    domain.Migrate($"qemu+unix:///system?socket={control}", FlagsOf(move), ParametersOf(move));
                }
                catch (LibvirtException e)
                {
                    // That a connection was lost may be said of the other host's daemon: this one is not away.
                    throw new HypervisorException(e.Reason, isTransient: true, e);
                }

                return true;
            },
            otherwise: false,
            ct
        );
    }

    public Task<MoveProgress?> ProgressAsync(DomainId id, CancellationToken ct) =>
        OnGuestAsync<MoveProgress?>(
            id,
            domain => domain.GetJobStats() is { Type: JobType.Bounded or JobType.Unbounded } job ? Read(job) : null,
            null,
            ct
        );

    public MoveProgress? TakeResult(DomainId id) => _results.TryRemove(id.Name, out var result) ? result : null;

    public Task AbortAsync(DomainId id, CancellationToken ct) => OnJobAsync(id, domain => domain.AbortJob(), ct);

    public Task HastenAsync(DomainId id, MoveHaste haste, CancellationToken ct) =>
        OnJobAsync(
            id,
            domain =>
            {
                if (haste == MoveHaste.PostCopy)
                {
                    domain.StartPostCopy();
                }
                else
                {
                    domain.Suspend();
                }
            },
            ct
        );

    public Task LimitDowntimeAsync(DomainId id, TimeSpan most, CancellationToken ct) =>
        OnJobAsync(id, domain => domain.SetMaxDowntime(most), ct);

    public MoveSocket SocketOf(string migrationUid, MoveChannel channel)
    {
        // Short: the paths of sockets have a limit, and the folder's path is near it.
        var name = $"v{migrationUid.Replace("-", "", StringComparison.Ordinal)[..8]}.{(int)channel}";
        return new(Path.Combine(link.Endpoint.RunFolder, name), Path.Combine(LibvirtEndpoint.KnownRunFolder, name));
    }

    public async Task<Stream> OpenAsync(string migrationUid, MoveChannel channel, CancellationToken ct)
    {
        var path = channel == MoveChannel.Control ? link.Endpoint.Socket : SocketOf(migrationUid, channel).Path;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"Nobody listens at {path} ({e.SocketErrorCode}).", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Forget(string migrationUid)
    {
        foreach (var channel in Enum.GetValues<MoveChannel>())
        {
            File.Delete(SocketOf(migrationUid, channel).Path);
        }
    }

    /// <summary>libvirt told how a move ended: it is known nowhere else once the guest is gone.</summary>
    public void Keep(JobEnded ended)
    {
        if (ended.Stats.Operation == JobOperation.MigrationOut)
        {
            _results[ended.Domain.Name] = Read(ended.Stats);
        }
    }

    private static MigrateFlags FlagsOf(GuestMove move) =>
        If(!move.StandsStill, MigrateFlags.Live)
        | If(
            move.SentDisks.Count > 0,
            move.SendsChangesOnly ? MigrateFlags.NonSharedIncremental : MigrateFlags.NonSharedDisk
        )
        | If(move.SharesDisks, MigrateFlags.Unsafe)
        | If(move.MaySlowDown, MigrateFlags.AutoConverge)
        | If(move.MayPostCopy, MigrateFlags.PostCopy);

    private MigrateParameters ParametersOf(GuestMove move) =>
        new()
        {
            MigrateUri = $"unix://{SocketOf(move.MigrationUid, MoveChannel.Memory).Known}",
            DisksUri =
                move.SentDisks.Count > 0 ? $"unix://{SocketOf(move.MigrationUid, MoveChannel.Disks).Known}" : null,
            Disks = move.SentDisks.Count > 0 ? move.SentDisks : null,
            DestinationXml = move.Domain.ToString(SaveOptions.DisableFormatting),
            BandwidthMiB = move.BytesPerSecond > 0 ? Math.Max(1, move.BytesPerSecond / Mebibyte) : null,
        };

    private static MigrateFlags If(bool holds, MigrateFlags flag) => holds ? flag : MigrateFlags.None;

    private static GuestPlace PlaceOf(DomainStatus status) =>
        status switch
        {
            { State: DomainState.ShutOff } => GuestPlace.Absent,
            {
                State: DomainState.Paused,
                Reason: DomainReason.PausedMigration
                    or DomainReason.PausedPostcopy
                    or DomainReason.PausedPostcopyFailed
                    or DomainReason.PausedStartingUp
            } => GuestPlace.Halted,
            { State: DomainState.Paused } => GuestPlace.Paused,
            _ => GuestPlace.Running,
        };

    private static bool IsMoving(LibvirtDomain domain)
    {
        try
        {
            return domain.GetJobStats() is { Type: JobType.Bounded or JobType.Unbounded } job
                && job.Operation is JobOperation.MigrationOut or JobOperation.MigrationIn;
        }
        catch (LibvirtException e) when (e.Code == ErrorCode.OperationUnsupported)
        {
            // So libvirt says of a guest that comes: only the host that it leaves counts.
            return true;
        }
    }

    private static MoveProgress Read(JobStats job) =>
        new(
            new()
            {
                MemoryProcessed = job.MemoryProcessedBytes,
                MemoryRemaining = job.MemoryRemainingBytes,
                MemoryTotal = job.MemoryTotalBytes,
                MemoryRate = job.MemoryBytesPerSecond,
                DirtyRate = job.MemoryDirtyPagesPerSecond * (job.MemoryPageBytes ?? 4096),
                Iteration = (int?)job.MemoryIteration,
                DiskRemaining = job.DiskTotalBytes > 0 ? job.DiskRemainingBytes : null,
                DiskTotal = job.DiskTotalBytes > 0 ? job.DiskTotalBytes : null,
                DowntimeMilliseconds = (long?)job.Downtime?.TotalMilliseconds,
                ElapsedMilliseconds = (long?)job.Elapsed?.TotalMilliseconds,
            },
            job.DataRemainingBytes ?? 0
        );

    /// <summary>Acts on a job, which may have ended by itself: that is no fault.</summary>
    private Task OnJobAsync(DomainId id, Action<LibvirtDomain> act, CancellationToken ct) =>
        OnGuestAsync(
            id,
            domain =>
            {
                try
                {
                    act(domain);
                }
                catch (LibvirtException e) when (e.Code == ErrorCode.OperationInvalid)
                {
                    return false;
                }

                return true;
            },
            otherwise: false,
            ct
        );

    private Task<T> OnGuestAsync<T>(DomainId id, Func<LibvirtDomain, T> act, T otherwise, CancellationToken ct) =>
        link.CallAsync(
            connection =>
            {
                using var domain = connection.FindDomain(id.Name);
                try
                {
                    return domain is not null && LibvirtGuest.Observe(domain)?.Uid == id.Uid ? act(domain) : otherwise;
                }
                catch (LibvirtException e) when (e.Code is ErrorCode.NoDomain or ErrorCode.OperationInvalid)
                {
                    // It ended in between.
                    return otherwise;
                }
            },
            ct
        );
}
