namespace Vireo.Tests.ApiServer.OpenApi;

/// <summary>Manifests as KubeVirt users write them; none was written for Vireo.</summary>
internal static class KubeVirtManifests
{
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["a container disk with cloud-init"] = ContainerDisk,
            ["a Windows guest"] = Windows,
            ["EFI with secure boot"] = Efi,
            ["memory by request only"] = RequestOnly,
            ["many disks"] = ManyDisks,
            ["host disk and empty disk"] = HostAndEmptyDisk,
            ["masquerade with ports"] = Masquerade,
            ["evicted by live migration"] = LiveMigrate,
            ["an instance as another server gave it"] = Exported,
        };

    private const string ContainerDisk = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
          "metadata": { "name": "orchard", "namespace": "farm", "labels": { "kubevirt.io/vm": "orchard" },
            "annotations": { "example.org/note": "" }, "creationTimestamp": null },
          "spec": { "running": true, "template": {
            "metadata": { "labels": { "kubevirt.io/vm": "orchard" }, "creationTimestamp": null },
            "spec": {
              "domain": {
                "cpu": { "cores": 2 }, "memory": { "guest": "1024M" }, "machine": { "type": "" }, "resources": {},
                "devices": { "rng": {},
                  "disks": [ { "name": "root", "disk": { "bus": "virtio" } },
                             { "name": "seed", "disk": { "bus": "virtio" } } ],
                  "interfaces": [ { "name": "default", "masquerade": {} } ] } },
              "networks": [ { "name": "default", "pod": {} } ],
              "terminationGracePeriodSeconds": 0,
              "volumes": [
                { "name": "root", "containerDisk": { "image": "registry.example.org/disks/fedora:40",
                  "imagePullPolicy": "IfNotPresent" } },
                { "name": "seed", "cloudInitNoCloud": { "userData": "#cloud-config\nhostname: orchard\n" } } ] } } },
          "status": {}
        }
        """;

    private const string Windows = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": { "name": "ledger" },
          "spec": { "runStrategy": "Manual", "template": { "metadata": { "labels": { "app": "ledger" } }, "spec": {
            "evictionStrategy": "None",
            "domain": {
              "clock": { "utc": {}, "timer": { "hpet": { "present": false }, "pit": { "tickPolicy": "delay" },
                "rtc": { "tickPolicy": "catchup" }, "hyperv": {} } },
              "cpu": { "sockets": 1, "cores": 4, "threads": 1, "model": "host-model" },
              "memory": { "guest": "8Gi" }, "machine": { "type": "q35" },
              "features": { "acpi": {}, "apic": {}, "smm": {}, "hyperv": {
                "relaxed": {}, "vapic": {}, "spinlocks": { "spinlocks": 8191 }, "vpindex": {}, "runtime": {},
                "synic": {}, "synictimer": { "direct": {} }, "reset": {}, "frequencies": {}, "reenlightenment": {},
                "tlbflush": {}, "ipi": {}, "vendorid": { "vendorid": "KVMKVM" } } },
              "firmware": { "uuid": "1d307ca9-b3ef-428c-8861-06e72d69f223",
                "bootloader": { "efi": { "secureBoot": true, "persistent": true } } },
              "devices": { "tpm": { "persistent": true }, "sound": { "name": "speaker", "model": "ich9" },
                "inputs": [ { "type": "tablet", "bus": "usb", "name": "tablet" } ],
                "disks": [ { "name": "system", "disk": { "bus": "sata" }, "bootOrder": 1 },
                           { "name": "drivers", "cdrom": { "bus": "sata", "readonly": true } } ],
                "interfaces": [ { "name": "lan", "model": "e1000e", "masquerade": {} } ] } },
            "networks": [ { "name": "lan", "pod": {} } ],
            "volumes": [ { "name": "system", "hostDisk": { "path": "/srv/guests/ledger.img", "type": "Disk" } },
                         { "name": "drivers", "containerDisk": { "image": "example.org/virtio-win" } } ] } } }
        }
        """;

    private const string Efi = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstance", "metadata": { "generateName": "probe-" },
          "spec": { "domain": {
            "features": { "smm": { "enabled": true } },
            "firmware": { "serial": "A1", "bootloader": { "efi": {} } },
            "resources": { "requests": { "memory": "1Gi", "cpu": 1 }, "limits": { "cpu": "1500m" } },
            "devices": { "watchdog": { "name": "w", "i6300esb": { "action": "poweroff" } },
              "disks": [ { "name": "root", "disk": {} } ] } },
            "volumes": [ { "name": "root", "containerDisk": { "image": "localhost:5000/alpine@sha256:00" } } ] }
        }
        """;

    private const string RequestOnly = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": { "name": "smallest" },
          "spec": { "runStrategy": "Halted", "template": { "spec": { "domain": {
            "resources": { "requests": { "memory": "64M" } }, "devices": {} } } } }
        }
        """;

    private const string ManyDisks = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": { "name": "shelf" },
          "spec": { "runStrategy": "RerunOnFailure", "template": { "spec": {
            "domain": { "memory": { "guest": "2Gi", "maxGuest": "4Gi" },
              "cpu": { "sockets": 2, "maxSockets": 4, "features": [ { "name": "vmx", "policy": "disable" } ] },
              "devices": { "blockMultiQueue": true, "disks": [
                { "name": "a", "disk": { "bus": "scsi" }, "cache": "none", "io": "native", "serial": "S-1" },
                { "name": "b", "disk": { "bus": "virtio", "readonly": true }, "bootOrder": 2, "shareable": true,
                  "blockSize": { "custom": { "logical": 512, "physical": 4096 } }, "errorPolicy": "report" },
                { "name": "c", "cdrom": { "bus": "scsi", "tray": "open" } },
                { "name": "d", "lun": { "bus": "scsi" }, "dedicatedIOThread": false, "tag": "t" } ] } },
            "volumes": [
              { "name": "a", "emptyDisk": { "capacity": "10Gi" } }, { "name": "b", "emptyDisk": { "capacity": 1048576 } },
              { "name": "c", "containerDisk": { "image": "i", "path": "/disk/x.iso", "imagePullSecret": "s" } },
              { "name": "d", "hostDisk": { "path": "/srv/d.img", "type": "DiskOrCreate", "capacity": "1.5Gi" } } ] } } }
        }
        """;

    private const string HostAndEmptyDisk = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstance", "metadata": { "name": "cellar" },
          "spec": { "nodeSelector": { "kubernetes.io/hostname": "rack-1" }, "hostname": "cellar", "subdomain": "farm",
            "domain": { "memory": { "guest": "128Mi" }, "devices": {
              "disks": [ { "name": "h", "disk": { "bus": "virtio" } }, { "name": "e", "disk": { "bus": "virtio" } } ] } },
            "volumes": [ { "name": "h", "hostDisk": { "capacity": "1Gi", "path": "/data/h.img", "type": "DiskOrCreate",
                "shared": false } },
              { "name": "e", "emptyDisk": { "capacity": "2Gi" } } ] }
        }
        """;

    private const string Masquerade = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": { "name": "gate" },
          "spec": { "runStrategy": "Once", "template": { "spec": {
            "domain": { "memory": { "guest": "256Mi" }, "devices": {
              "networkInterfaceMultiqueue": true, "autoattachPodInterface": true, "autoattachGraphicsDevice": false,
              "interfaces": [ { "name": "default", "masquerade": {}, "model": "virtio", "acpiIndex": 101,
                "macAddress": "02:00:00:aa:bb:cc", "state": "up", "bootOrder": 1, "ports": [
                  { "name": "http", "port": 80 }, { "name": "dns", "protocol": "UDP", "port": 53 },
                  { "port": 22, "protocol": "" } ] } ] } },
            "networks": [ { "name": "default", "pod": {} } ] } } }
        }
        """;

    private const string LiveMigrate = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": { "name": "heron" },
          "spec": { "runStrategy": "Always", "template": { "spec": {
            "evictionStrategy": "LiveMigrate", "architecture": "amd64", "startStrategy": "Paused",
            "tolerations": [], "affinity": null, "livenessProbe": {},
            "domain": { "memory": { "guest": "512Mi" }, "ioThreadsPolicy": null,
              "cpu": { "cores": 1, "dedicatedCpuPlacement": false },
              "chassis": { "manufacturer": "m", "asset": "a", "sku": "s", "serial": "n", "version": "v" },
              "devices": { "gpus": [], "hostDevices": null, "video": { "type": "virtio" },
                "panicDevices": [ { "model": "isa" } ] } } } } }
        }
        """;

    private const string Exported = """
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstance",
          "metadata": { "name": "emigrant", "uid": "u", "resourceVersion": "7", "generation": 3, "selfLink": "/x",
            "creationTimestamp": "2026-01-31T12:00:00Z", "finalizers": [ "foregroundDeleteVirtualMachine" ],
            "ownerReferences": [ { "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "name": "emigrant",
              "uid": "o", "controller": true, "blockOwnerDeletion": true } ],
            "managedFields": [ { "manager": "m", "operation": "Update", "apiVersion": "kubevirt.io/v1",
              "time": "2026-01-31T12:00:00Z", "fieldsType": "FieldsV1",
              "fieldsV1": { "f:spec": { ".": {}, "f:anything": null } } } ] },
          "spec": { "domain": { "devices": {}, "memory": { "guest": "1Gi" } } },
          "status": { "phase": "Running", "activePods": { "a": "b" }, "launcherContainerImageVersion": "i",
            "migrationState": { "completed": true }, "selinuxContext": "none", "neverSeen": [ 1 ],
            "conditions": [ { "type": "Ready", "status": "True", "lastProbeTime": null,
              "lastTransitionTime": "2026-01-31T12:00:00Z" } ],
            "guestOSInfo": {}, "runtimeUser": 107,
            "volumeStatus": [ { "name": "v", "target": "vda", "persistentVolumeClaimInfo": { "claimName": "c" } } ] }
        }
        """;
}
