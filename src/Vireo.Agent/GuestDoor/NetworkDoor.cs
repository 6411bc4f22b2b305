using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// The door of a host that joined: HTTPS on the network, for the API server and other hosts' agents and nobody else.
/// </summary>
/// <param name="address">Where to listen.</param>
/// <param name="trust">Shows who this host is, and whom it believes.</param>
/// <param name="time">The time, which certificates are held against.</param>
internal sealed class NetworkDoor(IPEndPoint address, DoorTrust trust, TimeProvider time)
{
    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => address;

    /// <summary>
    /// Makes a server listen: who shows no certificate of the cluster's does not get as far as a request.
    /// </summary>
    public void Open(KestrelServerOptions kestrel) =>
        kestrel.Listen(
            address,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(
                    (connection, next) =>
                    {
                        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
                        {
                            SilentPeers.GiveUpOn(socket);
                        }

                        return next(connection);
                    }
                );
                listen.UseHttps(
                    new HttpsConnectionAdapterOptions
                    {
                        ServerCertificateSelector = (_, _) => trust.Own,
                        ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                        ClientCertificateValidation = (certificate, _, _) => Identify(certificate) is not null,
                    }
                );
            }
        );

    /// <summary>Who makes a request; null for one whom the cluster knows, but who has no business here.</summary>
    public DoorCaller? Identify(HttpContext http) =>
        http.Connection.ClientCertificate is { } certificate ? Identify(certificate) : null;

    private DoorCaller? Identify(X509Certificate2 certificate) =>
        trust.Identify(certificate, time.GetUtcNow()) switch
        {
            { Host: { } host, Unit: var uid } => new(host, IsLocal: false) { HostUid = uid },
            { Name: CertificateSubject.Server } => DoorCaller.Server,
            _ => null,
        };
}
