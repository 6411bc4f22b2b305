using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Controllers.Scheduling;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Migrations;

/// <summary>Brings each migration to its end: gathers what the next step depends on, and carries it out.</summary>
/// <remarks>
/// One at a time, so that limits hold. What it must not forget is in the API: a step that was made and not told is
/// found again in the instance's status.
/// </remarks>
internal sealed class MigrationReconciler(
    KubernetesClient client,
    ClusterView cluster,
    MigrationView migrations,
    HostRoom room,
    EventRecorder events,
    TimeProvider time,
    ILogger logger
) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (migrations.Find(key) is not { } migration)
        {
            return Outcome.Settled;
        }

        if (MigrationNames.IsFinal(migration))
        {
            await TrimAsync(MigrationView.InstanceOf(migration), ct);
        }

        var scene = SceneOf(migration, cluster.Instances.Find(MigrationView.InstanceOf(migration)));
        if (MigrationPlan.IsInDoubt(scene))
        {
            // The copy of the instances may be behind that of the migrations.
            var instance = await client.FindAsync<VirtualMachineInstance>(MigrationView.InstanceOf(migration), ct);
            scene = scene with { Instance = instance };
        }

        var decision = MigrationPlan.Next(scene);
        return decision is MigrationDecision.ChooseTarget
            ? await AssignAsync(scene, ct)
            : await CarryOutAsync(scene, decision, ct);
    }

    private MigrationScene SceneOf(VirtualMachineInstanceMigration migration, VirtualMachineInstance? instance)
    {
        var now = time.GetUtcNow();
        var state = instance?.Status?.MigrationState;
        var others = migrations.Open.UnionBy(
            migrations.Of(MigrationView.InstanceOf(migration)),
            one => one.Metadata.Uid,
            StringComparer.Ordinal
        );
        return new(migration, instance, [.. others.Select(AsFarAsItIs)], cluster.Configuration, now)
        {
            IsTargetHeard = state?.TargetNode is not { } target || IsHeard(target, now),
            IsSourceHeard = state?.SourceNode is not { } source || IsHeard(source, now),
            IsSourceRemoved = state?.SourceNode is { } left && !IsKnown(left),
        };
    }

    private bool IsKnown(string host) => cluster.Hosts.Find(new(null, host)) is not null;

    private bool IsHeard(string host, DateTimeOffset now) =>
        IsKnown(host) && HostCandidate.IsFresh(cluster.Leases.Find(new(ClusterView.LeaseNamespace, host)), now);

    private VirtualMachineInstanceMigration AsFarAsItIs(VirtualMachineInstanceMigration other) =>
        MigrationQueue.AsFarAs(
            other,
            cluster.Instances.Find(MigrationView.InstanceOf(other)) is { } seen ? room.AsChosen(seen) : null
        );

    private async Task<Outcome> CarryOutAsync(MigrationScene scene, MigrationDecision decision, CancellationToken ct)
    {
        switch (decision)
        {
            case MigrationDecision.Tell(var status):
                await TellAsync(scene, status, ct);
                return Outcome.Progressed;
            case MigrationDecision.ChangeInstance(var instance):
                await client.ReplaceAsync(instance, ct);
                return new Outcome.Waiting("the instance as it is now", TimeSpan.FromSeconds(1));
            case MigrationDecision.Release:
                await ReleaseAsync(scene.Migration, ct);
                return Outcome.Settled;
            case MigrationDecision.Remove:
                await RemoveAsync(scene.Migration, ct);
                return Outcome.Settled;
            case MigrationDecision.Wait(var on, var recheck):
                return new Outcome.Waiting(on, recheck);
            default:
                return Outcome.Settled;
        }
    }

    private async Task<Outcome> AssignAsync(MigrationScene scene, CancellationToken ct)
    {
        var instance = scene.Instance!;
        var (decision, assigned) = room.Choose(
            candidates => MigrationTargets.Choose(instance, scene.Migration, candidates, scene.Configuration),
            host => MigrationStates.Assigned(instance, scene.Migration.Metadata.Uid!, host)
        );
        if (assigned is null)
        {
            var why = decision is PlacementDecision.Unplaceable nowhere ? nowhere.Message : "";
            return await CarryOutAsync(scene, MigrationPlan.Unplaceable(scene, why), ct);
        }

        try
        {
            await client.ReplaceAsync(assigned, ct);
        }
        catch
        {
            room.Forget(assigned);
            throw;
        }

        var state = assigned.Status!.MigrationState!;
        logger.MigrationAssigned(ResourceKey.Of(instance), state.SourceNode, state.TargetNode);
        return new Outcome.Waiting("the instance as it is now", TimeSpan.FromSeconds(1));
    }

    private async Task TellAsync(
        MigrationScene scene,
        VirtualMachineInstanceMigrationStatus status,
        CancellationToken ct
    )
    {
        var migration = scene.Migration;
        var written = await client.ReplaceStatusAsync(migration with { Status = status }, ct);
        migrations.Remember(written);
        if (MigrationNews.Of(migration.Status, status) is var (type, reason, message))
        {
            logger.MigrationPhase(ResourceKey.Of(migration), $"{status.Phase}", message);
            IResource about = scene.Instance is { } instance ? instance : migration;
            await events.RecordAsync(about, type, reason, message, ct);
        }
    }

    private async Task ReleaseAsync(VirtualMachineInstanceMigration migration, CancellationToken ct)
    {
        var left = migration.Metadata.Finalizers!.Where(name => name != MigrationNames.Finalizer);
        var change = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = migration.Metadata.ResourceVersion,
                ["finalizers"] = new JsonArray([.. left.Select(name => (JsonNode)name)]),
            },
        };
        try
        {
            var written = await client.PatchAsync<VirtualMachineInstanceMigration>(
                ResourceKey.Of(migration),
                Patch.Merge(change),
                ct
            );
            migrations.Remember(written);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // It is gone already.
        }
    }

    /// <summary>Only the newest of an instance are kept.</summary>
    private async Task TrimAsync(ResourceKey instance, CancellationToken ct)
    {
        foreach (var surplus in MigrationQueue.Surplus(migrations.Of(instance)).ToList())
        {
            await RemoveAsync(surplus, ct);
        }
    }

    private async Task RemoveAsync(VirtualMachineInstanceMigration migration, CancellationToken ct)
    {
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = migration.Metadata.Uid } };
        await client.DeleteAsync<VirtualMachineInstanceMigration>(ResourceKey.Of(migration), options, ct);
        migrations.Forget(migration);
    }
}
