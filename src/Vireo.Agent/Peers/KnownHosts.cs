using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Holds those who come to the door for other hosts against the hosts of the cluster: a certificate outlives the Host
/// that an administrator removed.
/// </summary>
/// <remarks>
/// Asked when guests begin to come and about how they stand, not for each stream. While the API cannot be asked
/// whoever bears the cluster's certificate is believed: a move that is under way outlives the API server.
/// </remarks>
/// <param name="client">The API.</param>
/// <param name="time">The time.</param>
internal sealed class KnownHosts(KubernetesClient client, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Refuses the agent of a host that is none of the cluster any more.</summary>
    /// <exception cref="ApiException">Forbidden.</exception>
    public async Task RequireAsync(DoorCaller caller, CancellationToken ct)
    {
        if (caller.IsLocal || caller.IsServer)
        {
            return;
        }

        Host? known;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            known = caller.Host is { Length: > 0 } name
                ? await client.FindAsync<Host>(new(null, name), either.Token)
                : null;
        }
        catch (ApiException e) when (e.IsTransient)
        {
            return;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return;
        }

        if (known is null || known.Metadata.Uid != caller.HostUid)
        {
            throw new ApiException(
                Reason.Forbidden,
                $"Host \"{caller.Host}\" was removed from the cluster since it joined: make a token with "
                    + "'vireo token create' and start its agent with --join."
            );
        }
    }
}
