using System.Runtime.CompilerServices;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Reads and writes objects of any kind in the table through the Kubernetes API.</summary>
/// <param name="http">
/// Its base address is the server; its handler knows who asks. It may also lead straight into a server in this process.
/// </param>
/// <remarks>
/// Every method throws <see cref="ApiException"/> when the answer is not what was asked for, and
/// <see cref="OperationCanceledException"/> only when its own token was cancelled. Safe for use by many at once.
/// </remarks>
public sealed class KubernetesClient(HttpClient http)
{
    /// <summary>The object, or null when there is none.</summary>
    public Task<T?> FindAsync<T>(ResourceKey key, CancellationToken ct)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>One page of objects; all of them when the query has no limit.</summary>
    public Task<ResourceList<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>Makes an object; the answer has what the server added.</summary>
    public Task<T> CreateAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>Replaces an object; fails with Conflict when it changed since it was read.</summary>
    public Task<T> ReplaceAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>
    /// Replaces an object's status, through the status subresource where the kind has one, else through the object.
    /// </summary>
    public Task<T> ReplaceStatusAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>Changes a part of an object.</summary>
    public Task<T> PatchAsync<T>(ResourceKey key, Patch patch, CancellationToken ct, string? subresource = null)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>Deletes an object; false when it was gone already. With finalizers it stays until they are gone.</summary>
    public Task<bool> DeleteAsync<T>(ResourceKey key, DeleteOptions? options, CancellationToken ct)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>What happens from the query's revision on. Ends when the server ends it; then watch on from the last revision.</summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class, IResource
    {
        await Task.Yield();
        _ = http;
        yield break;
    }

    /// <summary>
    /// Sends a request that has no method of its own here, such as a subresource's. Relative addresses are the server's.
    /// </summary>
    /// <returns>A successful answer whose body is not yet read. The caller disposes it.</returns>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
        throw new NotSupportedException("Being written.");

    /// <summary>A client over the network with what a kubeconfig or a pod's service account says.</summary>
    public static KubernetesClient Connect(KubeconfigConnection connection) =>
        throw new NotSupportedException("Being written.");
}
