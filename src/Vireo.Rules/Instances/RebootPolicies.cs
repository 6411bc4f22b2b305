using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What becomes of an instance when its guest reboots.</summary>
public enum RebootPolicy
{
    /// <summary>It goes on, in the same process and with the settings it has.</summary>
    Reboot,

    /// <summary>It ends; the run strategy of its virtual machine decides what comes next.</summary>
    Terminate,
}

/// <summary>Decides what becomes of an instance when its guest reboots.</summary>
public static class RebootPolicies
{
    /// <summary>The feature that lets an instance end by a reboot.</summary>
    public const string Gate = "RebootPolicy";

    /// <summary>The policy in force.</summary>
    /// <remarks>
    /// Where the gate was switched off after the policy was set, guests reboot in place again: the policy stays stored
    /// and counts again with the gate.
    /// </remarks>
    public static RebootPolicy Of(DomainSpec domain, KubeVirtConfiguration configuration) =>
        domain.RebootPolicy == nameof(RebootPolicy.Terminate) && FeatureGates.IsEnabled(configuration, Gate)
            ? RebootPolicy.Terminate
            : RebootPolicy.Reboot;
}
