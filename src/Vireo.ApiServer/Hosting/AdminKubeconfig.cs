using System.Security.Cryptography.X509Certificates;
using Vireo.Runtime;

namespace Vireo.ApiServer.Hosting;

/// <summary>The file by which kubectl reaches the server as its administrator.</summary>
internal static class AdminKubeconfig
{
    public static void Write(string path, Uri server, X509Certificate2 authority, X509Certificate2 admin) =>
        Kubeconfig.Write(
            path,
            "vireo",
            new KubeconfigConnection
            {
                Server = new Uri(server.GetLeftPart(UriPartial.Authority)),
                CertificateAuthority = authority.ExportCertificatePem() + "\n",
                ClientCertificate = admin.ExportCertificatePem() + "\n",
                ClientKey = KeyPair.KeyPem(admin),
            }
        );
}
