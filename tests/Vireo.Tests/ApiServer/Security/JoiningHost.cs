using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Hosts that join a running server over the network, as `vireo agent --join` does.</summary>
internal static class JoiningHost
{
    /// <summary>Keeps a token in the server, and gives it as people carry it.</summary>
    public static async Task<JoinTokenText> TokenAsync(
        this RunningServer server,
        string? host = null,
        DateTimeOffset? expires = null
    )
    {
        var text = new JoinTokenText(
            RandomNumberGenerator.GetString(JoinTokenText.Letters, JoinTokenText.IdLength),
            RandomNumberGenerator.GetString(JoinTokenText.Letters, JoinTokenText.SecretLength),
            server.AuthorityHash()
        );
        var ends = expires ?? DateTimeOffset.UtcNow.AddHours(1);
        var token = new JoinToken(text.Id, JoinToken.HashOf(text.Secret), ends) { Host = host };
        await new KubernetesClient(server.Client).CreateAsync(token.ToSecret(), TestContext.Current.CancellationToken);
        return text;
    }

    public static string AuthorityHash(this RunningServer server)
    {
        var pem = Kubeconfig.Read(server.Server.KubeconfigPath).CertificateAuthority;
        using var authority = X509Certificate2.CreateFromPem(pem);
        return ClusterJoin.HashOf(authority);
    }

    /// <summary>Joins, with a state folder of its own below the server's.</summary>
    public static Task<HostIdentity> JoinAsync(
        this RunningServer server,
        JoinTokenText token,
        string host,
        string? folder = null
    ) =>
        ClusterJoin.JoinAsync(
            folder ?? server.FolderOf(host),
            server.Server.Address,
            token,
            host,
            TestContext.Current.CancellationToken
        );

    public static string FolderOf(this RunningServer server, string host) =>
        Directory.CreateDirectory(Path.Combine(server.Folder, "hosts", host)).FullName;

    public static async Task<HostIdentity> JoinAsync(this RunningServer server, string host) =>
        await server.JoinAsync(await server.TokenAsync(), host);

    /// <summary>The server's Host object.</summary>
    public static Task<Host?> HostAsync(this RunningServer server, string name) =>
        new KubernetesClient(server.Client).FindAsync<Host>(new(null, name), TestContext.Current.CancellationToken);
}
