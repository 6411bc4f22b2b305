using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>Puts together what talks to this host's libvirt.</summary>
internal static class LibvirtParts
{
    /// <summary>The hypervisor; it connects when it is run.</summary>
    public static async Task<LibvirtHypervisor> BuildAsync(
        AgentOptions options,
        TimeProvider time,
        ILogger logger,
        CancellationToken ct
    )
    {
        var hasKvm = await new KvmProbe(options.StateFolder, time).WorksAsync(ct);
        var daemon = new PrivateLibvirtDaemon(options.StateFolder, !hasKvm, time, logger);
        var locator = new LibvirtLocator(options.LibvirtUri, daemon);
        return new(new(locator.FindAsync, time, logger), NetworkOf(options), hasKvm, time, logger);
    }

    /// <summary>The guests' network as the options want it.</summary>
    public static GuestNetwork NetworkOf(AgentOptions options) =>
        new(options.GuestNetwork, options.GuestBridge, options.GuestSubnet);
}
