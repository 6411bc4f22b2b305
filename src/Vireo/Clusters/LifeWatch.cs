using System.Threading.Channels;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>What is seen at one moment of a virtual machine and its instance.</summary>
internal sealed record Life(VirtualMachine? Machine, VirtualMachineInstance? Instance);

/// <summary>Follows a virtual machine and the instance of its name, both at once, through whatever happens.</summary>
internal sealed class LifeWatch(KubernetesClient client, ResourceKey key, TimeProvider time)
{
    private readonly Channel<Life> _seen = Channel.CreateUnbounded<Life>();
    private readonly Lock _lock = new();
    private Life _now = new(null, null);
    private bool _hasMachine;
    private bool _hasInstance;

    /// <summary>What was seen, from the moment that both are known.</summary>
    public ChannelReader<Life> Seen => _seen.Reader;

    /// <summary>Follows until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(
                FollowAsync<VirtualMachine>(machine => Take(_now with { Machine = machine }, isMachine: true), ct),
                FollowAsync<VirtualMachineInstance>(
                    instance => Take(_now with { Instance = instance }, isMachine: false),
                    ct
                )
            );
        }
        catch (Exception e)
        {
            _seen.Writer.TryComplete(e);
        }
    }

    /// <summary>What is there now.</summary>
    public static async Task<Life> ReadAsync(KubernetesClient client, ResourceKey key, CancellationToken ct) =>
        new(await client.FindAsync<VirtualMachine>(key, ct), await client.FindAsync<VirtualMachineInstance>(key, ct));

    private Task FollowAsync<T>(Action<T?> see, CancellationToken ct)
        where T : class, IResource => Following.RunAsync<T>(client, key, found => Locked(() => see(found)), time, ct);

    private void Locked(Action act)
    {
        lock (_lock)
        {
            act();
        }
    }

    private void Take(Life now, bool isMachine)
    {
        _now = now;
        _hasMachine |= isMachine;
        _hasInstance |= !isMachine;
        if (_hasMachine && _hasInstance)
        {
            _seen.Writer.TryWrite(now);
        }
    }
}
