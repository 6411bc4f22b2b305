using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Who came to the door.</summary>
/// <param name="Host">The host whose agent it is; null for the API server.</param>
/// <param name="IsLocal">True when it came through the socket of this machine, which only the agent's user may open.</param>
internal sealed record DoorCaller(string? Host, bool IsLocal)
{
    /// <summary>The uid of the Host that the certificate was made for; null for others than agents.</summary>
    public string? HostUid { get; init; }

    /// <summary>Whoever may open the socket; who that is the file's rights say.</summary>
    public static DoorCaller Local { get; } = new(null, true);

    /// <summary>The API server, by its certificate.</summary>
    public static DoorCaller Server { get; } = new(null, false);

    /// <summary>Somebody whose certificate has ended since they came.</summary>
    public static DoorCaller Nobody { get; } = new("", false);

    /// <summary>True for the API server: it acts on every guest of the host.</summary>
    public bool IsServer => Host is null;

    /// <summary>
    /// True when this may be the agent of a host: it is by its certificate, or came through the socket.
    /// </summary>
    public bool MayBe(string host) => IsLocal || Host == host;

    /// <summary>Who came with a request, as the door found out.</summary>
    public static DoorCaller Of(HttpContext http) => http.Features.Get<DoorCaller>() ?? Local;
}

/// <summary>Takes streams of plain bytes from other agents.</summary>
internal static class PeerStream
{
    /// <summary>Opens the stream that was asked for: no refusal after this.</summary>
    /// <exception cref="ApiException">It is no request for a stream.</exception>
    public static async Task<Stream> AcceptAsync(HttpContext http)
    {
        if (
            http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || http.Request.Headers.Upgrade != DoorStream.Protocol
        )
        {
            throw new ApiException(
                Reason.BadRequest,
                $"This is a stream: ask for it by an upgrade to {DoorStream.Protocol}."
            );
        }

        http.Response.StatusCode = (int)HttpStatusCode.SwitchingProtocols;
        http.Response.Headers.Upgrade = DoorStream.Protocol;
        http.Response.Headers.Connection = "Upgrade";
        return await upgrade.UpgradeAsync();
    }
}
