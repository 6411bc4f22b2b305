using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Reads from the API the secrets that volumes name.</summary>
internal sealed class SecretReader(KubernetesClient client)
{
    private const string DockerConfiguration = ".dockerconfigjson";

    /// <summary>The first of these entries that a secret has; null when the secret has none of them.</summary>
    /// <exception cref="DiskException">There is no such secret, or it cannot be read now.</exception>
    public async Task<byte[]?> ReadAsync(ResourceKey key, IReadOnlyList<string> entries, CancellationToken ct)
    {
        var secret =
            await FindAsync(key, ct)
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
            throw new DiskException("FailedSecret", $"The Secret {key} holds a value that is not base64.", true);
        }
    }

    /// <summary>What a pull secret holds: credentials as container tools keep them in a file.</summary>
    /// <exception cref="DiskException">There is no such secret, or it is none for registries.</exception>
    public async Task<byte[]> ReadCredentialsAsync(ResourceKey key, CancellationToken ct) =>
        await ReadAsync(key, [DockerConfiguration], ct)
        ?? throw new DiskException(
            "FailedSecret",
            $"The Secret {key} has no entry {DockerConfiguration}: make it with 'kubectl create secret docker-registry'.",
            isTransient: true
        );

    private async Task<Secret?> FindAsync(ResourceKey key, CancellationToken ct)
    {
        try
        {
            return await client.FindAsync<Secret>(key, ct);
        }
        catch (ApiException e)
        {
            throw new DiskException("FailedSecret", $"The Secret {key} cannot be read: {e.Message}", isTransient: true);
        }
    }
}
