using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Copies an image of this host's store to a registry.</summary>
/// <param name="image">The image.</param>
/// <param name="target">Its name there.</param>
/// <param name="credentials">Credentials as container tools write them to a file; null for none.</param>
/// <param name="ct">Ends the try.</param>
/// <returns>Its name there with its digest: a tag can come to mean something else.</returns>
internal delegate Task<string> PushImage(string image, string target, byte[]? credentials, CancellationToken ct);

/// <summary>Keeps the saved disks of machines in this host's store as long as they are wanted, and no longer.</summary>
/// <remarks>
/// A saved image goes when no machine names it and no instance is there whose disks it holds. Offloading is first a
/// copy, then a write to the machine that names the copy; the image here goes because nobody names it any more. So at
/// each moment there is an image for what the machine names.
/// </remarks>
/// <param name="client">The API.</param>
/// <param name="machines">The machines whose saved disks this host has.</param>
/// <param name="store">The host's images.</param>
/// <param name="push">Copies images away.</param>
/// <param name="node">The host's name.</param>
/// <param name="logger">Told what was removed and copied.</param>
internal sealed class ShelfReconciler(
    KubernetesClient client,
    Informer<VirtualMachine> machines,
    ImageStore store,
    PushImage push,
    string node,
    ILogger logger
) : IReconciler
{
    private readonly SecretReader _secrets = new(client);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (machines.Find(key) is { } machine && IsOffloading(machine))
        {
            try
            {
                await OffloadAsync(machine, ct);
            }
            catch (Exception e) when (e is ImageException or DiskException or IOException)
            {
                await TellAsync(machine, e.Message, ct);
                return new Outcome.Failed("FailedOffload", e.Message);
            }
        }

        try
        {
            await SweepAsync(key, ct);
            return Outcome.Settled;
        }
        catch (Exception e) when (e is ImageException or IOException)
        {
            return new Outcome.Failed("FailedSweep", e.Message);
        }
    }

    /// <summary>The machines that images of this host's store belong to, or belonged to.</summary>
    public IEnumerable<ResourceKey> Owners() =>
        store
            .List()
            .Select(image => SavedImages.Parse(image.Name))
            .OfType<(string Namespace, string Machine, string InstanceUid)>()
            .Select(owner => new ResourceKey(owner.Namespace, owner.Machine))
            .Distinct();

    private bool IsOffloading(VirtualMachine machine) =>
        machine.Status
            is {
                Shelved: { State: Shelf.Offloading, OffloadTo: not null },
                SavedDisks: { Image: not null, Host: { } host }
            }
        && host == node;

    private async Task OffloadAsync(VirtualMachine machine, CancellationToken ct)
    {
        var (shelved, saved) = (machine.Status!.Shelved!, machine.Status.SavedDisks!);
        var secret = shelved.OffloadSecret;
        var credentials = secret is null
            ? null
            : await _secrets.ReadCredentialsAsync(new(machine.Metadata.Namespace, secret), ct);
        var copy = await push(saved.Image!, shelved.OffloadTo!, credentials, ct);
        await client.ChangeStatusAsync<VirtualMachine>(
            ResourceKey.Of(machine),
            now =>
                IsSame(machine, now)
                    ? now with
                    {
                        Status = now.Status! with
                        {
                            Shelved = now.Status.Shelved! with { Message = null },
                            SavedDisks = now.Status.SavedDisks! with { Image = copy, Host = null, PullSecret = secret },
                        },
                    }
                    : now,
            ct
        );
        logger.ImagePushed(ResourceKey.Of(machine), saved.Image!, copy);
    }

    private Task TellAsync(VirtualMachine machine, string message, CancellationToken ct) =>
        client.ChangeStatusAsync<VirtualMachine>(
            ResourceKey.Of(machine),
            now =>
                IsSame(machine, now) && now.Status!.Shelved!.Message != message
                    ? now with
                    {
                        Status = now.Status with { Shelved = now.Status.Shelved with { Message = message } },
                    }
                    : now,
            ct
        );

    /// <summary>True when what was asked for is still what is wanted.</summary>
    private bool IsSame(VirtualMachine asked, VirtualMachine now) =>
        IsOffloading(now)
        && now.Metadata.Uid == asked.Metadata.Uid
        && now.Status!.SavedDisks!.Image == asked.Status!.SavedDisks!.Image
        && now.Status.Shelved!.OffloadTo == asked.Status.Shelved!.OffloadTo
        && now.Status.Shelved.OffloadSecret == asked.Status.Shelved.OffloadSecret;

    private async Task SweepAsync(ResourceKey key, CancellationToken ct)
    {
        var prefix = SavedImages.PrefixOf(key.Namespace, key.Name);
        var kept = machines.Find(key)?.Status?.SavedDisks?.Image;
        var images = store
            .List()
            .Select(image => image.Name)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name != kept)
            .ToList();
        if (images is [])
        {
            return;
        }

        // The instance first: what it reports is in the machine before it goes.
        var instance = await client.GlimpseAsync<VirtualMachineInstance>(key, ct);
        var machine = await client.GlimpseAsync<VirtualMachine>(key, ct);
        foreach (
            var image in images.Where(name =>
                name != machine.Object?.Status?.SavedDisks?.Image
                && SavedImages.Parse(name)?.InstanceUid != instance.Uid
            )
        )
        {
            await store.RemoveAsync(image, ct);
            logger.ImageRemoved(key, image);
        }
    }
}
