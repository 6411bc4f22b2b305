using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>Reads a subscription with a bound on the patience.</summary>
internal static class Reading
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task<DomainEvent> NextAsync(this LibvirtSubscription subscription)
    {
        using var end = new CancellationTokenSource(s_patience);
        return await subscription.Events.ReadAsync(end.Token);
    }

    /// <summary>What comes, up to and with the first event of which this is true.</summary>
    public static async Task<List<DomainEvent>> ReadUntilAsync(
        this LibvirtSubscription subscription,
        Func<DomainEvent, bool> last
    )
    {
        List<DomainEvent> read = [];
        do
        {
            read.Add(await subscription.NextAsync());
        } while (!last(read[^1]));
        return read;
    }

    /// <summary>All that is left of an ended stream.</summary>
    public static async Task<List<DomainEvent>> ReadToEndAsync(this LibvirtSubscription subscription)
    {
        using var end = new CancellationTokenSource(s_patience);
        List<DomainEvent> read = [];
        await foreach (var happened in subscription.Events.ReadAllAsync(end.Token))
        {
            read.Add(happened);
        }

        return read;
    }
}
