using System.Net.WebSockets;

namespace Vireo.ApiServer.Acting;

/// <summary>How a stream ended, as both sides are told.</summary>
/// <param name="Code">The code of the close frame.</param>
/// <param name="Why">For a person; null where the side that closed it said nothing.</param>
/// <param name="IsFault">True when one side broke off without a word.</param>
internal sealed record StreamEnd(WebSocketCloseStatus Code, string? Why, bool IsFault = false)
{
    /// <summary>The server stops.</summary>
    public static StreamEnd Stopping { get; } = new(WebSocketCloseStatus.EndpointUnavailable, "the server stops");

    /// <summary>The client is gone.</summary>
    public static StreamEnd ClientGone { get; } =
        new(WebSocketCloseStatus.EndpointUnavailable, "the client is gone", IsFault: true);

    /// <summary>The agent is gone.</summary>
    public static StreamEnd AgentGone { get; } =
        new(
            WebSocketCloseStatus.InternalServerError,
            "the host's agent broke off: the guest is not touched, connect again",
            IsFault: true
        );

    /// <summary>One side closed it in good order.</summary>
    public static StreamEnd ClosedBy(WebSocket side) =>
        new(side.CloseStatus ?? WebSocketCloseStatus.Empty, side.CloseStatusDescription);
}
