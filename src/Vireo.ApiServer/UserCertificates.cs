using Vireo.ApiServer.Hosting;
using Vireo.Runtime;

namespace Vireo.ApiServer;

/// <summary>Makes access for people and programs where the server keeps its state: by certificates of its CA.</summary>
public static class UserCertificates
{
    /// <summary>A connection as a user who is in these groups.</summary>
    /// <param name="stateFolder">The server's state; the server may run meanwhile.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="groups">The groups: what they may do is said by roles.</param>
    /// <param name="life">How long the certificate holds; it cannot be taken back.</param>
    /// <param name="server">Where the server is reached; null for where its own administrator reaches it.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="ApiServerStartException">No server was started with this folder, or it cannot be read.</exception>
    public static KubeconfigConnection Create(
        string stateFolder,
        string user,
        IReadOnlyList<string> groups,
        TimeSpan life,
        Uri? server,
        TimeProvider time
    )
    {
        var folder = Path.GetFullPath(stateFolder);
        try
        {
            var admin = Kubeconfig.Read(Path.Combine(folder, "admin.kubeconfig"));
            using var authority = CertificateAuthority.Existing(Path.Combine(folder, "pki"), time);
            using var certificate = authority.ForUser(user, groups, life);
            return new KubeconfigConnection
            {
                Server = server ?? admin.Server,
                CertificateAuthority = authority.Certificate.ExportCertificatePem() + "\n",
                ClientCertificate = certificate.ExportCertificatePem() + "\n",
                ClientKey = KeyPair.KeyPem(certificate),
            };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new ApiServerStartException(
                $"{folder} is no state folder of a server that this user may read ({fault.Message.TrimEnd('.')}): name it "
                    + "with --state-dir, on the machine where the server runs.",
                fault
            );
        }
    }
}
