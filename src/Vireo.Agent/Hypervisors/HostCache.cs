namespace Vireo.Agent;

/// <summary>
/// The host's facts as last seen: asked for once, and again when the hypervisor came back or its programs were
/// upgraded.
/// </summary>
/// <param name="hypervisor">Who knows them.</param>
internal sealed class HostCache(IHypervisor hypervisor)
{
    private volatile Task<HostFacts>? _facts;

    /// <summary>The facts; asks when they are not known.</summary>
    public async Task<HostFacts> GetAsync(CancellationToken ct)
    {
        var facts = _facts;
        if (facts is null || facts.IsFaulted || facts.IsCanceled || IsOutdated(facts))
        {
            _facts = facts = hypervisor.DescribeHostAsync(ct);
        }

        return await facts.WaitAsync(ct);
    }

    /// <summary>Asks again when next wanted.</summary>
    public void Forget() => _facts = null;

    private static bool IsOutdated(Task<HostFacts> facts) =>
        facts is { IsCompletedSuccessfully: true, Result.IsOutdated: true };
}
