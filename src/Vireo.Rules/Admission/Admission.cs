using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides on every write: fills in defaults and names all that is wrong. Pure.</summary>
/// <remarks>
/// The embedded server and the admission webhooks of a real cluster call this same function, for objects and for their
/// status. The shape of an object (types, unknown fields, lists of allowed words) was checked before, against its
/// schema; what is checked here again is what other callers could miss.
/// </remarks>
public static class Admission
{
    /// <summary>Reviews one write.</summary>
    public static AdmissionResult Review(AdmissionRequest request)
    {
        var result = request.Object switch
        {
            VirtualMachine machine => VirtualMachineAdmission.Review(request, machine),
            VirtualMachineInstance instance => VirtualMachineInstanceAdmission.Review(request, instance),
            VirtualMachineInstanceMigration migration => MigrationAdmission.Review(request, migration),
            VirtualMachineInstanceConfig config => VirtualMachineInstanceConfigAdmission.Review(request, config),
            VirtualMachineInstancetype type => InstancetypeAdmission.Review(type, type.Spec),
            VirtualMachineClusterInstancetype type => InstancetypeAdmission.Review(type, type.Spec),
            VirtualMachinePreference preference => PreferenceAdmission.Review(preference, preference.Spec),
            VirtualMachineClusterPreference preference => PreferenceAdmission.Review(preference, preference.Spec),
            KubeVirt installation => KubeVirtAdmission.Review(request, installation),
            Secret secret => SecretAdmission.Review(request, secret),
            ConfigMap map => ConfigMapAdmission.Review(request, map),
            MachineTypeTransition transition => MachineTypeTransitionAdmission.Review(request, transition),
            Host host => HostAdmission.Review(request, host),
            Lease lease => LeaseAdmission.Review(request, lease),
            Event happening => EventAdmission.Review(request, happening),
            ControllerRevision revision => ControllerRevisionAdmission.Review(request, revision),
            Role role => RoleAdmission.Review(role, role.Rules, isNamespaced: true),
            ClusterRole role => RoleAdmission.Review(role, role.Rules, isNamespaced: false),
            RoleBinding binding => RoleBindingAdmission.Review(request, binding),
            ClusterRoleBinding binding => RoleBindingAdmission.Review(request, binding),
            _ => AdmissionResult.Allowed(request.Object),
        };
        return result with
        {
            Errors = [.. MetadataRules.Check(request.Kind, request.Object.Metadata), .. result.Errors],
        };
    }
}
