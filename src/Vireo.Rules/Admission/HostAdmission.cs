using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Hosts: what agents tell must be usable for placement.</summary>
internal static class HostAdmission
{
    public static AdmissionResult Review(AdmissionRequest request, Host host) =>
        AdmissionResult.Of(request.Object, Check(host.Status));

    private static IEnumerable<FieldError> Check(HostStatus? status)
    {
        var types = status?.MachineTypes ?? [];
        for (var index = 0; index < types.Count; index++)
        {
            if (!MachineTypeRules.IsName(types[index].Name))
            {
                var field = $"status.machineTypes[{index}].name";
                yield return FieldError.Invalid(field, $"{field}: '{types[index].Name}' is no machine type.");
            }
        }

        foreach (var (name, amount) in status?.Allocatable ?? new Dictionary<string, Quantity>())
        {
            if (amount < default(Quantity))
            {
                var field = $"status.allocatable[{name}]";
                yield return FieldError.Invalid(field, $"{field}: {amount} must not be negative.");
            }
        }
    }
}
