using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Chooses the libvirt daemon: the configured one, else one that runs, else a private one.</summary>
/// <remarks>
/// A private daemon stays the choice until it is stopped on purpose: a daemon of the host that is started later does
/// not
/// know its guests, and asking that one would start them twice.
/// </remarks>
/// <param name="configured">The administrator's choice; null leaves it to the agent.</param>
/// <param name="daemon">The private one.</param>
internal sealed class LibvirtLocator(string? configured, PrivateLibvirtDaemon daemon)
{
    /// <summary>The daemon to talk to; a private one is started when it does not run.</summary>
    public async Task<LibvirtEndpoint> FindAsync(CancellationToken ct)
    {
        if (configured is not null)
        {
            return LibvirtEndpoint.System with { Uri = configured };
        }

        if (!daemon.IsInUse && SystemAnswers())
        {
            return LibvirtEndpoint.System;
        }

        await daemon.EnsureRunningAsync(ct);
        return daemon.Endpoint;
    }

    private static bool SystemAnswers()
    {
        if (!File.Exists("/run/libvirt/libvirt-sock") && !File.Exists("/run/libvirt/virtqemud-sock"))
        {
            return false;
        }

        try
        {
            using var connection = LibvirtConnection.Open(LibvirtEndpoint.System.Uri);
            return connection.IsAlive;
        }
        catch (LibvirtException e) when (e.Code != ErrorCode.LibraryMissing)
        {
            return false;
        }
    }
}
