using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Tells users and the log what was done about an instance.</summary>
/// <param name="events">Tells users.</param>
/// <param name="logger">Tells the operator.</param>
internal sealed class InstanceVoice(EventRecorder events, ILogger logger)
{
    public Task StartedAsync(VirtualMachineInstance instance, ObservedDomain seen, CancellationToken ct)
    {
        logger.GuestRuns(seen.Key, seen.MachineType);
        return events.RecordAsync(instance, "Normal", "Started", "The guest runs.", ct);
    }

    public Task ShuttingDownAsync(VirtualMachineInstance instance, CancellationToken ct) =>
        events.RecordAsync(instance, "Normal", "ShuttingDown", "The guest was asked to shut down.", ct);

    public async Task EndedAsync(VirtualMachineInstance instance, Step.Finish end, CancellationToken ct)
    {
        if (end.Reboot is { } reboot)
        {
            await RebootedAsync(instance, reboot, ct);
        }

        logger.GuestEnded(ResourceKey.Of(instance), end.Phase);
        await events.RecordAsync(instance, "Normal", "Stopped", $"The guest has ended: {end.Phase}.", ct);
    }

    public Task SavedAsync(VirtualMachineInstance instance, SavedDisks disks, CancellationToken ct) =>
        events.RecordAsync(
            instance,
            "Normal",
            "DisksSaved",
            disks.Image is { } image ? $"The guest's disks are saved as {image}." : "The guest left no disks to save.",
            ct
        );

    public Task RebootedAsync(VirtualMachineInstance instance, GuestReboot reboot, CancellationToken ct)
    {
        logger.GuestRebooted(ResourceKey.Of(instance), reboot.Source);
        return events.RecordAsync(instance, "Normal", GuestReboot.ConditionType, reboot.Message, ct);
    }

    public Task PluggedAsync(VirtualMachineInstance instance, HotplugNews news, CancellationToken ct)
    {
        logger.GuestPlugged(ResourceKey.Of(instance), news.Message);
        return news.IsGood
            ? events.RecordAsync(instance, "Normal", "Plugged", news.Message, ct)
            : events.RecordAsync(instance, "Warning", "PlugFailed", news.Message, ct);
    }

    public Task TroubledAsync(VirtualMachineInstance instance, InstanceProblem problem, CancellationToken ct)
    {
        logger.GuestTroubled(ResourceKey.Of(instance), problem.Reason, problem.Message);
        return events.RecordAsync(instance, "Warning", "SyncFailed", problem.Message, ct);
    }

    /// <summary>A domain of ours has no instance any more.</summary>
    public void Orphan(DomainId id) => logger.OrphanFound(id.Key, id.Uid);
}
