using System.Collections.Frozen;
using System.Text.Json.Nodes;
using static Vireo.Rules.FieldEffect;

namespace Vireo.Rules;

/// <summary>Every field of an instance's spec, and how a change of it takes effect.</summary>
/// <remarks>
/// To make a field live, move it to another effect here, and say in the controller how that effect is brought about. A
/// test holds this table against the types, so no field can be forgotten.
/// </remarks>
internal static class UpdatableFields
{
    // Where a change takes effect, the branch, and its fields. [] stands for each element of a list.
    private static readonly (FieldEffect Effect, string Branch, string Fields)[] Table =
    [
        (NextPlacement, "", "nodeSelector"),
        (Restart, "", "architecture evictionStrategy startStrategy terminationGracePeriodSeconds hostname subdomain"),
        (Restart, "networks[]", "name pod"),
        (Restart, "volumes[]", "name"),
        (Restart, "volumes[].containerDisk", "image imagePullPolicy imagePullSecret path"),
        (
            Restart,
            "volumes[].cloudInitNoCloud",
            "secretRef.name userData userDataBase64 networkDataSecretRef.name networkData networkDataBase64"
        ),
        (Restart, "volumes[].emptyDisk", "capacity"),
        (Restart, "volumes[].hostDisk", "path type capacity shared"),
        (Live, "domain", "cpu.sockets memory.guest"),
        (Restart, "domain", "rebootPolicy memory.maxGuest"),
        (Recorded, "domain", "machine.type"),
        (Restart, "domain.resources", "requests limits overcommitGuestOverhead"),
        (Restart, "domain.cpu", "cores threads maxSockets model features[].name features[].policy"),
        (Restart, "domain.firmware", "uuid serial bootloader.bios.useSerial"),
        (Restart, "domain.firmware.bootloader.efi", "secureBoot persistent"),
        (Restart, "domain.chassis", "manufacturer version serial asset sku"),
        (Restart, "domain.clock", "timezone utc.offsetSeconds"),
        (Restart, "domain.clock.timer", "hpet.present hpet.tickPolicy pit.present pit.tickPolicy"),
        (Restart, "domain.clock.timer", "rtc.present rtc.tickPolicy rtc.track kvm.present hyperv.present"),
        (
            Restart,
            "domain.features",
            "acpi.enabled apic.enabled apic.endOfInterrupt kvm.hidden pvspinlock.enabled smm.enabled"
        ),
        (Restart, "domain.features.hyperv", "relaxed.enabled vapic.enabled spinlocks.enabled spinlocks.spinlocks"),
        (Restart, "domain.features.hyperv", "vpindex.enabled runtime.enabled synic.enabled synictimer.enabled"),
        (Restart, "domain.features.hyperv", "synictimer.direct.enabled reset.enabled vendorid.enabled"),
        (Restart, "domain.features.hyperv", "vendorid.vendorid frequencies.enabled reenlightenment.enabled"),
        (Restart, "domain.features.hyperv", "tlbflush.enabled tlbflush.direct.enabled tlbflush.extended.enabled"),
        (Restart, "domain.features.hyperv", "ipi.enabled evmcs.enabled"),
        (Restart, "domain.devices.disks[]", "name bootOrder serial cache io tag shareable errorPolicy"),
        (Restart, "domain.devices.disks[]", "dedicatedIOThread lun.bus lun.readonly"),
        (Restart, "domain.devices.disks[]", "disk.bus disk.readonly disk.pciAddress cdrom.bus cdrom.readonly"),
        (Restart, "domain.devices.disks[]", "cdrom.tray"),
        (Restart, "domain.devices.disks[].blockSize.custom", "logical physical discardGranularity"),
        (Restart, "domain.devices.interfaces[]", "name masquerade bridge model macAddress bootOrder pciAddress"),
        (Restart, "domain.devices.interfaces[]", "acpiIndex tag state ports[].port ports[].name ports[].protocol"),
        (Restart, "domain.devices.inputs[]", "name type bus"),
        (Restart, "domain.devices", "rng watchdog.name watchdog.i6300esb.action tpm.enabled tpm.persistent"),
        (Restart, "domain.devices", "video.type sound.name sound.model panicDevices[].model"),
        (Restart, "domain.devices", "autoattachPodInterface autoattachGraphicsDevice autoattachSerialConsole"),
        (Restart, "domain.devices", "autoattachMemBalloon autoattachInputDevice logSerialConsole blockMultiQueue"),
        (Restart, "domain.devices", "networkInterfaceMultiqueue"),
    ];

    // What a field that is not given means to the guest, as JSON. What InstanceDefaults fills in is not repeated here.
    private static readonly (string Value, string Branch, string Fields)[] Meanings =
    [
        ($"{GracePeriods.DefaultSeconds}", "", "terminationGracePeriodSeconds"),
        ($"\"{nameof(RebootPolicy.Reboot)}\"", "domain", "rebootPolicy"),
        ("\"require\"", "domain.cpu", "features[].policy"),
        ("true", "domain.firmware.bootloader", "efi.secureBoot"),
        ("false", "domain.firmware.bootloader", "bios.useSerial efi.persistent"),
        ("true", "domain.clock.timer", "hpet.present pit.present rtc.present kvm.present hyperv.present"),
        ("true", "domain.features", "acpi.enabled apic.enabled pvspinlock.enabled smm.enabled"),
        ("false", "domain.features", "kvm.hidden"),
        ("true", "domain.features.hyperv", "relaxed.enabled vapic.enabled spinlocks.enabled vpindex.enabled"),
        ("true", "domain.features.hyperv", "runtime.enabled synic.enabled synictimer.enabled reset.enabled"),
        ("true", "domain.features.hyperv", "synictimer.direct.enabled vendorid.enabled frequencies.enabled"),
        ("true", "domain.features.hyperv", "reenlightenment.enabled tlbflush.enabled tlbflush.direct.enabled"),
        ("true", "domain.features.hyperv", "tlbflush.extended.enabled ipi.enabled evmcs.enabled"),
        ("false", "domain.devices.disks[]", "shareable dedicatedIOThread disk.readonly"),
        ("\"virtio\"", "domain.devices.interfaces[]", "model"),
        ("true", "domain.devices", "tpm.enabled autoattachPodInterface autoattachGraphicsDevice logSerialConsole"),
        ("true", "domain.devices", "autoattachSerialConsole autoattachMemBalloon"),
        ("false", "domain.devices", "tpm.persistent autoattachInputDevice blockMultiQueue networkInterfaceMultiqueue"),
    ];

    // What is there or not without a difference, as long as there is nothing in it. All others are devices or sources.
    private static readonly FrozenSet<string> Hollow = FrozenSet.Create(
        "domain.resources",
        "domain.memory",
        "domain.chassis",
        "domain.firmware",
        "domain.firmware.bootloader",
        "domain.firmware.bootloader.bios",
        "domain.clock",
        "domain.clock.utc",
        "domain.clock.timer",
        "domain.features",
        "domain.features.acpi",
        "domain.features.apic"
    );

    // Where the order of a list is what the guest sees: names of disks, of interfaces.
    private static readonly FrozenSet<string> Ordered = FrozenSet.Create(
        "domain.devices.disks",
        "domain.devices.interfaces",
        "domain.devices.inputs"
    );

    private static readonly FrozenSet<string> Quantities = FrozenSet.Create(
        "volumes[].emptyDisk.capacity",
        "volumes[].hostDisk.capacity",
        "domain.memory.guest",
        "domain.memory.maxGuest",
        "domain.resources.requests",
        "domain.resources.limits"
    );

    /// <summary>How each takes effect, by path: <c>domain.devices.disks[].bootOrder</c>.</summary>
    public static FrozenDictionary<string, FieldEffect> Effects { get; } =
        Table
            .SelectMany(row => PathsOf(row.Branch, row.Fields).Select(path => KeyValuePair.Create(path, row.Effect)))
            .ToFrozenDictionary();

    /// <summary>What fields that are not given mean, where that is known, by path.</summary>
    public static FrozenDictionary<string, JsonNode?> Defaults { get; } =
        Meanings
            .SelectMany(row =>
                PathsOf(row.Branch, row.Fields).Select(path => KeyValuePair.Create(path, JsonNode.Parse(row.Value)))
            )
            .ToFrozenDictionary();

    /// <summary>True when an object with nothing in it means the same as none.</summary>
    public static bool IsHollow(string branch) => Hollow.Contains(branch);

    /// <summary>True when the order of a list's elements counts.</summary>
    public static bool IsOrdered(string list) => Ordered.Contains(list);

    /// <summary>True when a field is an amount: 1Gi and 1024Mi are the same.</summary>
    public static bool IsQuantity(string field) => Quantities.Contains(field);

    private static IEnumerable<string> PathsOf(string branch, string fields) =>
        fields.Split(' ').Select(field => $"{branch}.{field}".TrimStart('.'));
}
