using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Controllers.GarbageCollection;
using Vireo.Runtime;

namespace Vireo.Controllers.Namespaces;

/// <summary>Empties a namespace that is being deleted, then lets it go.</summary>
internal sealed class NamespaceReconciler(
    KubernetesClient client,
    Informer<Namespace> namespaces,
    IReadOnlyList<KindAccess> kinds,
    ILogger logger
) : IReconciler
{
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(1);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (namespaces.Find(key) is not { Metadata.DeletionTimestamp: not null } deleted)
        {
            return Outcome.Settled;
        }

        var left = 0;
        foreach (var kind in kinds.Where(kind => kind.Kind.IsNamespaced))
        {
            left += await kind.DeleteAllAsync(key.Name, ct);
        }

        if (left > 0)
        {
            return new Outcome.Waiting($"{left} objects to go", RecheckAfter);
        }

        await FinalizeAsync(deleted, ct);
        logger.NamespaceRemoved(key.Name);
        return Outcome.Settled;
    }

    private async Task FinalizeAsync(Namespace deleted, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            deleted with
            {
                Spec = new NamespaceSpec { Finalizers = [] },
            },
            ApiJson.Default.Namespace
        );
        using var request = new HttpRequestMessage(
            HttpMethod.Put,
            $"/api/v1/namespaces/{deleted.Metadata.Name}/finalize"
        );
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await client.SendAsync(request, ct);
    }
}
