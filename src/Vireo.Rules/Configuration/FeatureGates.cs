using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Which of the features that can be switched are on.</summary>
public static class FeatureGates
{
    /// <summary>True when the feature is on.</summary>
    public static bool IsEnabled(KubeVirtConfiguration configuration, string name) => throw new NotSupportedException();
}
