using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Does what is left when a guest is gone: saves its disks where that is wanted, removes them, lets go.
/// </summary>
/// <remarks>
/// What is to be saved is told by the instance itself, in a write that cannot pass the one that tells its end. Its
/// disks stay until the API has the report that they are saved. Only the machine's own end makes that needless.
/// </remarks>
/// <param name="client">The API.</param>
/// <param name="starter">Cancels what is still being made for the guest.</param>
/// <param name="saveDisks">Saves disks.</param>
/// <param name="settings">Where things are on this host.</param>
/// <param name="voice">Tells what was done.</param>
/// <param name="time">The time.</param>
internal sealed class InstanceEnding(
    KubernetesClient client,
    InstanceStarter starter,
    SaveDisks saveDisks,
    InstanceSettings settings,
    InstanceVoice voice,
    TimeProvider time
)
{
    /// <summary>
    /// How long a pass waits for disks: saving them may take minutes, in which others want to be served.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Saving> _savings = new(StringComparer.Ordinal);

    /// <summary>Tells the end, and goes on to what comes after it: what comes after this guest waits for it.</summary>
    public async Task<Outcome> FinishAsync(VirtualMachineInstance instance, Step.Finish end, CancellationToken ct)
    {
        await starter.CancelAsync(instance.Metadata.Uid ?? "");
        var status = InstanceReport.Finished(instance, end, time.GetUtcNow());
        var ended = await client.ReplaceStatusAsync(instance with { Status = status }, ct);
        var telling = voice.EndedAsync(instance, end, ct);
        try
        {
            return InstancePlan.HasToSave(ended) ? await SaveAsync(ended, ct) : await ReleaseAsync(ended, ct);
        }
        finally
        {
            await telling;
        }
    }

    /// <summary>Saves the disks and tells so, unless their machine is on its way out.</summary>
    public async Task<Outcome> SaveAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        var uid = instance.Metadata.Uid ?? "";
        if (!await IsWantedAsync(instance, ct))
        {
            await CancelAsync(uid);
            return await ReleaseAsync(instance, ct);
        }

        var saving = _savings.GetOrAdd(uid, _ => Begin(instance));
        if (!saving.Disks.IsCompleted)
        {
            await Task.WhenAny(saving.Disks, Task.Delay(Patience, time, ct));
            ct.ThrowIfCancellationRequested();
        }

        if (!saving.Disks.IsCompleted)
        {
            return new Outcome.Waiting("the disks to be saved", GuestWatch.EagerPeriod);
        }

        _savings.TryRemove(uid, out _);
        saving.Cancellation.Dispose();
        var status = InstanceReport.Saved(instance.Status ?? new(), await saving.Disks);
        var saved = await client.ReplaceStatusAsync(instance with { Status = status }, ct);
        await voice.SavedAsync(instance, status.SavedDisks!, ct);
        return await ReleaseAsync(saved, ct);
    }

    /// <summary>Removes what the guest left on this host, and lets the instance go.</summary>
    public async Task<Outcome> ReleaseAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        new InstanceFolder(settings.StateFolder, instance.Metadata.Uid ?? "").Delete();
        if (instance.Metadata.Finalizers?.Contains(KubeVirtNames.InstanceFinalizer) == true)
        {
            var others = instance.Metadata.Finalizers.Where(name => name != KubeVirtNames.InstanceFinalizer);
            await client.ReplaceAsync(
                instance with
                {
                    Metadata = instance.Metadata with { Finalizers = [.. others] },
                },
                ct
            );
        }

        return Outcome.Settled;
    }

    private Saving Begin(VirtualMachineInstance instance)
    {
        // Not bound to the pass: the disks go on being saved when it ends.
        var cancellation = new CancellationTokenSource();
        var folder = new InstanceFolder(settings.StateFolder, instance.Metadata.Uid ?? "");
        // Without an intent the guest never ran, and not even all of its disks may be made: none of them is news.
        var saving = folder.ReadIntent() is null
            ? Task.FromResult(new SavedDisks { SavedAt = time.GetUtcNow() })
            : Task.Run(() => saveDisks(instance, folder.Path, cancellation.Token));
        return new(saving, cancellation);
    }

    private async Task<bool> IsWantedAsync(VirtualMachineInstance instance, CancellationToken ct) =>
        instance.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true) is { } owner
        && await client.GlimpseAsync<VirtualMachine>(new(instance.Metadata.Namespace, owner.Name), ct) is var machine
        && machine.Uid == owner.Uid
        && machine.Object?.Metadata.DeletionTimestamp is null;

    private async Task CancelAsync(string uid)
    {
        if (_savings.TryRemove(uid, out var saving))
        {
            await saving.Cancellation.CancelAsync();
            try
            {
                await saving.Disks;
            }
            catch (Exception e) when (e is OperationCanceledException or DiskException or ImageException or IOException)
            {
                // Whatever came of it, nobody wants it any more.
            }

            saving.Cancellation.Dispose();
        }
    }

    private sealed record Saving(Task<SavedDisks> Disks, CancellationTokenSource Cancellation);
}
