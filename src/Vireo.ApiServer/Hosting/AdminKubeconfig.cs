using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vireo.ApiServer.Hosting;

/// <summary>The file by which kubectl reaches the server as its administrator.</summary>
internal static class AdminKubeconfig
{
    public static void Write(string path, Uri server, X509Certificate2 authority, X509Certificate2 admin)
    {
        var text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: vireo
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Base64(authority.ExportCertificatePem() + "\n")}
            users:
            - name: vireo-admin
              user:
                client-certificate-data: {Base64(admin.ExportCertificatePem() + "\n")}
                client-key-data: {Base64(KeyPair.KeyPem(admin))}
            contexts:
            - name: vireo
              context:
                cluster: vireo
                user: vireo-admin
            current-context: vireo

            """;
        StateFolder.WriteSecret(path, text);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
