using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Features of Hyper-V that others need are switched on with them, unless they are given.</summary>
internal static class HypervDefaults
{
    private static readonly FeatureState On = new() { Enabled = true };

    public static FeatureHyperv Fill(FeatureHyperv hyperv)
    {
        if (hyperv.Synictimer is { Enabled: not false })
        {
            hyperv = hyperv with { Synic = hyperv.Synic ?? On };
        }

        if (IsOn(hyperv.Synic) || IsOn(hyperv.Ipi) || hyperv.Tlbflush is { Enabled: not false })
        {
            hyperv = hyperv with { Vpindex = hyperv.Vpindex ?? On };
        }

        return IsOn(hyperv.Evmcs) ? hyperv with { Vapic = hyperv.Vapic ?? On } : hyperv;
    }

    private static bool IsOn(FeatureState? feature) => feature is { Enabled: not false };
}
