using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.Migrations;

/// <summary>Makes and cancels migrations that nobody asked for by hand.</summary>
internal sealed class MigrationRequests(KubernetesClient client, EventRecorder events)
{
    /// <summary>What was just made takes a moment to be seen; what was refused may be allowed later.</summary>
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(10);

    /// <summary>Makes one.</summary>
    public async Task<Outcome> MakeAsync(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigration migration,
        string why,
        CancellationToken ct
    )
    {
        try
        {
            var made = await client.CreateAsync(migration, ct);
            await events.RecordAsync(
                instance,
                "Normal",
                "SuccessfulCreate",
                $"Made migration {made.Metadata.Name}: {why}.",
                ct
            );
        }
        catch (ApiException e) when (e.Reason is Reason.BadRequest or Reason.Invalid)
        {
            // Another is under way that the copy does not show yet, or it cannot move any more.
            return new Outcome.Waiting(e.Message, RecheckAfter);
        }

        return Outcome.Settled;
    }

    /// <summary>Cancels one.</summary>
    public async Task<Outcome> CancelAsync(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigration migration,
        string why,
        CancellationToken ct
    )
    {
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = migration.Metadata.Uid } };
        if (await client.DeleteAsync<VirtualMachineInstanceMigration>(ResourceKey.Of(migration), options, ct))
        {
            await events.RecordAsync(
                instance,
                "Normal",
                "SuccessfulChangeAbortion",
                $"Cancelled migration {migration.Metadata.Name}: {why}.",
                ct
            );
        }

        return Outcome.Settled;
    }
}
