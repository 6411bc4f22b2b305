using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>A connection to a server on which anything can be said, at any pace.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new();
    private readonly X509Certificate2 _certificate;
    private Stream _stream = Stream.Null;

    private RawConnection(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>Connects as the administrator; without TLS when that is what is to be tried.</summary>
    public static async Task<RawConnection> OpenAsync(RunningServer server, bool isSecure = true)
    {
        var admin = Kubeconfig.Read(server.Server.KubeconfigPath);
        var connection = new RawConnection(X509Certificate2.CreateFromPem(admin.ClientCertificate, admin.ClientKey));
        await connection._client.ConnectAsync(server.Server.Address.Host, server.Server.Address.Port);
        connection._stream = connection._client.GetStream();
        if (isSecure)
        {
            var secure = new SslStream(connection._stream);
            connection._stream = secure;
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ClientCertificates = [connection._certificate],
#pragma warning disable CA5359 // What is tried here is the server, not the client.
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                }
            );
        }

        return connection;
    }

    /// <summary>Says something; a server that has hung up does not hear it, which is an answer too.</summary>
    public async Task SayAsync(string text)
    {
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // It hung up: what it said before is still to be read.
        }
    }

    /// <summary>Says that nothing more will be said, and goes on listening.</summary>
    public void CloseSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The code of the answer; 0 when the server hung up without one.</summary>
    public async Task<int> CodeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var read = new byte[12];
        try
        {
            var length = await _stream.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, patience.Token);
            return length == read.Length && int.TryParse(Encoding.ASCII.GetString(read, 9, 3), out var code) ? code : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
        _certificate.Dispose();
    }
}
