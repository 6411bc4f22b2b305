using System.Collections.Concurrent;
using System.Text.Json;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>The guests that are to come to this host: their disks and folders.</summary>
/// <remarks>
/// What is in a guest's folder from an earlier stay is removed first: what is sent goes over what is there, and stale
/// blocks would stay in between.
/// </remarks>
/// <param name="prepareDisks">Makes disks.</param>
/// <param name="moves">The hypervisor.</param>
/// <param name="settings">Where things are on this host.</param>
/// <param name="logs">Consoles' logs.</param>
/// <param name="time">Dates intents.</param>
internal sealed class Arrivals(
    PrepareDisks prepareDisks,
    IGuestMoves moves,
    InstanceSettings settings,
    ConsoleLogs logs,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<string, Arrival> _arrivals = new(StringComparer.Ordinal);

    /// <summary>The arrival of a move whose disks are ready; null when there is none.</summary>
    public Arrival? Find(string migrationUid) =>
        _arrivals.TryGetValue(migrationUid, out var arrival) && arrival.IsReady ? arrival : null;

    /// <summary>The instance of this name that is to come; null when none is.</summary>
    public string? UidOf(ResourceKey key) => _arrivals.Values.FirstOrDefault(each => each.Id.Key == key)?.Id.Uid;

    /// <summary>Why a guest cannot be made ready; null when it can, or nobody tried.</summary>
    public string? FaultOf(string migrationUid) => _arrivals.GetValueOrDefault(migrationUid)?.Fault;

    /// <summary>Begins to make a guest's disks ready, and calls back when they are or cannot be.</summary>
    public void Prepare(VirtualMachineInstance instance, string migrationUid, Action done)
    {
        var id = new DomainId(ResourceKey.Of(instance), instance.Metadata.Uid ?? "");
        var source = instance.Status?.MigrationState?.SourceNode ?? "";
        var arrival = new Arrival(id, migrationUid, source, new(settings.StateFolder, id.Uid));
        if (_arrivals.TryAdd(migrationUid, arrival))
        {
            arrival.Preparing = Task.Run(async () =>
            {
                await PrepareAsync(arrival, instance);
                done();
            });
        }
    }

    /// <summary>Says how each disk gets here, and writes down what the guest brings.</summary>
    /// <exception cref="ApiException">A disk cannot get here.</exception>
    public MoveTerms Accept(Arrival arrival, MoveOffer offer)
    {
        if (offer.Id != arrival.Id)
        {
            throw new ApiException(Reason.Conflict, $"{arrival.Id.Key} was to come, not {offer.Id.Key}.");
        }

        var terms = offer.Disks.Select(disk => TermsOf(arrival, disk)).ToList();
        var folder = arrival.Folder;
        folder.WriteIntent(
            new(offer.Uid, offer.Namespace, offer.Name, time.GetUtcNow())
            {
                BootId = settings.BootId,
                EndsOnReboot = offer.EndsOnReboot,
            }
        );
        if (offer.Reboot is { } reboot)
        {
            folder.WriteReboot(reboot);
        }

        if (offer.Freeze is { } freeze)
        {
            new FreezeFile(folder).Write(freeze);
        }

        arrival.Terms = terms;
        return new(settings.StateFolder, terms);
    }

    /// <summary>Takes a disk that nobody writes.</summary>
    /// <exception cref="ApiException">It was not agreed upon.</exception>
    public static Task TakeFileAsync(Arrival arrival, string volume, Stream content, CancellationToken ct)
    {
        var disk = arrival.Terms.Any(each => each.Volume == volume && each.Way == DiskWay.File)
            ? arrival.DiskOf(volume)
            : null;
        return disk is null
            ? throw new ApiException(Reason.NotFound, $"No file was agreed upon for volume {volume}.")
            : WholeFile.MakeAsync(
                disk.Path,
                async draft =>
                {
                    await using var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write);
                    await content.CopyToAsync(file, ct);
                }
            );
    }

    /// <summary>Takes what the guest wrote to its console before it came.</summary>
    public void TakeConsole(Arrival arrival, byte[] log) => logs.Of(arrival.Id.Uid).Inherit(log);

    /// <summary>The guest is here for good: what was made for it is its own.</summary>
    public void Settle(string uid)
    {
        var folder = new InstanceFolder(settings.StateFolder, uid);
        if (ReadNote(folder) is not { } note)
        {
            return;
        }

        foreach (var file in note.MadeFiles)
        {
            MadeFile.Keep(file);
        }

        File.Delete(NotePath(folder));
        Close(note.MigrationUid);
    }

    /// <summary>The guest is bound to this host, or is not to come any more: its streams end.</summary>
    private void Close(string migrationUid)
    {
        if (_arrivals.TryRemove(migrationUid, out var arrival))
        {
            arrival.End();
            moves.Forget(migrationUid);
        }
    }

    /// <summary>Removes what was made for a guest that did not come.</summary>
    public async Task ReleaseAsync(string uid)
    {
        foreach (var arrival in _arrivals.Values.Where(each => each.Id.Uid == uid).ToList())
        {
            arrival.End();
            await arrival.Preparing;
            Close(arrival.MigrationUid);
        }

        Remove(new(settings.StateFolder, uid), uid);
    }

    private async Task PrepareAsync(Arrival arrival, VirtualMachineInstance instance)
    {
        try
        {
            var uid = arrival.Id.Uid;
            Remove(arrival.Folder, uid);
            logs.Forget(uid);
            arrival.Folder.Create();
            var missing = MissingIn(instance);
            WriteNote(arrival.Folder, new(arrival.MigrationUid, missing));
            arrival.Disks = await prepareDisks(WithHostDisksMade(instance), arrival.Folder.Path, arrival.Ended);
            foreach (var path in missing)
            {
                MadeFile.Mark(path, uid);
            }

            arrival.IsReady = true;
        }
        catch (Exception e)
            when (e is DiskException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            arrival.Fault = e.Message;
        }
    }

    private static (DiskWay Way, string? Fault) WayOf(Arrival arrival, OfferedDisk offered, PreparedDisk? disk)
    {
        if (disk is null)
        {
            return (default, $"Volume {offered.Volume}: the host that the guest is to move to does not know it.");
        }

        var isOwn = disk.Path.StartsWith(arrival.Folder.Path + "/", StringComparison.Ordinal);
        var isShared = !isOwn && SharedFile.Is(disk.Path, offered.Probe);
        return DiskWays.Of(
            offered,
            new(
                disk.SizeBytes,
                disk.BackingDigest,
                isShared,
                IsForeign: !isOwn && !isShared && !MadeFile.IsFor(disk.Path, arrival.Id.Uid)
            )
        );
    }

    private static DiskTerms TermsOf(Arrival arrival, OfferedDisk offered) =>
        WayOf(arrival, offered, arrival.DiskOf(offered.Volume)) is { Fault: var fault, Way: var way } && fault is null
            ? new(offered.Volume, offered.Target, way)
            : throw new ApiException(Reason.BadRequest, fault!);

    private static IReadOnlyList<string> MissingIn(VirtualMachineInstance instance) =>
        [
            .. (instance.Spec.Volumes ?? [])
                .Select(volume => volume.HostDisk?.Path)
                .OfType<string>()
                .Where(path => !File.Exists(path)),
        ];

    /// <summary>A host disk that is not here is made as large as it is there, and then filled by the move.</summary>
    private static VirtualMachineInstance WithHostDisksMade(VirtualMachineInstance instance) =>
        instance with
        {
            Spec = instance.Spec with
            {
                Volumes =
                [
                    .. (instance.Spec.Volumes ?? []).Select(volume =>
                        volume.HostDisk is { } disk && SizeOf(instance, volume.Name) is { } size
                            ? volume with
                            {
                                HostDisk = disk with { Type = "DiskOrCreate", Capacity = Quantity.FromBytes(size) },
                            }
                            : volume
                    ),
                ],
            },
        };

    private static long? SizeOf(VirtualMachineInstance instance, string volume) =>
        instance.Status?.VolumeStatus?.FirstOrDefault(each => each.Name == volume)?.Size;

    private static void Remove(InstanceFolder folder, string uid)
    {
        foreach (var file in ReadNote(folder)?.MadeFiles ?? [])
        {
            MadeFile.Remove(file, uid);
        }

        folder.Delete();
    }

    private static string NotePath(InstanceFolder folder) => Path.Combine(folder.Path, "arrival.json");

    private static ArrivalNote? ReadNote(InstanceFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(NotePath(folder)), MoveJson.Default.ArrivalNote);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private static void WriteNote(InstanceFolder folder, ArrivalNote note) =>
        File.WriteAllBytes(NotePath(folder), JsonSerializer.SerializeToUtf8Bytes(note, MoveJson.Default.ArrivalNote));
}
