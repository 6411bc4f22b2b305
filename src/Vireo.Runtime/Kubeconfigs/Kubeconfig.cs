namespace Vireo.Runtime;

/// <summary>Reads and writes kubeconfig files as kubectl does.</summary>
public static class Kubeconfig
{
    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The connection of a context.</summary>
    /// <param name="path">The file; null for those that <c>KUBECONFIG</c> lists, else <c>~/.kube/config</c>.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="InvalidOperationException">Names the file, the field, and what is wrong with it.</exception>
    public static KubeconfigConnection Read(string? path = null, string? context = null) =>
        KubeconfigReader.Open(path, Environment.GetEnvironmentVariable("KUBECONFIG")).Connection(context);

    /// <summary>The connection of the pod that this program runs in; null outside of a cluster.</summary>
    public static KubeconfigConnection? InCluster() =>
        InCluster(
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"),
            ServiceAccountFolder
        );

    /// <summary>Writes a file with one context, readable by its owner only, whole or not at all.</summary>
    /// <param name="path">The file; its folder is made when it is not there.</param>
    /// <param name="name">The name of the cluster and context in it.</param>
    /// <param name="connection">What to write.</param>
    /// <param name="user">The name of the user in it; <c>name-admin</c> when not given.</param>
    public static void Write(string path, string name, KubeconfigConnection connection, string? user = null)
    {
        var text = Text(name, connection, user);
        var whole = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        var draft = $"{whole}.{Environment.ProcessId}.new";
        // A leftover of a process that died might have another mode.
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, whole, overwrite: true);
    }

    /// <summary>The text of a file with one context.</summary>
    /// <param name="name">The name of the cluster and context in it.</param>
    /// <param name="connection">What to write.</param>
    /// <param name="user">The name of the user in it; <c>name-admin</c> when not given.</param>
    public static string Text(string name, KubeconfigConnection connection, string? user = null) =>
        Yaml.FromJson(KubeconfigDocument.Of(name, user ?? $"{name}-admin", connection));

    internal static KubeconfigConnection? InCluster(string? host, string? port, string folder)
    {
        var token = Path.Combine(folder, "token");
        if (string.IsNullOrEmpty(host) || !File.Exists(token))
        {
            return null;
        }

        var authority = Path.Combine(folder, "ca.crt");
        var @namespace = Path.Combine(folder, "namespace");
        return new()
        {
            Server = new UriBuilder(Uri.UriSchemeHttps, host, int.Parse(port ?? "443", provider: null)).Uri,
            CertificateAuthority = File.Exists(authority) ? File.ReadAllText(authority) : null,
            TokenFile = token,
            Namespace = File.Exists(@namespace) ? File.ReadAllText(@namespace).Trim() : "default",
        };
    }
}
