using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>
/// How the objects are written as JSON: camel case, nothing for what is null, times as Kubernetes writes them.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(KubernetesTimeConverter)],
    MaxDepth = 100
)]
[JsonSerializable(typeof(VirtualMachine))]
[JsonSerializable(typeof(VirtualMachineInstance))]
[JsonSerializable(typeof(VirtualMachineInstanceConfig))]
[JsonSerializable(typeof(VirtualMachineInstanceMigration))]
[JsonSerializable(typeof(VirtualMachineInstancetype))]
[JsonSerializable(typeof(VirtualMachineClusterInstancetype))]
[JsonSerializable(typeof(VirtualMachinePreference))]
[JsonSerializable(typeof(VirtualMachineClusterPreference))]
[JsonSerializable(typeof(KubeVirt))]
[JsonSerializable(typeof(Host))]
[JsonSerializable(typeof(MachineTypeTransition))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(ServiceAccount))]
[JsonSerializable(typeof(ControllerRevision))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Role))]
[JsonSerializable(typeof(ClusterRole))]
[JsonSerializable(typeof(RoleBinding))]
[JsonSerializable(typeof(ClusterRoleBinding))]
[JsonSerializable(typeof(SelfSubjectAccessReview))]
[JsonSerializable(typeof(SelfSubjectRulesReview))]
[JsonSerializable(typeof(SubjectAccessReview))]
[JsonSerializable(typeof(LocalSubjectAccessReview))]
[JsonSerializable(typeof(SelfSubjectReview))]
[JsonSerializable(typeof(TokenReview))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(DeleteOptions))]
[JsonSerializable(typeof(LabelSelector))]
[JsonSerializable(typeof(ListMeta))]
[JsonSerializable(typeof(StartOptions))]
[JsonSerializable(typeof(StopOptions))]
[JsonSerializable(typeof(RestartOptions))]
[JsonSerializable(typeof(ShelveOptions))]
[JsonSerializable(typeof(UnshelveOptions))]
[JsonSerializable(typeof(RebuildOptions))]
[JsonSerializable(typeof(PauseOptions))]
[JsonSerializable(typeof(UnpauseOptions))]
[JsonSerializable(typeof(MigrateOptions))]
[JsonSerializable(typeof(EvacuateCancelOptions))]
[JsonSerializable(typeof(FreezeUnfreezeTimeout))]
[JsonSerializable(typeof(InstanceConfigOptions))]
[JsonSerializable(typeof(MachineTypeOptions))]
[JsonSerializable(typeof(MachineTypeChange))]
[JsonSerializable(typeof(VirtualMachineMachineType))]
[JsonSerializable(typeof(VirtualMachineInstanceGuestAgentInfo))]
[JsonSerializable(typeof(VirtualMachineInstanceGuestOSUserList))]
[JsonSerializable(typeof(VirtualMachineInstanceFileSystemList))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
public sealed partial class ApiJson : JsonSerializerContext;
