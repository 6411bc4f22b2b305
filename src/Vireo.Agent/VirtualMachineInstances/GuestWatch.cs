using System.Collections.Concurrent;

namespace Vireo.Agent;

/// <summary>
/// Asks guests about themselves, but not too often: each question costs the guest and the host some work.
/// </summary>
/// <param name="hypervisor">Who asks.</param>
/// <param name="time">Times the questions.</param>
internal sealed class GuestWatch(IHypervisor hypervisor, TimeProvider time)
{
    /// <summary>How often a guest is asked that has told all.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>How often a guest is asked whose addresses are not known yet.</summary>
    public static readonly TimeSpan EagerPeriod = TimeSpan.FromSeconds(2);

    /// <summary>After this a guest without an address is thought to want none.</summary>
    private static readonly TimeSpan EagerTime = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    /// <summary>What the guest says now; null when it has nothing new to say.</summary>
    public async Task<ObservedGuest?> AskAsync(ObservedDomain domain, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var last = _answers.GetValueOrDefault(domain.Id.Uid);
        if (last is not null && now < last.At + PauseAfter(last, now) && last.WasConnected == domain.IsAgentConnected)
        {
            return null;
        }

        var guest = await hypervisor.AskGuestAsync(domain.Id, domain.IsAgentConnected, ct);
        var hasAddresses =
            domain.Interfaces.Count == 0
            || domain.Interfaces.All(nic =>
                guest?.Interfaces.Any(other => other.Mac == nic.Mac && other.Addresses.Count > 0) == true
            );
        _answers[domain.Id.Uid] = new(now, last?.FirstAt ?? now, domain.IsAgentConnected, hasAddresses);
        return guest;
    }

    /// <summary>When to ask next.</summary>
    public TimeSpan RecheckAfter(DomainId id) =>
        _answers.TryGetValue(id.Uid, out var last) ? PauseAfter(last, time.GetUtcNow()) : EagerPeriod;

    /// <summary>The guest is gone.</summary>
    public void Forget(string uid) => _answers.TryRemove(uid, out _);

    private static TimeSpan PauseAfter(Answer last, DateTimeOffset now) =>
        last.HasAddresses || now - last.FirstAt > EagerTime ? Period : EagerPeriod;

    private sealed record Answer(DateTimeOffset At, DateTimeOffset FirstAt, bool WasConnected, bool HasAddresses);
}
