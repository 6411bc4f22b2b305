using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How a machine may refer to its instance type and its preference.</summary>
internal static class MatcherRules
{
    private static readonly MatcherRole[] Roles = [MatcherRole.Instancetype, MatcherRole.Preference];

    /// <summary>What is wrong with the references by themselves.</summary>
    /// <param name="spec">The machine as it is to be stored.</param>
    /// <param name="old">As it is stored now; null on create.</param>
    public static IEnumerable<FieldError> Check(VirtualMachineSpec spec, VirtualMachineSpec? old) =>
        Roles.SelectMany(role =>
            MachineMatcher.Of(spec, role) is not { } matcher
                ? []
                : (FieldError[])
                    [
                        .. matcher.Check(),
                        .. WordRules.OneOf(
                            matcher.FailurePolicy,
                            $"{matcher.Path}.inferFromVolumeFailurePolicy",
                            "Reject",
                            "Ignore"
                        ),
                        .. StalePin(matcher, old is null ? null : MachineMatcher.Of(old, role)),
                    ]
        );

    /// <summary>Who names another object and leaves the old one's revision in place would see nothing change.</summary>
    private static IEnumerable<FieldError> StalePin(MachineMatcher matcher, MachineMatcher? old)
    {
        if (
            old is not null
            && matcher.RevisionName is not null
            && matcher.RevisionName == old.RevisionName
            && matcher.Name != old.Name
        )
        {
            yield return FieldError.Invalid(
                $"{matcher.Path}.revisionName",
                "the Matcher Name has been updated without updating the RevisionName"
            );
        }
    }
}
