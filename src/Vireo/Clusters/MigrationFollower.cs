using Vireo.Api;
using Vireo.Output;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Follows migrations to their ends, and tells on the way how far they are.</summary>
internal sealed class MigrationFollower(KubernetesClient client, TimeProvider time, TextWriter progress)
{
    /// <summary>How far a guest is changes once a second.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>The migrations of an instance.</summary>
    public async Task<IReadOnlyList<VirtualMachineInstanceMigration>> OfAsync(
        ResourceKey instance,
        CancellationToken ct
    ) =>
        await client.ListAllAsync<VirtualMachineInstanceMigration>(
            new ListQuery(instance.Namespace, FieldSelector: $"spec.vmiName={instance.Name}"),
            ct
        );

    /// <summary>Follows one until it has ended.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="instance">The instance that moves.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="ct">Ends the following, not the migration.</param>
    /// <returns>The migration as it was last; why it did not come to an end, null when it did.</returns>
    public async Task<(VirtualMachineInstanceMigration? Last, string? Why)> FollowAsync(
        ResourceKey migration,
        ResourceKey instance,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var (start, told) = (time.GetTimestamp(), "");
        VirtualMachineInstanceMigration? last = null;
        while (true)
        {
            var (found, guest) = await ReadAsync(migration, instance, ct);
            if (found is { } seen)
            {
                last = seen.Value;
                if (last is null)
                {
                    return (null, "the migration was cancelled, or its guest has ended");
                }

                if (MigrationNames.IsFinal(last))
                {
                    return (last, null);
                }

                var line = MigrationText.Line(last, guest);
                if (line != told)
                {
                    told = line;
                    await progress.WriteLineAsync($"VM {instance.Name}: {line}".AsMemory(), ct);
                }
            }

            if (time.GetElapsedTime(start) >= limit)
            {
                return (
                    last,
                    $"it did not end within {Durations.Text(limit)}, and goes on; now: {told}. --timeout waits longer."
                );
            }

            await Task.Delay(Look, time, ct);
        }
    }

    /// <summary>What is there now; no answer while the server is away.</summary>
    private async Task<(Seen? Migration, VirtualMachineInstance? Instance)> ReadAsync(
        ResourceKey migration,
        ResourceKey instance,
        CancellationToken ct
    )
    {
        try
        {
            return (
                new(await client.FindAsync<VirtualMachineInstanceMigration>(migration, ct)),
                await client.FindAsync<VirtualMachineInstance>(instance, ct)
            );
        }
        catch (ApiException e) when (e.IsTransient)
        {
            return (null, null);
        }
    }

    private sealed record Seen(VirtualMachineInstanceMigration? Value);
}
