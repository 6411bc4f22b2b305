using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Makes an instance's volumes ready on this host.</summary>
internal delegate Task<IReadOnlyList<PreparedDisk>> PrepareDisks(
    VirtualMachineInstance instance,
    string folder,
    CancellationToken ct
);

/// <summary>What carries out the beginning and the end of guests.</summary>
internal sealed record InstanceLife(InstanceStarter Starting, InstanceEnding Ending);

/// <summary>Turns an instance into a running domain: disks, intent, XML, start.</summary>
/// <param name="hypervisor">What runs the domain.</param>
/// <param name="prepareDisks">What makes the disks.</param>
/// <param name="settings">Where things are on this host.</param>
/// <param name="host">What the host offers, as last seen.</param>
/// <param name="time">Dates intents, and times how long disks are waited for.</param>
internal sealed class InstanceStarter(
    IHypervisor hypervisor,
    PrepareDisks prepareDisks,
    InstanceSettings settings,
    HostCache host,
    TimeProvider time
)
{
    /// <summary>
    /// How long a pass waits for disks. A pull may take minutes, in which the instance may be deleted and others want
    /// to start: the disks are then made beside the passes.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Preparation> _preparations = new(StringComparer.Ordinal);

    /// <summary>Starts the domain; returns its disks, or null while they are still being made.</summary>
    /// <exception cref="DiskException">A disk cannot be made.</exception>
    /// <exception cref="HypervisorException">The hypervisor refuses, or this host cannot give what is asked
    /// for.</exception>
    public async Task<IReadOnlyList<PreparedDisk>?> StartAsync(VirtualMachineInstance instance, CancellationToken ct)
    {
        var id = new DomainId(ResourceKey.Of(instance), instance.Metadata.Uid ?? "");
        var folder = new InstanceFolder(settings.StateFolder, id.Uid);
        folder.Create();
        if (await FindDisksAsync(instance, folder.Path, ct) is not { } disks)
        {
            return null;
        }

        // Now that its images are here, they can be asked.
        instance = ImageMachineType.Apply(instance, settings.ImageMachineTypes());
        var paths = folder.Paths(instance.Spec.Domain.Firmware?.Uuid, settings.Network);
        var facts = await host.GetAsync(ct);
        var endsOnReboot = RebootPolicies.Of(instance.Spec.Domain, settings.Configuration()) == RebootPolicy.Terminate;
        var input = new DomainInput(instance, facts, disks, paths, settings.UseEmulation())
        {
            EndsOnReboot = endsOnReboot,
        };
        var built = DomainXml.Build(input);
        if (built.Domain is null)
        {
            throw new UnsupportedInstanceException(built.Errors);
        }

        folder.WriteIntent(
            new(id.Uid, id.Key.Namespace ?? "", id.Key.Name, time.GetUtcNow())
            {
                BootId = settings.BootId,
                EndsOnReboot = endsOnReboot,
            }
        );
        await hypervisor.StartAsync(id, built.Domain, instance.Spec.StartStrategy == "Paused", ct);
        return disks;
    }

    /// <summary>Ends what is still being made for an instance.</summary>
    public async Task CancelAsync(string uid)
    {
        if (_preparations.TryRemove(uid, out var preparation))
        {
            await preparation.Cancellation.CancelAsync();
            try
            {
                await preparation.Disks;
            }
            catch (Exception e) when (e is OperationCanceledException or DiskException or IOException)
            {
                // Whatever came of it, nobody wants it any more.
            }

            preparation.Cancellation.Dispose();
        }
    }

    private async Task<IReadOnlyList<PreparedDisk>?> FindDisksAsync(
        VirtualMachineInstance instance,
        string folder,
        CancellationToken ct
    )
    {
        var uid = instance.Metadata.Uid ?? "";
        if (!_preparations.TryGetValue(uid, out var preparation))
        {
            // Not bound to the pass: the disks go on being made when it ends.
            var cancellation = new CancellationTokenSource();
            preparation = new(prepareDisks(instance, folder, cancellation.Token), cancellation);
            _preparations[uid] = preparation;
        }

        if (!preparation.Disks.IsCompleted)
        {
            await Task.WhenAny(preparation.Disks, Task.Delay(Patience, time, ct));
            ct.ThrowIfCancellationRequested();
        }

        if (!preparation.Disks.IsCompleted)
        {
            return null;
        }

        _preparations.TryRemove(uid, out _);
        preparation.Cancellation.Dispose();
        return await preparation.Disks;
    }

    private sealed record Preparation(Task<IReadOnlyList<PreparedDisk>> Disks, CancellationTokenSource Cancellation);
}
