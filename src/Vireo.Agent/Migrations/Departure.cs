using System.Net.Http.Json;
using System.Xml.Linq;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Carries out one move of a guest away from this host, from the offer to the end.</summary>
/// <param name="tools">What it is done with.</param>
/// <param name="instance">The instance when the move began.</param>
internal sealed class Departure(DepartureTools tools, VirtualMachineInstance instance) : IDisposable
{
    /// <summary>How often it is looked at; told is once a second at most.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a target whose agent is just coming back is waited for.</summary>
    private static readonly TimeSpan OfferPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ConsolePatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _abort = new();
    private readonly DomainId _id = new(ResourceKey.Of(instance), instance.Metadata.Uid ?? "");
    private readonly VirtualMachineInstanceMigrationState _state = instance.Status!.MigrationState!;
    private MoveWatch? _watch;

    /// <summary>The move.</summary>
    public string MigrationUid => _state.MigrationUid!;

    private Peer Target => new(_state.TargetNode!, _state.TargetNodeAddress!);

    private InstanceFolder Folder => new(tools.Settings.StateFolder, _id.Uid);

    /// <summary>Gives the move up: the guest stays.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Moves the guest.</summary>
    /// <exception cref="Exception">The guest did not move, or nobody knows.</exception>
    public async Task RunAsync()
    {
        var domain =
            await tools.Moves.DescribeAsync(_id, _abort.Token)
            ?? throw new HypervisorException("The guest has ended.", isTransient: false);
        var (offer, terms) = await OfferAsync(domain, _abort.Token);
        foreach (var disk in terms.Disks.Where(disk => disk.Way == DiskWay.File))
        {
            await SendFileAsync(offer.Disks.First(each => each.Target == disk.Target), _abort.Token);
        }

        var move = MoveOf(domain, offer, terms);
        var limits = MoveLimits.Of(tools.Migrations, BytesOf(offer, terms));
        var forwarders = Enum.GetValues<MoveChannel>().Select(channel => ForwarderOf(channel, terms)).ToList();
        try
        {
            foreach (var forwarder in forwarders)
            {
                forwarder.Start();
            }

            // Not to be cancelled: the hypervisor is told to abort, and says when it has.
            var moving = tools.Moves.MoveAsync(_id, move, CancellationToken.None);
            await FollowAsync(
                moving,
                new MoveWatch(tools, instance, limits, move.StandsStill ? MoveHaste.Pause : null)
            );
        }
        finally
        {
            foreach (var forwarder in forwarders)
            {
                await forwarder.DisposeAsync();
            }
        }

        await SendConsoleAsync();
    }

    public void Dispose() => _abort.Dispose();

    private async Task<(MoveOffer, MoveTerms)> OfferAsync(XElement domain, CancellationToken ct)
    {
        var marks = new List<SharedFile.Mark>();
        try
        {
            var offer = new MoveOffer(_id.Uid, _id.Key.Namespace ?? "", _id.Key.Name)
            {
                Disks = SourceDisks.Of(
                    domain,
                    Folder.Path,
                    path =>
                    {
                        marks.Add(SharedFile.Write(path));
                        return marks[^1].Probe;
                    }
                ),
                EndsOnReboot = LifecycleXml.EndsOnReboot(domain),
                Reboot = Folder.ReadReboot(),
                Freeze = new FreezeFile(Folder).Read(),
            };
            return (offer, await AskAsync(offer, ct));
        }
        finally
        {
            marks.ForEach(mark => mark.Dispose());
        }
    }

    /// <summary>An agent that was restarted since it invited the guest makes itself ready anew.</summary>
    private async Task<MoveTerms> AskAsync(MoveOffer offer, CancellationToken ct)
    {
        var begun = tools.Time.GetTimestamp();
        while (true)
        {
            try
            {
                using var body = JsonContent.Create(offer, MoveJson.Default.MoveOffer);
                return await tools.Peers.AskAsync(
                    Target,
                    (HttpMethod.Post, PathOf("offer"), body),
                    MoveJson.Default.MoveTerms,
                    ct
                );
            }
            catch (ApiException e)
                when (e.Reason is Reason.Conflict or Reason.Unreachable or Reason.Timeout
                    && tools.Time.GetElapsedTime(begun) < OfferPatience
                )
            {
                await Task.Delay(Period, tools.Time, ct);
            }
        }
    }

    private async Task SendFileAsync(OfferedDisk disk, CancellationToken ct)
    {
        await using var file = File.OpenRead(disk.Path);
        using var body = new StreamContent(file);
        await tools.Peers.AskAsync(
            Target,
            (HttpMethod.Put, PathOf($"files/{Uri.EscapeDataString(disk.Volume)}"), body),
            MoveJson.Default.GuestAnswer,
            ct
        );
    }

    /// <summary>The guest runs on the other host: that its old log is there is a courtesy, not a condition.</summary>
    private async Task SendConsoleAsync()
    {
        using var limit = new CancellationTokenSource(ConsolePatience, tools.Time);
        try
        {
            using var body = new ByteArrayContent(tools.Logs.Of(_id.Uid).ReadTail(ConsoleLogs.KeptBytes));
            await tools.Peers.AskAsync(
                Target,
                (HttpMethod.Put, PathOf("console"), body),
                MoveJson.Default.GuestAnswer,
                limit.Token
            );
        }
        catch (Exception e) when (e is ApiException or IOException or OperationCanceledException)
        {
            tools.Logger.ConsoleNotSent(_id.Key, e.Message);
        }
    }

    private async Task FollowAsync(Task moving, MoveWatch watch)
    {
        _watch = watch;
        string? abortReason = null;
        while (!moving.IsCompleted)
        {
            await PauseAsync(moving, isAborting: abortReason is not null);
            if (moving.IsCompleted)
            {
                break;
            }

            try
            {
                abortReason ??= _abort.IsCancellationRequested
                    ? "The migration was cancelled."
                    : await watch.LookAsync();
                if (abortReason is not null)
                {
                    await tools.Moves.AbortAsync(_id, CancellationToken.None);
                }
            }
            catch (HypervisorException)
            {
                // It is away, or the job is just coming or going: the move itself will tell.
            }
        }

        try
        {
            await moving;
        }
        catch (HypervisorException e) when (abortReason is not null)
        {
            throw new HypervisorException(abortReason, isTransient: true, e);
        }
    }

    private async Task PauseAsync(Task moving, bool isAborting)
    {
        using var wake = isAborting
            ? new CancellationTokenSource()
            : CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        await Task.WhenAny(moving, Task.Delay(isAborting ? Period / 5 : Period, tools.Time, wake.Token));
        await wake.CancelAsync();
    }

    private GuestMove MoveOf(XElement domain, MoveOffer offer, MoveTerms terms)
    {
        var standsStill = Standstill.IsNeeded(DomainXml.IsEmulated(domain), tools.Settings.LiveMovesUnderEmulation);
        return new(TargetXml.Of(domain, tools.Settings.StateFolder, terms.StateFolder), MigrationUid)
        {
            SentDisks =
            [
                .. terms.Disks.Where(disk => disk.Way is DiskWay.Changes or DiskWay.Whole).Select(disk => disk.Target),
            ],
            SendsChangesOnly = DiskWays.SendsChangesOnly(terms.Disks),
            SharesDisks = terms.Disks.Any(disk =>
                disk.Way == DiskWay.Shared && !offer.Disks.First(each => each.Target == disk.Target).IsReadOnly
            ),
            BytesPerSecond = tools.Migrations?.BandwidthPerMigration?.Value ?? 0,
            StandsStill = standsStill,
            MaySlowDown = !standsStill && tools.Migrations?.AllowAutoConverge == true,
            MayPostCopy = !standsStill && tools.Migrations?.AllowPostCopy == true,
        };
    }

    private long BytesOf(MoveOffer offer, MoveTerms terms) =>
        (MemoryXml.GuestBytes(instance.Spec.Domain) ?? 0)
        + offer
            .Disks.Where(disk =>
                terms.Disks.Any(each => each.Target == disk.Target && each.Way is DiskWay.Changes or DiskWay.Whole)
            )
            .Sum(disk => disk.SizeBytes);

    private MoveForwarder ForwarderOf(MoveChannel channel, MoveTerms terms) =>
        new(
            tools.Moves.SocketOf(MigrationUid, channel).Path,
            terms.IsPlain(channel, tools.Migrations?.DisableTLS == true)
                ? ct => tools.Peers.OpenPlainAsync(Target, PathOf($"streams/{channel}"), ct)
                : ct => tools.Peers.OpenAsync(Target, PathOf($"streams/{channel}"), ct),
            channel == MoveChannel.Control ? Lost.AgreeAsync : null,
            tools.Logger
        );

    private LostPeer Lost => new(tools, _id, Target, MigrationUid, () => _watch?.IsWhole != false);

    private string PathOf(string what) => $"{MoveDoor.Root}{MigrationUid}/{what}";
}

/// <summary>Ends a guest's domain on this host at once; does nothing when there is none.</summary>
internal delegate Task DestroyGuest(DomainId id, CancellationToken ct);

/// <summary>What guests are moved away with.</summary>
internal sealed record DepartureTools(
    KubernetesClient Client,
    IGuestMoves Moves,
    PeerTalk Peers,
    InstanceSettings Settings,
    ConsoleLogs Logs,
    TimeProvider Time,
    ILogger Logger
)
{
    /// <summary>Ends a guest's domain on this host.</summary>
    public required DestroyGuest Destroy { get; init; }

    /// <summary>How guests are to move, as the cluster's configuration says now.</summary>
    public MigrationConfiguration? Migrations => Settings.Configuration().Migrations;
}
