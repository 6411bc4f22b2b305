using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.Access;

/// <summary>Sees that every namespace has the service account "default", which clients take for granted.</summary>
internal sealed class DefaultAccountReconciler(
    KubernetesClient client,
    Informer<Namespace> namespaces,
    Informer<ServiceAccount> accounts
) : IReconciler
{
    private const string Name = "default";

    /// <summary>The namespace of an account that matters here.</summary>
    public static IEnumerable<ResourceKey> NamespaceOf(ServiceAccount account) =>
        account.Metadata.Name == Name ? [new(null, account.Metadata.Namespace!)] : [];

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (
            namespaces.Find(key) is not { Metadata.DeletionTimestamp: null }
            || accounts.Find(new(key.Name, Name)) is not null
        )
        {
            return Outcome.Settled;
        }

        try
        {
            await client.CreateAsync(
                new ServiceAccount
                {
                    Metadata = new() { Name = Name, Namespace = key.Name },
                },
                ct
            );
        }
        catch (ApiException e) when (e.Reason is Reason.AlreadyExists or Reason.NotFound or Reason.Forbidden)
        {
            // Somebody was faster, or the namespace goes.
        }

        return Outcome.Settled;
    }
}
