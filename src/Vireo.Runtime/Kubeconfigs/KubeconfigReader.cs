using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.Runtime;

/// <summary>
/// Looks one context up in one or several files. Of entries with the same name the first file's counts.
/// </summary>
internal sealed class KubeconfigReader
{
    private readonly IReadOnlyList<(string Path, JsonObject Root)> _files;

    private KubeconfigReader(IReadOnlyList<(string Path, JsonObject Root)> files) => _files = files;

    /// <summary>Opens a file that must be there, else those of a list that are, else the user's own.</summary>
    public static KubeconfigReader Open(string? path, string? list)
    {
        if (path is not null)
        {
            return new([Load(path)]);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        IReadOnlyList<string> paths = string.IsNullOrEmpty(list)
            ? [Path.Combine(home, ".kube", "config")]
            : list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var files = paths.Where(File.Exists).Select(Load).ToList();
        return files.Count > 0
            ? new(files)
            : throw new InvalidOperationException(
                $"There is no kubeconfig at {string.Join(" or ", paths)}. Name one, or set KUBECONFIG."
            );
    }

    public KubeconfigConnection Connection(string? contextName)
    {
        var name =
            contextName
            ?? _files.Select(file => Text(Whole(file), "current-context")).FirstOrDefault(text => text is not null)
            ?? throw new InvalidOperationException(
                $"{_files[0].Path}: current-context is not set. Set it, or name a context."
            );
        var context = Find("contexts", "context", name);
        var cluster = Find("clusters", "cluster", Required(context, "cluster"));
        var user = Text(context, "user") is { } userName ? Find("users", "user", userName) : default;
        Refuse(user, "exec", "auth-provider", "username");
        return new()
        {
            Server = ServerOf(cluster),
            Namespace = Text(context, "namespace") ?? "default",
            CertificateAuthority = Pem(cluster, "certificate-authority"),
            TlsServerName = Text(cluster, "tls-server-name"),
            InsecureSkipTlsVerify = IsTrue(cluster, "insecure-skip-tls-verify"),
            ClientCertificate = Pem(user, "client-certificate"),
            ClientKey = Pem(user, "client-key"),
            Token = Text(user, "token"),
            TokenFile = Text(user, "tokenFile") is { } file ? Beside(user.Path, file) : null,
        };
    }

    private static (string Path, JsonObject Root) Load(string path)
    {
        try
        {
            var documents = Yaml.ToJson(File.ReadAllText(path));
            return documents is [JsonObject root]
                ? (path, root)
                : throw new InvalidOperationException($"{path}: is no kubeconfig: it must hold one mapping.");
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private Entry Find(string section, string field, string name)
    {
        foreach (var (path, root) in _files)
        {
            var entries = (root[section] as JsonArray ?? []).OfType<JsonObject>();
            if (entries.FirstOrDefault(entry => Text(new(path, section, entry), "name") == name) is { } found)
            {
                return new(path, $"{section}[{name}].{field}", found[field] as JsonObject ?? []);
            }
        }

        throw new InvalidOperationException(
            $"{_files[0].Path}: {section} has no entry named '{name}'. Add it, or choose another."
        );
    }

    private static Uri ServerOf(Entry cluster) =>
        Uri.TryCreate(Required(cluster, "server"), UriKind.Absolute, out var server)
        && (server.Scheme == Uri.UriSchemeHttps || server.Scheme == Uri.UriSchemeHttp)
            ? server
            : throw Wrong(cluster, "server", "is no address. Write https://host:port.");

    /// <summary>What is in the entry itself (base64), else in the file that it names.</summary>
    private static string? Pem(Entry entry, string field)
    {
        if (Text(entry, field + "-data") is { } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException e)
            {
                throw Wrong(entry, field + "-data", "is not base64. Copy it again, or name a file instead.", e);
            }
        }

        if (Text(entry, field) is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(Beside(entry.Path, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(entry, field, $"cannot be read: {e.Message}", e);
        }
    }

    private static void Refuse(Entry user, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (user.Fields?[field] is not null)
            {
                throw Wrong(user, field, "is not supported. Use a client certificate, a token or a tokenFile.");
            }
        }
    }

    private static bool IsTrue(Entry entry, string field) =>
        entry.Fields?[field] switch
        {
            null => false,
            JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False =>
                value.GetValue<bool>(),
            _ => throw Wrong(entry, field, "must be true or false."),
        };

    private static string Required(Entry entry, string field) =>
        Text(entry, field) ?? throw Wrong(entry, field, "is missing. Set it.");

    private static string? Text(Entry entry, string field) =>
        entry.Fields?[field] switch
        {
            null => null,
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>()
                is { Length: > 0 } text
                ? text
                : null,
            _ => throw Wrong(entry, field, "must be a text. Put it in quotes."),
        };

    private static Entry Whole((string Path, JsonObject Root) file) => new(file.Path, "", file.Root);

    private static string Beside(string path, string file) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file);

    private static InvalidOperationException Wrong(Entry entry, string field, string what, Exception? inner = null) =>
        new($"{entry.Path}: {(entry.Place.Length == 0 ? field : $"{entry.Place}.{field}")} {what}", inner);

    /// <summary>One mapping of a file and where it is, for messages.</summary>
    private readonly record struct Entry(string Path, string Place, JsonObject? Fields);
}
