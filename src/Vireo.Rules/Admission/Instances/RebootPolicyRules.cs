using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A reboot policy is set only while the feature is on.</summary>
/// <remarks>
/// What was stored while it was on stays writable, and Vireo itself makes instances of it: a cluster where the feature
/// was switched off again locks nobody out. See <see cref="RebootPolicies" /> for what the policy means then.
/// </remarks>
internal static class RebootPolicyRules
{
    /// <summary>The errors of a policy.</summary>
    /// <param name="spec">The spec that is to be stored.</param>
    /// <param name="old">The spec that is stored now; null on create.</param>
    /// <param name="path">Where the spec stands.</param>
    /// <param name="context">The configuration, and who asks.</param>
    public static IEnumerable<FieldError> Check(
        VirtualMachineInstanceSpec? spec,
        VirtualMachineInstanceSpec? old,
        string path,
        AdmissionContext context
    )
    {
        var policy = spec?.Domain?.RebootPolicy;
        var field = $"{path}.domain.rebootPolicy";
        if (string.IsNullOrEmpty(policy) || context.IsSystem || policy == old?.Domain?.RebootPolicy)
        {
            return [];
        }

        return FeatureGates.IsEnabled(context.Configuration, RebootPolicies.Gate)
            ? WordRules.OneOf(policy, field, nameof(RebootPolicy.Reboot), nameof(RebootPolicy.Terminate))
            : [FieldError.Invalid(field, "RebootPolicy is specified but the RebootPolicy feature gate is not enabled")];
    }
}
