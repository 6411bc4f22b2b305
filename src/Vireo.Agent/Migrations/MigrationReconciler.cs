using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Carries out the moves of guests from and to this host, one step a pass.</summary>
/// <remarks>
/// What it decides by is read from the API and the hypervisor at each pass, not from what was heard: an agent that was
/// killed goes on where it was. An instance changes hosts in one write, made by the host that knows: the one that the
/// guest left, or else the one that it runs on.
/// </remarks>
internal sealed partial class MigrationReconciler(
    KubernetesClient client,
    IHypervisor hypervisor,
    MoveParts parts,
    InstanceSettings settings,
    InstanceVoice voice,
    TimeProvider time
) : IReconciler
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>There is something to look at: raised when work that goes on beside the passes is done.</summary>
    public event Action<ResourceKey>? Changed;

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        try
        {
            var (instance, present) = await client.GlimpseAsync<VirtualMachineInstance>(key, ct);
            return instance?.Status?.MigrationState switch
            {
                null => await ForgetAsync(key, present, ct),
                _ when instance.Status.NodeName == settings.NodeName
                        && instance.Status.MigrationState.SourceNode != settings.NodeName => Settle(instance),
                { MigrationUid: { } uid } state when state.SourceNode == settings.NodeName => await LeaveAsync(
                    instance,
                    uid,
                    ct
                ),
                { MigrationUid: { } uid } state when state.TargetNode == settings.NodeName => await ArriveAsync(
                    instance,
                    uid,
                    ct
                ),
                _ => Outcome.Settled,
            };
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound || e.UidOfOthers() is not null)
        {
            return new Outcome.Waiting("the instance as it is now", Soon);
        }
        catch (HypervisorException e)
        {
            return new Outcome.Failed("Hypervisor", e.Message);
        }
        catch (IOException e)
        {
            return new Outcome.Failed("StateFolder", e.Message);
        }
    }

    /// <summary>Nobody is to come under this name: what was made for one that was goes.</summary>
    private async Task<Outcome> ForgetAsync(ResourceKey key, string? present, CancellationToken ct)
    {
        if (
            parts.Arrivals.UidOf(key) is { } uid
            && present != uid
            && (await parts.Moves.LookAsync(new(key, uid), ct)).Place == GuestPlace.Absent
        )
        {
            await parts.Arrivals.ReleaseAsync(uid);
        }

        return Outcome.Settled;
    }

    private Outcome Settle(VirtualMachineInstance instance)
    {
        parts.Arrivals.Settle(instance.Metadata.Uid ?? "");
        return Outcome.Settled;
    }

    private async Task<Outcome> LeaveAsync(VirtualMachineInstance instance, string migrationUid, CancellationToken ct)
    {
        var id = IdOf(instance);
        var here = await parts.Moves.LookAsync(id, ct);
        var view = new SourceView
        {
            Instance = instance,
            Node = settings.NodeName,
            Here = here,
            End = here.Place == GuestPlace.Absent ? await FindEndAsync(id, ct) : null,
            HasBegun = parts.Departures.HasBegun(migrationUid),
            IsRunning = parts.Departures.IsRunning(migrationUid),
            Fault = parts.Departures.FaultOf(migrationUid),
        };
        var step = SourcePlan.Next(view);
        if (step is SourceStep.Ask)
        {
            var there = await AskAsync(instance.Status!.MigrationState!.TargetNode!, id, migrationUid, ct);
            step = SourcePlan.Next(view with { There = there });
        }

        return await ActAsync(step, instance, migrationUid, ct);
    }

    private async Task<Outcome> ActAsync(
        SourceStep step,
        VirtualMachineInstance instance,
        string migrationUid,
        CancellationToken ct
    )
    {
        var id = IdOf(instance);
        switch (step)
        {
            case SourceStep.Begin:
                return await BeginAsync(instance, migrationUid, ct);
            case SourceStep.Abort:
                parts.Departures.Abort(migrationUid);
                await ChangeAsync(id, now => MoveReport.Aborting(now, migrationUid), ct);
                await parts.Moves.AbortAsync(id, ct);
                return new Outcome.Waiting("the move to end", Soon);
            case SourceStep.Fail fail:
                return await FailAsync(id, migrationUid, fail.Reason, ct);
            case SourceStep.Complete:
                var result = parts.Moves.TakeResult(id)?.Progress;
                return await BindAsync(
                    id,
                    now => MoveReport.Completed(now, migrationUid, result, time.GetUtcNow()),
                    ct
                );
            case SourceStep.Resume:
                await parts.Control.ResumeAsync(id, ct);
                return Outcome.Progressed;
            case SourceStep.Destroy:
                await hypervisor.DestroyAsync(id, ct);
                return Outcome.Progressed;
            case SourceStep.Release:
                parts.Departures.Forget(migrationUid);
                parts.Moves.Forget(migrationUid);
                new InstanceFolder(settings.StateFolder, id.Uid).Delete();
                return Outcome.Settled;
            case SourceStep.Wait:
                return new Outcome.Waiting("the guest to move", Soon);
            default:
                return Outcome.Settled;
        }
    }

    private async Task<Outcome> BeginAsync(VirtualMachineInstance instance, string migrationUid, CancellationToken ct)
    {
        var begun = await ChangeAsync(IdOf(instance), now => MoveReport.Begun(now, migrationUid, time.GetUtcNow()), ct);
        if (begun is null || Moves.UnderWay(begun)?.MigrationUid != migrationUid)
        {
            return Outcome.Progressed;
        }

        var key = ResourceKey.Of(instance);
        parts.Departures.Begin(begun, () => Changed?.Invoke(key));
        await voice.MovingAsync(instance, begun.Status!.MigrationState!.TargetNode!, ct);
        return new Outcome.Waiting("the guest to move", Soon);
    }

    private async Task<Outcome> FailAsync(DomainId id, string migrationUid, string reason, CancellationToken ct)
    {
        var told = await ChangeAsync(id, now => MoveReport.Failed(now, migrationUid, reason, time.GetUtcNow()), ct);
        parts.Departures.Forget(migrationUid);
        parts.Moves.Forget(migrationUid);
        if (told is not null)
        {
            await voice.NotMovedAsync(told, reason, ct);
        }

        return Outcome.Settled;
    }

    private async Task<Outcome> BindAsync(
        DomainId id,
        Func<VirtualMachineInstance, VirtualMachineInstance> change,
        CancellationToken ct
    )
    {
        if (await ChangeAsync(id, change, ct) is { } bound)
        {
            await voice.MovedAsync(bound, ct);
        }

        return Outcome.Progressed;
    }

    private Task<VirtualMachineInstance?> ChangeAsync(
        DomainId id,
        Func<VirtualMachineInstance, VirtualMachineInstance> change,
        CancellationToken ct
    ) => client.ChangeAsync<VirtualMachineInstance>(id.Key, now => now.Metadata.Uid == id.Uid ? change(now) : now, ct);

    private async Task<GuestPlace> AskAsync(string node, DomainId id, string migrationUid, CancellationToken ct)
    {
        if (
            node == settings.NodeName
            || (await client.FindAsync<Host>(new(null, node), ct))?.Status?.Endpoint is not { } endpoint
        )
        {
            return GuestPlace.Unknown;
        }

        try
        {
            return await parts.Peers.AskAsync(new(node, endpoint), migrationUid, id, ct);
        }
        catch (ApiException)
        {
            return GuestPlace.Unknown;
        }
    }

    private async Task<GuestEnd?> FindEndAsync(DomainId id, CancellationToken ct) =>
        new InstanceFolder(settings.StateFolder, id.Uid).ReadIntent() is { } intent
            ? await hypervisor.FindEndAsync(id, intent.At, ct)
            : null;

    private static DomainId IdOf(VirtualMachineInstance instance) =>
        new(ResourceKey.Of(instance), instance.Metadata.Uid ?? "");
}
