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
    TimeProvider time,
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

        var (left, failures) = (new List<Remnant>(), new List<string>());
        foreach (var kind in kinds.Where(kind => kind.Kind.IsNamespaced))
        {
            try
            {
                left.Add(new(kind.Kind, await kind.DeleteAllAsync(key.Name, ct)));
            }
            catch (ApiException e)
            {
                failures.Add($"{kind.Kind.GroupResource}: {e.Message}");
            }
        }

        var told = await TellAsync(deleted, left, failures, ct);
        if (failures.Count > 0)
        {
            return new Outcome.Failed(NamespaceReport.DeletionFailed, string.Join(", ", failures));
        }

        var count = left.Sum(remnant => remnant.Objects.Count);
        if (count > 0)
        {
            return new Outcome.Waiting($"{count} objects to go", RecheckAfter);
        }

        await FinalizeAsync(told, ct);
        logger.NamespaceRemoved(key.Name);
        return Outcome.Settled;
    }

    private async Task<Namespace> TellAsync(
        Namespace deleted,
        IReadOnlyList<Remnant> left,
        IReadOnlyList<string> failures,
        CancellationToken ct
    )
    {
        var status = deleted.Status ?? new();
        var before = status.Conditions ?? [];
        var now = NamespaceReport.Conditions(before, left, failures, time.GetUtcNow());
        return now.SequenceEqual(before)
            ? deleted
            : await client.ReplaceStatusAsync(deleted with { Status = status with { Conditions = now } }, ct);
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
