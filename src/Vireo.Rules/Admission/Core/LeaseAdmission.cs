using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Leases.</summary>
internal static class LeaseAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, Lease lease) =>
        AdmissionResult.Of(request.Object, Check(lease));

    private static IEnumerable<FieldError> Check(Lease lease)
    {
        if (lease.Spec?.LeaseDurationSeconds <= 0)
        {
            yield return FieldError.Invalid(
                "spec.leaseDurationSeconds",
                $"spec.leaseDurationSeconds: {lease.Spec.LeaseDurationSeconds} must be greater than 0."
            );
        }

        if (lease.Spec?.LeaseTransitions < 0)
        {
            yield return FieldError.Invalid(
                "spec.leaseTransitions",
                $"spec.leaseTransitions: {lease.Spec.LeaseTransitions} must not be negative."
            );
        }
    }
}
