using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Access;

/// <summary>Writes into the cluster roles that are made of others what they come to.</summary>
/// <remarks>For those who read them: our server does not wait for it.</remarks>
internal sealed class RoleAggregationReconciler(KubernetesClient client, Informer<ClusterRole> roles) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (roles.Find(key) is not { AggregationRule: not null } role)
        {
            return Outcome.Settled;
        }

        var rules = RoleAggregation.RulesOf(role, [.. roles.All]);
        if (RoleAggregation.AreSame(rules, role.Rules))
        {
            return Outcome.Settled;
        }

        try
        {
            await client.ReplaceAsync(role with { Rules = rules }, ct);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound or Reason.Conflict)
        {
            // What changed it brings it here again.
        }

        return Outcome.Settled;
    }
}
