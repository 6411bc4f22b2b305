using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Tells orphans, domains of this agent whose instance is gone, from domains that only look like it.</summary>
/// <param name="client">Has the last word on what instances there are.</param>
/// <param name="settings">Which host this is.</param>
/// <param name="voice">Told of each orphan.</param>
internal sealed class OrphanWatch(KubernetesClient client, InstanceSettings settings, InstanceVoice voice)
{
    private readonly ConcurrentDictionary<ResourceKey, Orphan> _orphans = new();

    /// <summary>A view in which a domain that is not the wanted instance's is what it really is.</summary>
    public async Task<InstanceView> JudgeAsync(InstanceView view, DomainId id, CancellationToken ct)
    {
        if (!new InstanceFolder(settings.StateFolder, id.Uid).Exists)
        {
            // Another agent made it, which shares this libvirt: to this one it is a stranger's.
            return view with { Seen = view.Seen! with { Uid = null } };
        }

        if (!_orphans.TryGetValue(id.Key, out var orphan) || orphan.Uid != id.Uid)
        {
            var (owner, uid) = await client.GlimpseAsync<VirtualMachineInstance>(id.Key, ct);
            if (uid == id.Uid)
            {
                // The informer lags, or the guest is another host's business: neither is a reason to touch it.
                var isHere = owner?.Status?.NodeName == settings.NodeName;
                return isHere ? view with { Wanted = owner } : view with { Wanted = null, Seen = null };
            }

            orphan = new(id.Uid, view.Now);
            _orphans[id.Key] = orphan;
            voice.Orphan(id);
        }

        return view with
        {
            OrphanedAt = orphan.Since,
        };
    }

    /// <summary>No domain of this key is there: what an orphan left behind goes as well.</summary>
    public void Clear(ResourceKey key)
    {
        if (_orphans.TryRemove(key, out var gone))
        {
            new InstanceFolder(settings.StateFolder, gone.Uid).Delete();
        }
    }

    private sealed record Orphan(string Uid, DateTimeOffset Since);
}
