using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vireo.Agent;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Running;

/// <summary>Makes up join tokens.</summary>
internal static class NewToken
{
    /// <summary>A token that nobody knows yet, for the cluster of a connection.</summary>
    /// <exception cref="StartException">The connection does not say which CA the cluster has.</exception>
    public static JoinTokenText Make(KubeconfigConnection? connection)
    {
        var pem =
            connection?.CertificateAuthority
            ?? throw new StartException(
                "the kubeconfig has no certificate-authority, which a host needs to know the server by: use the one that "
                    + "'vireo up' wrote, admin.kubeconfig."
            );
        using var authority = X509Certificate2.CreateFromPem(pem);
        return new(
            RandomNumberGenerator.GetString(JoinTokenText.Letters, JoinTokenText.IdLength),
            RandomNumberGenerator.GetString(JoinTokenText.Letters, JoinTokenText.SecretLength),
            ClusterJoin.HashOf(authority)
        );
    }
}
