using System.Collections.Concurrent;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What came of a pass.</summary>
/// <param name="Seen">The domain as it is now.</param>
/// <param name="Vcpus">What is next for its vCPUs; nothing to be plugged now.</param>
/// <param name="Memory">What is next for its memory; nothing to be plugged now.</param>
internal sealed record HotplugOutcome(ObservedDomain Seen, HotplugStep Vcpus, HotplugStep Memory)
{
    /// <summary>When to look again; null when nothing is waited for.</summary>
    public TimeSpan? RecheckAfter =>
        (Vcpus, Memory) switch
        {
            (HotplugStep.Wait vcpus, HotplugStep.Wait memory) => vcpus.For < memory.For ? vcpus.For : memory.For,
            (HotplugStep.Wait vcpus, _) => vcpus.For,
            (_, HotplugStep.Wait memory) => memory.For,
            _ => null,
        };
}

/// <summary>Brings processors and memory to running guests, as planned.</summary>
/// <param name="hypervisor">What runs the guests.</param>
/// <param name="time">Times what is waited for.</param>
internal sealed class GuestHotplug(IHypervisor hypervisor, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Tries> _tries = new(StringComparer.Ordinal);

    /// <summary>Does what is next for a guest; one that is as wanted costs nothing.</summary>
    public async Task<HotplugOutcome> ApplyAsync(
        VirtualMachineInstance instance,
        ObservedDomain seen,
        CancellationToken ct
    )
    {
        var tries = _tries.GetValueOrDefault(seen.Id.Uid, new(null, null));
        var view = new HotplugView(instance, seen, time.GetUtcNow()) { Vcpus = tries.Vcpus, Memory = tries.Memory };
        view = await AskAsync(await PlugAsync(view, ct), ct);
        var (vcpus, memory) = (Pending(HotplugPlan.Vcpus(view)), Pending(HotplugPlan.Memory(view)));
        if (vcpus is HotplugStep.None or HotplugStep.Done && memory is HotplugStep.None or HotplugStep.Done)
        {
            Forget(seen.Id.Uid);
        }
        else
        {
            _tries[seen.Id.Uid] = new(view.Vcpus, view.Memory);
        }

        return new(view.Seen with { Vcpus = HotplugPlan.Known(view) }, vcpus, memory);
    }

    /// <summary>The guest is gone, or has what it is to have.</summary>
    public void Forget(string uid) => _tries.TryRemove(uid, out _);

    /// <summary>What was tried in this pass is tried again in another.</summary>
    private static HotplugStep Pending(HotplugStep step) =>
        step is HotplugStep.Plug plug ? new HotplugStep.Wait(plug.Target, HotplugPlan.Pause) : step;

    private async Task<HotplugView> PlugAsync(HotplugView view, CancellationToken ct)
    {
        var id = view.Seen.Id;
        var (vcpus, memory) = (HotplugPlan.Vcpus(view), HotplugPlan.Memory(view));
        view = view with
        {
            Vcpus = await TryAsync(view.Vcpus, vcpus, count => hypervisor.PlugVcpusAsync(id, (int)count, ct), view.Now),
            Memory = await TryAsync(
                view.Memory,
                memory,
                bytes => hypervisor.RequestMemoryAsync(id, bytes, ct),
                view.Now
            ),
        };
        return vcpus is HotplugStep.Plug || memory is HotplugStep.Plug
            ? view with
            {
                Seen = await hypervisor.ObserveAsync(id.Key, ct) is { } now && now.Uid == id.Uid ? now : view.Seen,
            }
            : view;
    }

    /// <summary>Asks the guest what it has of the vCPUs that are plugged, if that is due.</summary>
    private async Task<HotplugView> AskAsync(HotplugView view, CancellationToken ct)
    {
        if (!HotplugPlan.IsToAsk(view))
        {
            return view;
        }

        var plugged = view.Seen.Vcpus!.Count;
        var asked = Since(view.Vcpus, plugged, view.Now) with { AskedAt = view.Now };
        try
        {
            var online = await hypervisor.BringVcpusOnlineAsync(view.Seen.Id, ct);
            return view with { Vcpus = asked with { Online = online ?? plugged } };
        }
        catch (GuestAgentException)
        {
            // It is asked again.
            return view with { Vcpus = asked };
        }
    }

    private static async Task<HotplugTry?> TryAsync(
        HotplugTry? last,
        HotplugStep step,
        Func<long, Task> plug,
        DateTimeOffset now
    )
    {
        if (step is HotplugStep.Wait { Target: var asked })
        {
            return Since(last, asked, now);
        }

        if (step is not HotplugStep.Plug { Target: var target })
        {
            return last;
        }

        try
        {
            await plug(target);
            return last?.Problem is null ? Since(last, target, now) with { At = now } : new(target, now);
        }
        catch (HypervisorException e) when (!e.IsUnreachable)
        {
            return Since(last, target, now) with { At = now, Problem = e.Message, IsFinal = !e.IsTransient };
        }
    }

    private static HotplugTry Since(HotplugTry? last, long target, DateTimeOffset now) =>
        last?.Target == target ? last : new(target, now);

    private sealed record Tries(HotplugTry? Vcpus, HotplugTry? Memory);
}
