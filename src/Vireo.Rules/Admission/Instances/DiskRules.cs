using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Disks and CD-ROMs.</summary>
internal static partial class DiskRules
{
    private const int SerialLength = 256;

    public static IEnumerable<FieldError> Check(VirtualMachineInstanceSpec spec, string path)
    {
        var disks = spec.Domain.Devices.Disks ?? [];
        var volumes = (spec.Volumes ?? []).Select(volume => volume.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. UniqueNameRules.Check([.. disks.Select(disk => disk.Name)], path),
            .. disks.SelectMany(
                (disk, index) =>
                    (IEnumerable<FieldError>)
                        [
                            .. volumes.Contains(disk.Name) ? [] : NoVolume(disk, $"{path}[{index}].name"),
                            .. Disk(disk, $"{path}[{index}]", spec.Architecture),
                        ]
            ),
        ];
    }

    private static FieldError[] NoVolume(Disk disk, string field) =>
        [FieldError.Invalid(field, $"{field} '{disk.Name}' not found. Add a volume of this name, or remove the disk.")];

    private static IEnumerable<FieldError> Disk(Disk disk, string path, string? architecture) =>
        [
            .. OneTarget(disk, path),
            .. Buses(disk, path, architecture),
            .. Cdrom(disk.Cdrom, $"{path}.cdrom"),
            .. Lun(disk.Lun, $"{path}.lun"),
            .. Serial(disk.Serial, $"{path}.serial"),
            .. WordRules.OneOf(disk.Cache, $"{path}.cache", "none", "writethrough", "writeback"),
            .. Io(disk, path),
            .. WordRules.OneOf(disk.ErrorPolicy, $"{path}.errorPolicy", "stop", "ignore", "report", "enospace"),
            .. IOThread(disk, path),
            .. BlockSizeRules.Check(disk.BlockSize?.Custom, $"{path}.blockSize.custom"),
        ];

    private static IEnumerable<FieldError> OneTarget(Disk disk, string path)
    {
        if (new object?[] { disk.DiskDevice, disk.Lun, disk.Cdrom }.Count(target => target is not null) > 1)
        {
            yield return FieldError.Invalid(
                path,
                $"{path} must have only one target type: keep one of disk, lun and cdrom."
            );
        }
    }

    private static IEnumerable<FieldError> Buses(Disk disk, string path, string? architecture)
    {
        string[] buses = architecture switch
        {
            "arm64" => ["virtio", "scsi", "usb"],
            "s390x" => ["virtio", "scsi"],
            _ => ["virtio", "sata", "scsi", "usb"],
        };
        return
        [
            .. WordRules.OneOf(disk.DiskDevice?.Bus, $"{path}.disk.bus", buses),
            .. WordRules.OneOf(disk.Lun?.Bus, $"{path}.lun.bus", buses),
            .. disk.Cdrom?.Bus == "virtio"
                ? []
                : WordRules.OneOf(disk.Cdrom?.Bus, $"{path}.cdrom.bus", [.. buses.Intersect(["sata", "scsi"])]),
        ];
    }

    private static IEnumerable<FieldError> Cdrom(CDRomTarget? target, string path)
    {
        if (target?.Bus == "virtio")
        {
            yield return FieldError.Invalid(
                $"{path}.bus",
                $"{path}.bus: Bus type virtio is invalid for CD-ROM device; use sata or scsi."
            );
        }

        if (target?.Readonly == false)
        {
            yield return FieldError.Invalid($"{path}.readonly", $"{path}.readonly: a CD-ROM cannot be written to.");
        }

        foreach (var error in WordRules.OneOf(target?.Tray, $"{path}.tray", "open", "closed"))
        {
            yield return error;
        }
    }

    // SCSI commands are passed on to a block device of the host, and no volume that is implemented is one.
    private static IEnumerable<FieldError> Lun(LunTarget? target, string path)
    {
        if (target is not null)
        {
            yield return FieldError.NotSupported(
                path,
                $"{path} can only be mapped to a DataVolume or PersistentVolumeClaim volume. Use disk instead."
            );
        }
    }

    private static IEnumerable<FieldError> Serial(string? serial, string field)
    {
        if (string.IsNullOrEmpty(serial))
        {
            yield break;
        }

        if (serial.Length > SerialLength)
        {
            yield return FieldError.Invalid(
                field,
                $"{field} must be less than or equal to {SerialLength} in length, if specified"
            );
        }

        if (!SerialForm().IsMatch(serial))
        {
            yield return FieldError.Invalid(
                field,
                $"{field} must be made up of the following characters [A-Za-z0-9_.+-], if specified"
            );
        }
    }

    // The host's native input and output bypasses its cache.
    private static IEnumerable<FieldError> Io(Disk disk, string path)
    {
        if (disk is { Io: "native", Cache: "writeback" or "writethrough" })
        {
            yield return FieldError.Invalid(
                $"{path}.io",
                $"{path}.io native needs {path}.cache none, not {disk.Cache}: change one of them."
            );
        }

        foreach (var error in WordRules.OneOf(disk.Io, $"{path}.io", "native", "threads", "default"))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> IOThread(Disk disk, string path)
    {
        if (disk.DedicatedIOThread == true && disk.DiskDevice?.Bus != "virtio")
        {
            yield return FieldError.NotSupported(
                $"{path}.dedicatedIOThread",
                $"{path}.dedicatedIOThread needs disk.bus virtio: change the bus or remove it."
            );
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.+-]+\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex SerialForm();
}
