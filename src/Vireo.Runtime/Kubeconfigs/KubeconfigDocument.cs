using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Runtime;

/// <summary>A kubeconfig file with one cluster, one user and one context, all it needs inside it.</summary>
internal static class KubeconfigDocument
{
    public static JsonObject Of(string name, string user, KubeconfigConnection connection) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = Named(name, "cluster", ClusterOf(connection)),
            ["users"] = Named(user, "user", UserOf(connection)),
            ["contexts"] = Named(
                name,
                "context",
                new()
                {
                    ["cluster"] = name,
                    ["user"] = user,
                    ["namespace"] = connection.Namespace,
                }
            ),
            ["current-context"] = name,
            ["preferences"] = new JsonObject(),
        };

    private static JsonObject ClusterOf(KubeconfigConnection connection)
    {
        var cluster = new JsonObject { ["server"] = connection.Server.AbsoluteUri.TrimEnd('/') };
        Set(cluster, "certificate-authority-data", Base64(connection.CertificateAuthority));
        Set(cluster, "tls-server-name", connection.TlsServerName);
        if (connection.InsecureSkipTlsVerify)
        {
            cluster["insecure-skip-tls-verify"] = true;
        }

        return cluster;
    }

    private static JsonObject UserOf(KubeconfigConnection connection)
    {
        var user = new JsonObject();
        Set(user, "client-certificate-data", Base64(connection.ClientCertificate));
        Set(user, "client-key-data", Base64(connection.ClientKey));
        Set(user, "token", connection.Token);
        Set(user, "tokenFile", connection.TokenFile);
        return user;
    }

    private static JsonArray Named(string name, string field, JsonObject value) =>
        [new JsonObject { ["name"] = name, [field] = value }];

    private static void Set(JsonObject target, string field, string? value)
    {
        if (value is not null)
        {
            target[field] = value;
        }
    }

    private static string? Base64(string? pem) =>
        pem is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
