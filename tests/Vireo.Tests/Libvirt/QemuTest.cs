using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>
/// One daemon for all tests that need real QEMU processes; each test has a connection and leaves no guest.
/// </summary>
[Collection<PrivateLibvirtdCollection>]
public abstract class QemuTest(PrivateLibvirtd daemon) : IDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected PrivateLibvirtd Daemon { get; } = daemon;

    protected LibvirtConnection Connection { get; set; } = daemon.Open();

    public void Dispose()
    {
        foreach (var left in Connection.ListDomains(DomainFilter.Active))
        {
            DestroyIfThere(left);
            left.Dispose();
        }

        Connection.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What happened to this guest until it stopped.</summary>
    /// <remarks>The daemon tells with a delay: a new listener may still hear the end of the guest before.</remarks>
    protected static async Task<List<DomainEvent>> ReadLifeAsync(LibvirtSubscription subscription, LibvirtDomain guest)
    {
        var told = await subscription.ReadUntilAsync(happened => IsStop(happened, guest));
        return [.. told.Where(happened => happened.Domain.Uuid == guest.Uuid)];
    }

    protected static bool IsStop(DomainEvent happened, LibvirtDomain guest) =>
        happened is LifecycleChanged { Event: Lifecycle.Stopped } && happened.Domain.Uuid == guest.Uuid;

    /// <summary>Right after a daemon's start, its own search for its guests may take note of the death first.</summary>
    private static void DestroyIfThere(LibvirtDomain guest)
    {
        try
        {
            guest.Destroy();
        }
        catch (LibvirtException gone) when (gone.IsNotFound) { }
    }
}

[CollectionDefinition]
public sealed class PrivateLibvirtdCollection : ICollectionFixture<PrivateLibvirtd>;
