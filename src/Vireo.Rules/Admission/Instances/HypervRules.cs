using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a Windows guest expects of Hyper-V.</summary>
internal static class HypervRules
{
    private const int LeastSpinlocks = 4096;
    private const int VendorLength = 12;

    public static IEnumerable<FieldError> Check(FeatureHyperv? hyperv, string path)
    {
        if (hyperv?.Spinlocks?.Spinlocks < LeastSpinlocks)
        {
            var field = $"{path}.spinlocks.spinlocks";
            yield return FieldError.Invalid(
                field,
                $"{field}: {hyperv.Spinlocks.Spinlocks} must be {LeastSpinlocks} or more."
            );
        }

        if (hyperv?.Vendorid?.Vendorid is { } vendor && (vendor.Length > VendorLength || vendor.Contains(',')))
        {
            var field = $"{path}.vendorid.vendorid";
            yield return FieldError.Invalid(
                field,
                $"{field}: '{vendor}' must have at most {VendorLength} characters and no comma."
            );
        }

        foreach (var (name, isOn, needed, isThere) in Needs(hyperv ?? new()))
        {
            if (isOn && !isThere)
            {
                var field = $"{path}.{name}";
                yield return FieldError.Invalid(field, $"{field} needs {path}.{needed}, which is not on: add it.");
            }
        }
    }

    // QEMU does not start otherwise.
    private static IEnumerable<(string Name, bool IsOn, string Needed, bool IsThere)> Needs(FeatureHyperv hyperv)
    {
        var vpindex = IsOn(hyperv.Vpindex);
        yield return ("synic", IsOn(hyperv.Synic), "vpindex", vpindex);
        yield return ("synictimer", hyperv.Synictimer is { Enabled: not false }, "synic", IsOn(hyperv.Synic));
        yield return ("tlbflush", hyperv.Tlbflush is { Enabled: not false }, "vpindex", vpindex);
        yield return ("ipi", IsOn(hyperv.Ipi), "vpindex", vpindex);
        yield return ("evmcs", IsOn(hyperv.Evmcs), "vapic", IsOn(hyperv.Vapic));
    }

    private static bool IsOn(FeatureState? feature) => feature is { Enabled: not false };
}
