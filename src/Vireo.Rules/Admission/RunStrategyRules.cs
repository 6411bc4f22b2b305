using Vireo.Api;

namespace Vireo.Rules;

/// <summary>When a virtual machine runs is said exactly once.</summary>
internal static class RunStrategyRules
{
    public static IEnumerable<FieldError> Check(VirtualMachineSpec spec)
    {
        if (spec is { Running: not null, RunStrategy: not null })
        {
            yield return FieldError.Invalid(
                "spec.running",
                "Running and RunStrategy are mutually exclusive. Note that Running is deprecated: keep "
                    + "spec.runStrategy."
            );
        }
        else if (spec is { Running: null, RunStrategy: null })
        {
            yield return FieldError.Invalid("spec.running", "RunStrategy must be specified");
        }

        if (spec.RunStrategy is RunStrategy.WaitAsReceiver)
        {
            yield return FieldError.NotSupported(
                "spec.runStrategy",
                "spec.runStrategy WaitAsReceiver is not implemented: Vireo takes no guests from other clusters. Use "
                    + "Always, RerunOnFailure, Manual, Halted or Once."
            );
        }
        else if (spec.RunStrategy is { } strategy && !Enum.IsDefined(strategy))
        {
            yield return FieldError.Invalid("spec.runStrategy", $"Invalid RunStrategy ({strategy})");
        }
    }
}
