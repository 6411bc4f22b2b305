using System.Net;

namespace Vireo.Runtime;

/// <summary>Where an agent is reached, as the endpoint in its Host's status says.</summary>
/// <param name="Socket">The Unix socket, on this machine; null when it is on the network.</param>
/// <param name="Host">The address or name on the network; null for a socket.</param>
/// <param name="Port">The port on the network.</param>
public sealed record DoorEndpoint(string? Socket, string? Host, int Port)
{
    /// <summary>The port of an agent when none is chosen.</summary>
    public const int DefaultPort = 7444;

    /// <summary>True for an agent on the network, which shows who it is by a certificate.</summary>
    public bool IsRemote => Host is not null;

    /// <summary>Reads <c>unix:///path</c> or <c>https://host:port</c>; null when it is neither.</summary>
    public static DoorEndpoint? Parse(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Query.Length + uri.Fragment.Length > 0)
        {
            return null;
        }

        return uri switch
        {
            { Scheme: "unix", Host: "", LocalPath.Length: > 1 } => new(uri.LocalPath, null, 0),
            { Scheme: "https", AbsolutePath: "/", UserInfo: "", Host.Length: > 0 } => new(
                null,
                uri.IdnHost.Trim('[', ']'),
                uri.Port
            ),
            _ => null,
        };
    }

    /// <summary>The agent at a socket of this machine.</summary>
    public static DoorEndpoint At(string socket) => new(socket, null, 0);

    /// <summary>The agent at an address of the network.</summary>
    public static DoorEndpoint At(IPEndPoint address) => new(null, address.Address.ToString(), address.Port);

    /// <summary>As an endpoint is written.</summary>
    public override string ToString() =>
        Socket is { } socket
            ? "unix://" + string.Join('/', socket.Split('/').Select(Uri.EscapeDataString))
            : $"https://{(Host!.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";
}
