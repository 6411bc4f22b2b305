using System.Text;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Reads from the API the secrets that volumes name.</summary>
internal sealed class SecretReader(KubernetesClient client, string folder)
{
    private const string DockerConfiguration = ".dockerconfigjson";

    /// <summary>The first of these entries that a secret has; null when the secret has none of them.</summary>
    /// <exception cref="DiskException">There is no such secret.</exception>
    public async Task<byte[]?> ReadAsync(ResourceKey key, IReadOnlyList<string> entries, CancellationToken ct)
    {
        var secret =
            await client.FindAsync<Secret>(key, ct)
            ?? throw new DiskException("FailedSecret", $"There is no Secret {key}: create it.", isTransient: true);
        var found = entries
            .Select(entry => secret.Data?.GetValueOrDefault(entry))
            .FirstOrDefault(value => value is not null);
        try
        {
            return found is null ? null : Convert.FromBase64String(found);
        }
        catch (FormatException)
        {
            throw new DiskException("FailedSecret", $"The Secret {key} holds a value that is not base64.", false);
        }
    }

    /// <summary>Writes a pull secret to a file that only this user can read, for as long as it is needed.</summary>
    public async Task<CredentialsFile> WriteCredentialsAsync(ResourceKey key, CancellationToken ct)
    {
        var content =
            await ReadAsync(key, [DockerConfiguration], ct)
            ?? throw new DiskException(
                "FailedSecret",
                $"The Secret {key} has no entry {DockerConfiguration}: make it with 'kubectl create secret docker-registry'.",
                isTransient: true
            );
        return CredentialsFile.Write(folder, Encoding.UTF8.GetString(content));
    }
}

/// <summary>A file with credentials that is removed after use.</summary>
internal sealed class CredentialsFile : IDisposable
{
    private CredentialsFile(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    public static CredentialsFile Write(string folder, string content)
    {
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, $"auth-{Guid.NewGuid():N}.json");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(path, Encoding.UTF8, options))
        {
            writer.Write(content);
        }

        return new CredentialsFile(path);
    }

    public void Dispose() => File.Delete(Path);
}
