using System.Collections.Frozen;
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
        (Restart, "domain", "rebootPolicy machine.type memory.guest memory.maxGuest"),
        (Restart, "domain.resources", "requests limits overcommitGuestOverhead"),
        (Restart, "domain.cpu", "sockets cores threads maxSockets model features[].name features[].policy"),
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
            .SelectMany(row =>
                row.Fields.Split(' ').Select(field => (Path: $"{row.Branch}.{field}".TrimStart('.'), row.Effect))
            )
            .ToFrozenDictionary(entry => entry.Path, entry => entry.Effect);

    /// <summary>True when the order of a list's elements counts.</summary>
    public static bool IsOrdered(string list) => Ordered.Contains(list);

    /// <summary>True when a field is an amount: 1Gi and 1024Mi are the same.</summary>
    public static bool IsQuantity(string field) => Quantities.Contains(field);
}
