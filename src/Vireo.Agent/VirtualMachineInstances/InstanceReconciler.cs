using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Makes the guests of this host match the instances bound to it: read, observe, plan, act, report.</summary>
/// <remarks>
/// One step a pass, planned from what the hypervisor says. A domain is started only after the intent to do so is on
/// disk, and never while one of its name is there: so a crash at any point leaves at most one guest, which is found.
/// </remarks>
internal sealed class InstanceReconciler(
    KubernetesClient client,
    Informer<VirtualMachineInstance> instances,
    IHypervisor hypervisor,
    InstanceLife life,
    InstanceSettings settings,
    InstanceVoice voice,
    TimeProvider time
) : IReconciler
{
    /// <summary>The power button is pressed again after this, for guests that missed it while they booted.</summary>
    private static readonly TimeSpan ShutDownPeriod = TimeSpan.FromSeconds(5);

    private readonly GuestWatch _guests = new(hypervisor, time);
    private readonly GuestHotplug _hotplug = new(hypervisor, time);
    private readonly OrphanWatch _orphans = new(client, settings, voice);
    private readonly ConcurrentDictionary<string, bool> _ran = new(StringComparer.Ordinal);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        InstanceView? view = null;
        try
        {
            view = await LookAsync(key, ct);
            return await ActAsync(InstancePlan.Next(view), view, ct);
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound)
        {
            // Somebody else wrote: the informer will tell, and if it does not, look again soon.
            return new Outcome.Waiting("the instance as it is now", TimeSpan.FromSeconds(1));
        }
        catch (HypervisorException e) when (e.IsUnreachable && !IsWaitingToStart(view?.Wanted ?? instances.Find(key)))
        {
            // The host's condition tells; its running guests are none the worse, and are looked at when it is back.
            return new Outcome.Waiting("the hypervisor", ShutDownPeriod);
        }
        catch (Exception e) when (ProblemOf(e) is { } problem)
        {
            return await TellTroubleAsync(view?.Wanted ?? instances.Find(key), problem, IsTransient(e), ct);
        }
    }

    private async Task<InstanceView> LookAsync(ResourceKey key, CancellationToken ct)
    {
        var wanted = instances.Find(key);
        var seen = await hypervisor.ObserveAsync(key, ct);
        var view = new InstanceView
        {
            Wanted = wanted,
            Seen = seen,
            BootId = settings.BootId,
            Now = time.GetUtcNow(),
        };
        if (wanted?.Metadata.Uid is { } uid && (seen?.Uid != uid || seen.LastReset is not null))
        {
            var folder = new InstanceFolder(settings.StateFolder, uid);
            view = view with { Intent = folder.ReadIntent(), Asked = folder.ReadReboot() };
            if (seen?.Uid != uid && view.Intent is { } intent)
            {
                view = view with { End = await FindEndAsync(new(key, uid), intent, ct) };
            }
        }

        if (seen is null)
        {
            _orphans.Clear(key);
        }

        return seen?.Uid is { } owner && owner != wanted?.Metadata.Uid
            ? await _orphans.JudgeAsync(view, seen.Id, ct)
            : view;
    }

    private async Task<GuestEnd?> FindEndAsync(DomainId id, StartIntent intent, CancellationToken ct)
    {
        var end = await hypervisor.FindEndAsync(id, intent.At, ct);

        // A guest that was seen to run did not fail to start, even if the informer has not heard that it ran.
        return end is { State: GuestState.Failed } && _ran.ContainsKey(id.Uid)
            ? end with
            {
                State = GuestState.Crashed,
            }
            : end;
    }

    private Task<Outcome> ActAsync(Step step, InstanceView view, CancellationToken ct) =>
        step switch
        {
            Step.Start => StartAsync(view.Wanted!, ct),
            Step.Report => ReportAsync(view, ct),
            Step.ShutDown shutDown => ShutDownAsync(shutDown.Id, view, ct),
            Step.Destroy destroy => DestroyAsync(destroy.Id, ct),
            Step.Finish finish => EndAsync(view.Wanted!, life.Ending.FinishAsync(view.Wanted!, finish, ct)),
            Step.Save => EndAsync(view.Wanted!, life.Ending.SaveAsync(view.Wanted!, ct)),
            Step.Release => EndAsync(view.Wanted!, life.Ending.ReleaseAsync(view.Wanted!, ct)),
            Step.WaitForName => throw new HypervisorException(
                $"This host already has a domain named {IdentityXml.NameOf(view.Seen!.Key)} that Vireo did not make; "
                    + "remove or rename it.",
                isTransient: true
            ),
            _ => Task.FromResult(Outcome.Settled),
        };

    private async Task<Outcome> StartAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        if (await life.Starting.StartAsync(instance, ct) is not { } disks)
        {
            return new Outcome.Waiting("the instance's disks", GuestWatch.EagerPeriod);
        }

        if (await hypervisor.ObserveAsync(ResourceKey.Of(instance), ct) is not { } seen)
        {
            return Outcome.Progressed;
        }

        // A guest that was started just now has nothing to say yet, and its owner is waiting to hear that it runs.
        return await TellRunningAsync(
            instance,
            seen,
            InstanceReport.Running(instance, seen, null, disks, time.GetUtcNow()),
            ct
        );
    }

    private async Task<Outcome> ReportAsync(InstanceView view, CancellationToken ct)
    {
        var (instance, seen) = (view.Wanted!, view.Seen!);
        if (Moves.IsLeaving(instance) && seen.PausedReason == LibvirtGuest.PausedForMove)
        {
            // For a moment, at the end of its move: nobody paused it.
            seen = seen with
            {
                PausedReason = null,
            };
        }

        var plugged = await _hotplug.ApplyAsync(instance, seen, ct);
        seen = plugged.Seen;
        var guest = await _guests.AskAsync(seen, ct);
        var status = InstanceReport.Running(instance, seen, guest, null, view.Now);
        status = HotplugReport.Of(status, plugged, view.Now);
        var told = Conditions.Find(status.Conditions, GuestReboot.ConditionType);
        var reboot = GuestReboot.News(told, seen.LastReset, view.Intent, view.Asked);
        status = reboot is null ? status : InstanceReport.Rebooted(status, reboot);
        var outcome = await TellRunningAsync(instance, seen, status, ct, plugged.RecheckAfter);
        foreach (var news in HotplugReport.News(instance, status))
        {
            await voice.PluggedAsync(instance, news, ct);
        }

        if (reboot is null)
        {
            return outcome;
        }

        new InstanceFolder(settings.StateFolder, seen.Id.Uid).ForgetReboot();
        await voice.RebootedAsync(instance, reboot, ct);
        return outcome;
    }

    private async Task<Outcome> TellRunningAsync(
        VirtualMachineInstance instance,
        ObservedDomain seen,
        VirtualMachineInstanceStatus status,
        CancellationToken ct,
        TimeSpan? recheckAfter = null
    )
    {
        _ran[seen.Id.Uid] = true;
        var isNew = instance.Status?.Phase != VirtualMachineInstancePhase.Running;
        var isFrozen = new FreezeFile(new(settings.StateFolder, seen.Id.Uid)).Read() is not null;
        await TellAsync(instance, InstanceReport.Frozen(status, isFrozen), ct);
        if (isNew)
        {
            await voice.StartedAsync(instance, seen, ct);
        }

        var pause = _guests.RecheckAfter(seen.Id);
        return new Outcome.Waiting("news of the guest", recheckAfter < pause ? recheckAfter.Value : pause);
    }

    private async Task<Outcome> ShutDownAsync(DomainId id, InstanceView view, CancellationToken ct)
    {
        await life.Starting.CancelAsync(id.Uid);
        await hypervisor.ShutDownAsync(id, ct);
        if (view.Now - view.Wanted?.Metadata.DeletionTimestamp < ShutDownPeriod)
        {
            await voice.ShuttingDownAsync(view.Wanted!, ct);
        }

        var left = view.Wanted?.Metadata.DeletionTimestamp is { } asked
            ? asked + InstancePlan.GracePeriod(view.Wanted) - view.Now
            : ShutDownPeriod;
        return new Outcome.Waiting("the guest to shut down", left < ShutDownPeriod ? left : ShutDownPeriod);
    }

    private async Task<Outcome> DestroyAsync(DomainId id, CancellationToken ct)
    {
        await hypervisor.DestroyAsync(id, ct);
        return Outcome.Progressed;
    }

    private async Task<Outcome> EndAsync(VirtualMachineInstance instance, Task<Outcome> ending)
    {
        var outcome = await ending;
        if (outcome == Outcome.Settled)
        {
            var uid = instance.Metadata.Uid ?? "";
            _guests.Forget(uid);
            _hotplug.Forget(uid);
            _ran.TryRemove(uid, out _);
        }

        return outcome;
    }

    private async Task<Outcome> TellTroubleAsync(
        VirtualMachineInstance? instance,
        InstanceProblem problem,
        bool isTransient,
        CancellationToken ct
    )
    {
        if (
            instance is { Metadata.DeletionTimestamp: null }
            || (instance is not null && InstancePlan.HasToSave(instance))
        )
        {
            try
            {
                if (await TellAsync(instance, InstanceReport.Troubled(instance, problem, time.GetUtcNow()), ct))
                {
                    await voice.TroubledAsync(instance, problem, ct);
                }
            }
            catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound)
            {
                // The next try will tell.
            }
        }

        return isTransient
            ? new Outcome.Failed(problem.Reason, problem.Message)
            : new Outcome.Blocked(problem.Reason, problem.Message);
    }

    /// <summary>Writes the status if it changed, whole or not at all.</summary>
    private async Task<bool> TellAsync(
        VirtualMachineInstance instance,
        VirtualMachineInstanceStatus status,
        CancellationToken ct
    )
    {
        if (SameJson.Are(instance.Status ?? new(), status, ApiJson.Default.VirtualMachineInstanceStatus))
        {
            return false;
        }

        await client.ReplaceStatusAsync(instance with { Status = status }, ct);
        return true;
    }

    private static InstanceProblem? ProblemOf(Exception e) =>
        e switch
        {
            DiskException disk => new(disk.Reason, disk.Message),
            ImageException image => new("FailedSave", image.Message),
            UnsupportedInstanceException unsupported => new("Unsupported", unsupported.Message),
            HypervisorException hypervisor => new("FailedCreate", hypervisor.Message),
            IOException or UnauthorizedAccessException => new("StateFolder", e.Message),
            _ => null,
        };

    private static bool IsWaitingToStart(VirtualMachineInstance? instance) =>
        instance?.Status?.Phase == VirtualMachineInstancePhase.Scheduled;

    /// <summary>What a host cannot give today it may give tomorrow, when its administrator has installed it.</summary>
    private static bool IsTransient(Exception e) =>
        e switch
        {
            DiskException disk => disk.IsTransient,
            HypervisorException hypervisor => hypervisor.IsTransient,
            _ => true,
        };
}
