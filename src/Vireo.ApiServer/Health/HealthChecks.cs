using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Health;

/// <summary>What must be well for the server to be so.</summary>
internal static class HealthChecks
{
    /// <param name="store">The objects.</param>
    /// <param name="stopping">Cancelled when the server begins to stop: it takes no new clients then.</param>
    public static IReadOnlyList<HealthCheck> Of(ResourceStore store, CancellationToken stopping) =>
        [
            new("ping", static () => true),
            new("storage", () => store.TakesWrites),
            new("shutdown", () => !stopping.IsCancellationRequested, IsForReadiness: true),
        ];
}
