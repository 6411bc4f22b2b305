using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Vireo.Runtime;

/// <summary>Opens HTTP connections to the door of an agent.</summary>
public static class DoorClient
{
    /// <summary>How long a connection may take to be made.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>An agent in the server's own program opens its door a moment after the server is ready.</summary>
    private static readonly TimeSpan LocalPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LocalPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Connections are made anew after this: by then one of the certificates may have been.</summary>
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(10);

    /// <summary>A client of one agent, HTTP/1.1, whose relative addresses are the agent's.</summary>
    /// <param name="endpoint">Where the agent is.</param>
    /// <param name="host">The host it must be the agent of; its certificate has to say so.</param>
    /// <param name="trust">Shows who asks, and whom to believe. Needed for an agent on the network.</param>
    /// <exception cref="InvalidOperationException">The agent is on the network and there is no trust.</exception>
    public static HttpClient Open(DoorEndpoint endpoint, string host, DoorTrust? trust)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = async (_, ct) => await DialAsync(endpoint, ct),
        };
        if (endpoint.IsRemote)
        {
            if (trust is null)
            {
                handler.Dispose();
                throw new InvalidOperationException(
                    $"Host \"{host}\" is on the network ({endpoint}) and this agent has no certificate of the cluster: "
                        + "join this host with 'vireo agent --join'."
                );
            }

            handler.PooledConnectionLifetime = ConnectionLife;
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = trust.Policy(),
                LocalCertificateSelectionCallback = (_, _, _, _, _) => trust.Own,
            };
        }

        return new HttpClient(handler)
        {
            // The certificate must bear the name in this address; the connection goes to the endpoint.
            BaseAddress = endpoint.IsRemote
                ? new Uri($"https://{CertificateSubject.DnsNameOf(host)}:{endpoint.Port}/")
                : new Uri("http://agent/"),
            DefaultRequestVersion = HttpVersion.Version11,
            Timeout = AnswerTimeout,
        };
    }

    /// <summary>Opens a bare connection; what is spoken on it is the caller's business.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<Stream> DialAsync(DoorEndpoint endpoint, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ConnectAsync(endpoint, ct);
            }
            catch (SocketException)
                when (!endpoint.IsRemote && TimeProvider.System.GetElapsedTime(began) < LocalPatience)
            {
                await Task.Delay(LocalPause, TimeProvider.System, ct);
            }
        }
    }

    private static async Task<Stream> ConnectAsync(DoorEndpoint endpoint, CancellationToken ct)
    {
        var socket = endpoint.IsRemote
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (endpoint.IsRemote)
            {
                await socket.ConnectAsync(endpoint.Host!, endpoint.Port, ct);
                SilentPeers.GiveUpOn(socket);
            }
            else
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.Socket!), ct);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
