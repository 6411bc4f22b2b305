using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>One program's claim to a lease: takes it when nobody renews it, keeps it, gives it up.</summary>
internal sealed class LeaseClaim(KubernetesClient client, ResourceKey key, string identity, TimeProvider time)
{
    private const int DurationSeconds = 15;

    private LeaseSpec? _seen;
    private long _seenAt;

    /// <summary>True when the last look found another holder whose time has not run out.</summary>
    public bool IsHeldByAnother { get; private set; }

    /// <summary>
    /// Takes or renews the lease; false when it is another's. Fails with Conflict when others were quicker.
    /// </summary>
    public async Task<bool> TryHoldAsync(CancellationToken ct)
    {
        IsHeldByAnother = false;
        var now = time.GetUtcNow();
        if (await client.FindAsync<Lease>(key, ct) is not { } lease)
        {
            await client.CreateAsync(
                new Lease
                {
                    Metadata = new() { Namespace = key.Namespace, Name = key.Name },
                    Spec = Taken(new LeaseSpec(), now),
                },
                ct
            );
            return true;
        }

        var spec = lease.Spec ?? new LeaseSpec();
        if (spec != _seen)
        {
            (_seen, _seenAt) = (spec, time.GetTimestamp());
        }

        var runsFor = TimeSpan.FromSeconds(spec.LeaseDurationSeconds ?? DurationSeconds);
        var isFree = string.IsNullOrEmpty(spec.HolderIdentity) || time.GetElapsedTime(_seenAt) >= runsFor;
        if (spec.HolderIdentity != identity && !isFree)
        {
            IsHeldByAnother = true;
            return false;
        }

        var wanted = spec.HolderIdentity == identity ? spec with { RenewTime = now } : Taken(spec, now);
        await client.ReplaceAsync(lease with { Spec = wanted with { LeaseDurationSeconds = DurationSeconds } }, ct);
        return true;
    }

    /// <summary>Lets the next one take it at once, if it is still ours.</summary>
    public async Task ReleaseAsync(CancellationToken ct) =>
        await client.ChangeAsync<Lease>(
            key,
            lease =>
                lease.Spec?.HolderIdentity == identity
                    ? lease with
                    {
                        Spec = lease.Spec with
                        {
                            HolderIdentity = "",
                            LeaseDurationSeconds = 1,
                            RenewTime = time.GetUtcNow(),
                        },
                    }
                    : lease,
            ct
        );

    private LeaseSpec Taken(LeaseSpec before, DateTimeOffset now) =>
        new()
        {
            HolderIdentity = identity,
            LeaseDurationSeconds = DurationSeconds,
            AcquireTime = now,
            RenewTime = now,
            LeaseTransitions = before.HolderIdentity is null ? 0 : (before.LeaseTransitions ?? 0) + 1,
        };
}
