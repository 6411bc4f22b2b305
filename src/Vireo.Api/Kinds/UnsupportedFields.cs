using System.Collections.Frozen;

namespace Vireo.Api;

/// <summary>What becomes of a field that KubeVirt knows and Vireo does not act on.</summary>
public enum UnsupportedField
{
    /// <summary>Refused by name, unless it says nothing: null, false, or empty.</summary>
    Refused,

    /// <summary>Refused by name even when empty or false, because its presence alone asks for something.</summary>
    RefusedWhenEmpty,

    /// <summary>Dropped: Kubernetes itself ignores it.</summary>
    Ignored,
}

/// <summary>
/// The fields that KubeVirt knows and Vireo does not act on, by the type that would hold them. Together with the
/// properties of the types it is all of KubeVirt's schema, which is how a manifest is never misread in silence.
/// </summary>
/// <remarks><c>!</c> marks <see cref="UnsupportedField.RefusedWhenEmpty"/>, <c>-</c> marks
/// <see cref="UnsupportedField.Ignored"/>. A field that Vireo learns moves from here to its type.</remarks>
public static class UnsupportedFields
{
    private static readonly FrozenDictionary<string, UnsupportedField> None = FrozenDictionary<
        string,
        UnsupportedField
    >.Empty;

    private static readonly FrozenDictionary<Type, FrozenDictionary<string, UnsupportedField>> Table = Read(
        (typeof(ObjectMeta), "selfLink-"),
        (typeof(ListMeta), "selfLink-"),
        (typeof(DeleteOptions), "ignoreStoreReadErrorWithClusterBreakingPotential-"),
        (typeof(VirtualMachineSpec), "dataVolumeTemplates updateVolumesStrategy"),
        (
            typeof(VirtualMachineStatus),
            "changedBlockTracking memoryDumpRequest restoreInProgress snapshotInProgress "
                + "volumeRequests volumeSnapshotStatuses volumeUpdateState"
        ),
        (
            typeof(VirtualMachineInstanceSpec),
            "accessCredentials affinity dnsConfig dnsPolicy livenessProbe priorityClassName readinessProbe "
                + "resourceClaims schedulerName serviceAccountName tolerations topologySpreadConstraints utilityVolumes"
        ),
        (
            typeof(VirtualMachineInstanceStatus),
            "VSOCKCID activePods changedBlockTracking kernelBootStatus "
                + "launcherContainerImageVersion migratedVolumes selinuxContext topologyHints"
        ),
        (typeof(VirtualMachineInstanceNetworkInterface), "podInterfaceName"),
        (typeof(VolumeStatus), "containerDiskVolume hotplugVolume memoryDumpVolume persistentVolumeClaimInfo"),
        (typeof(DomainSpec), "ioThreads ioThreadsPolicy launchSecurity"),
        (typeof(CPU), "dedicatedCpuPlacement isolateEmulatorThread numa realtime!"),
        (typeof(Memory), "hugepages reservedOverhead"),
        (typeof(Firmware), "acpi kernelBoot"),
        (typeof(Features), "hypervPassthrough!"),
        (
            typeof(Devices),
            "autoattachVSOCK clientPassthrough! disableHotplug downwardMetrics! filesystems gpus hostDevices "
                + "useVirtioTransitional"
        ),
        (typeof(Disk), "changedBlockTracking"),
        (typeof(LunTarget), "reservation"),
        (typeof(BlockSize), "matchVolume!"),
        (typeof(Watchdog), "diag288!"),
        (typeof(Interface), "binding! dhcpOptions macvtap! passt! passtBinding! portRanges slirp! sriov!"),
        (typeof(Network), "multus! resourceClaim!"),
        (typeof(PodNetwork), "vmIPv6NetworkCIDR vmNetworkCIDR"),
        (
            typeof(Volume),
            "cloudInitConfigDrive! configMap! containerPath! dataVolume! downwardAPI! downwardMetrics! ephemeral! "
                + "memoryDump! persistentVolumeClaim! secret! serviceAccount! sysprep!"
        ),
        (
            typeof(KubeVirtSpec),
            "certificateRotateStrategy customizeComponents imagePullPolicy imagePullSecrets imageRegistry imageTag "
                + "infra monitorAccount monitorNamespace productComponent productName productVersion "
                + "serviceMonitorNamespace synchronizationPort uninstallStrategy workloads"
        ),
        (
            typeof(KubeVirtStatus),
            "generations observedDeploymentConfig observedDeploymentID observedKubeVirtRegistry "
                + "outdatedVirtualMachineInstanceWorkloads synchronizationAddresses targetDeploymentConfig "
                + "targetDeploymentID targetKubeVirtRegistry"
        ),
        (
            typeof(KubeVirtConfiguration),
            "additionalGuestMemoryOverheadRatio apiConfiguration autoCPULimitNamespaceLabelSelector "
                + "changedBlockTrackingLabelSelectors commonInstancetypesDeployment confidentialCompute "
                + "controllerConfiguration cpuRequest defaultRuntimeClass emulatedMachines handlerConfiguration "
                + "hypervisors imagePullPolicy ksmConfiguration "
                + "mediatedDevicesConfiguration memBalloonStatsPeriod minCPUModel obsoleteCPUModels "
                + "ovmfPath permittedHostDevices persistentReservationConfiguration roleAggregationStrategy "
                + "seccompConfiguration selinuxLauncherType smbios supportContainerResources "
                + "supportedGuestAgentVersions tlsConfiguration virtTemplateDeployment "
                + "virtualMachineInstancesPerNode virtualMachineOptions vmStateStorageClass "
                + "webhookConfiguration"
        ),
        (typeof(ArchConfiguration), "ppc64le"),
        (typeof(ArchSpecificConfiguration), "ovmfPath"),
        (
            typeof(DeveloperConfiguration),
            "clusterProfiler diskVerification logVerbosity minimumClusterTSCFrequency minimumReservePVCBytes "
                + "nodeSelectors pvcTolerateLessSpaceUpToPercent"
        ),
        (typeof(KubeVirtWorkloadUpdateStrategy), "batchEvictionInterval batchEvictionSize"),
        (
            typeof(MigrationConfiguration),
            "matchSELinuxLevelOnMigration network unsafeMigrationOverride utilityVolumesTimeout"
        ),
        (typeof(VirtualMachineInstanceMigrationSpec), "receive! sendTo!"),
        (typeof(VirtualMachineInstanceMigrationStatus), "synchronizationAddresses"),
        (
            typeof(VirtualMachineInstanceMigrationState),
            "migrationConfiguration migrationNetworkType migrationPolicyName sourcePersistentStatePVCName sourcePod "
                + "sourceState targetAttachmentPodUID targetCPUSet targetDirectMigrationNodePorts targetMemoryOverhead "
                + "targetNodeTopology targetPersistentStatePVCName targetPod targetState"
        ),
        (typeof(NetworkConfiguration), "binding permitBridgeInterfaceOnPodNetwork! permitSlirpInterface")
    );

    /// <summary>The types in the table.</summary>
    public static IEnumerable<Type> Types => Table.Keys;

    /// <summary>The fields that a type does not have though its KubeVirt twin has; by JSON name.</summary>
    public static FrozenDictionary<string, UnsupportedField> Of(Type type) => Table.GetValueOrDefault(type, None);

    private static FrozenDictionary<Type, FrozenDictionary<string, UnsupportedField>> Read(
        params ReadOnlySpan<(Type Type, string Names)> rows
    )
    {
        var table = new Dictionary<Type, FrozenDictionary<string, UnsupportedField>>(rows.Length);
        foreach (var (type, names) in rows)
        {
            table.Add(type, names.Split(' ').Select(Field).ToFrozenDictionary(StringComparer.Ordinal));
        }

        return table.ToFrozenDictionary();
    }

    private static KeyValuePair<string, UnsupportedField> Field(string name) =>
        name[^1] switch
        {
            '!' => new(name[..^1], UnsupportedField.RefusedWhenEmpty),
            '-' => new(name[..^1], UnsupportedField.Ignored),
            _ => new(name, UnsupportedField.Refused),
        };
}
