using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <content>Guests that come to this host.</content>
internal sealed partial class MigrationReconciler
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _runsSince = new(StringComparer.Ordinal);

    private async Task<Outcome> ArriveAsync(VirtualMachineInstance instance, string migrationUid, CancellationToken ct)
    {
        var id = IdOf(instance);
        var here = await parts.Moves.LookAsync(id, ct);
        var runs = here.Place is GuestPlace.Running or GuestPlace.Paused;
        if (!runs)
        {
            _runsSince.TryRemove(migrationUid, out _);
        }

        var view = new TargetView
        {
            Instance = instance,
            Node = settings.NodeName,
            Endpoint = settings.Endpoint,
            Here = here,
            IsPrepared = parts.Arrivals.Find(migrationUid) is not null,
            Fault = parts.Arrivals.FaultOf(migrationUid),
            HasFolder = new InstanceFolder(settings.StateFolder, id.Uid).Exists,
            RunsSince = runs ? _runsSince.GetOrAdd(migrationUid, _ => time.GetUtcNow()) : null,
            Now = time.GetUtcNow(),
        };
        var step = TargetPlan.Next(view);
        if (step is TargetStep.Ask)
        {
            var there = await AskAsync(instance.Status!.MigrationState!.SourceNode!, id, migrationUid, ct);
            step = TargetPlan.Next(view with { There = there });
        }

        return await ActAsync(step, instance, migrationUid, ct);
    }

    private async Task<Outcome> ActAsync(
        TargetStep step,
        VirtualMachineInstance instance,
        string migrationUid,
        CancellationToken ct
    )
    {
        var id = IdOf(instance);
        switch (step)
        {
            case TargetStep.Prepare:
                parts.Arrivals.Prepare(instance, migrationUid, () => Changed?.Invoke(id.Key));
                return new Outcome.Waiting("the guest's disks", Soon);
            case TargetStep.Invite:
                await ChangeAsync(id, now => MoveReport.Invited(now, migrationUid, settings.Endpoint), ct);
                return Outcome.Settled;
            case TargetStep.Fail fail:
                return await FailAsync(id, migrationUid, fail.Reason, ct);
            case TargetStep.Claim:
                return await BindAsync(id, now => MoveReport.Claimed(now, migrationUid, time.GetUtcNow()), ct);
            case TargetStep.Discard:
                await hypervisor.DestroyAsync(id, ct);
                return Outcome.Progressed;
            case TargetStep.Release:
                await parts.Arrivals.ReleaseAsync(id.Uid);
                return Outcome.Settled;
            case TargetStep.Wait:
                return new Outcome.Waiting("the guest to move", Soon);
            default:
                return Outcome.Settled;
        }
    }
}
