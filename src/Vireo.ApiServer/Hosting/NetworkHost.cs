using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vireo.Runtime;

namespace Vireo.ApiServer.Hosting;

/// <summary>The server on the network: HTTPS with HTTP/1.1 and HTTP/2, client certificates taken.</summary>
internal static class NetworkHost
{
    /// <summary>How long requests under way may take to end when the server stops.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A client holds one stream for each watch, all on one connection.</summary>
    private const int StreamsPerConnection = 250;

    /// <summary>A connection takes memory before anybody knows who is at its other end.</summary>
    private const int Connections = 10_000;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="ApiServerStartException">The address cannot be listened on.</exception>
    public static async Task<WebApplication> StartAsync(
        ApiServerOptions options,
        ServedCertificates certificates,
        RequestDelegate handle,
        CancellationToken ct
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = options.StateFolder }
        );
        builder.Services.AddSingleton(options.Logging);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Bodies are bounded where they are read, in the same way for every client.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxConcurrentConnections = Connections;
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
            kestrel.Listen(options.Address, options.Port, listen => Secure(listen, certificates));
        });
        var app = builder.Build();
        CrossOrigin.Use(app, options.AllowedOrigins);
        app.UseWebSockets();
        app.Run(handle);
        try
        {
            await app.StartAsync(ct);
            return app;
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new ApiServerStartException(
                fault.InnerException is AddressInUseException || fault is AddressInUseException
                    ? $"Port {options.Port} on {options.Address} is in use: stop the program that listens there, or choose another port."
                    : $"{options.Address} port {options.Port} cannot be listened on ({fault.Message.TrimEnd('.')}): choose an address of this machine and a port above 1023.",
                fault
            );
        }
    }

    /// <summary>The port that was taken.</summary>
    public static int Port(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses;
        return new Uri(addresses?.First() ?? throw new InvalidOperationException("The server listens nowhere.")).Port;
    }

    private static void Secure(ListenOptions listen, ServedCertificates certificates)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
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
            new TlsHandshakeCallbackOptions
            {
                OnConnection = _ =>
                    ValueTask.FromResult(
                        new SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = certificates.Context,
                            ClientCertificateRequired = true,
                            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
#pragma warning disable CA5359 // Taken here, judged by the authenticator: who has a bad one gets a Status.
                            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                        }
                    ),
            }
        );
    }

    /// <summary>The program around the server, not the server, listens to signals.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
