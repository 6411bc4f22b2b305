using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.VirtualMachineInstanceConfigs;

/// <summary>Keeps the list of the instances that were made from a configuration. It starts and stops none.</summary>
/// <remarks>
/// The start and stop subresources make and delete instances. One that ends or is deleted by hand stays so: a
/// configuration is what instances are made from, not a wish that they run.
/// </remarks>
internal sealed class ConfigReconciler(
    KubernetesClient client,
    Informer<VirtualMachineInstanceConfig> configs,
    Informer<VirtualMachineInstance> instances
) : IReconciler
{
    private const string ByConfig = "config";

    /// <summary>Keeps instances findable by their configuration; call before the informer runs.</summary>
    public static void Index(Informer<VirtualMachineInstance> instances) =>
        instances.Index(ByConfig, instance => ConfigReport.OwnerReferenceOf(instance) is { } owner ? [owner.Uid] : []);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (configs.Find(key) is not { } config)
        {
            return Outcome.Settled;
        }

        var status = ConfigReport.Of(config, instances.ByIndex(ByConfig, config.Metadata.Uid!));
        if (!ConfigReport.AreEqual(config.Status, status))
        {
            try
            {
                await client.ReplaceStatusAsync(config with { Status = status }, ct);
            }
            catch (ApiException e) when (e.Reason is Reason.NotFound)
            {
                // It was deleted meanwhile.
            }
        }

        return Outcome.Settled;
    }
}
