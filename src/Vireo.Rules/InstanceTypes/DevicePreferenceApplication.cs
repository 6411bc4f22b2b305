using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Fills what devices do not say from a preference.</summary>
/// <remarks>
/// The devices that a machine gets without naming them - a disk for each volume, an interface, a tablet - are written
/// out first: they are as open to a preference as those that are named.
/// </remarks>
internal static class DevicePreferenceApplication
{
    public static VirtualMachineInstanceSpec Apply(VirtualMachineInstanceSpec spec, DevicePreferences? preferred)
    {
        if (preferred is null)
        {
            return spec;
        }

        spec = spec with { Domain = spec.Domain with { Devices = Switches(spec.Domain.Devices, preferred) } };
        if (preferred.PreferredInterfaceModel is not null || preferred.PreferredInterfaceMasquerade is not null)
        {
            spec = NetworkDefaults.WithNetwork(spec);
        }

        var devices = spec.Domain.Devices;
        Disk[] disks = [.. devices.Disks ?? [], .. DiskDefaults.Missing(spec)];
        return spec with
        {
            Domain = spec.Domain with
            {
                Devices = devices with
                {
                    Disks = disks is [] ? devices.Disks : [.. disks.Select(disk => DiskOf(disk, preferred))],
                    Interfaces = devices
                        .Interfaces?.Select(one => InterfaceOf(one, spec.Networks ?? [], preferred))
                        .ToArray(),
                    Inputs = DeviceDefaults
                        .WithTablet(devices)
                        ?.Select(input =>
                            input with
                            {
                                Bus = input.Bus.Or(preferred.PreferredInputBus),
                                Type = input.Type.Or(preferred.PreferredInputType) ?? "",
                            }
                        )
                        .ToArray(),
                    PanicDevices = devices
                        .PanicDevices?.Select(panic =>
                            panic with
                            {
                                Model = panic.Model.Or(preferred.PreferredPanicDeviceModel),
                            }
                        )
                        .ToArray(),
                },
            },
        };
    }

    private static Devices Switches(Devices given, DevicePreferences preferred) =>
        given with
        {
            AutoattachGraphicsDevice = given.AutoattachGraphicsDevice ?? preferred.PreferredAutoattachGraphicsDevice,
            AutoattachMemBalloon = given.AutoattachMemBalloon ?? preferred.PreferredAutoattachMemBalloon,
            AutoattachPodInterface = given.AutoattachPodInterface ?? preferred.PreferredAutoattachPodInterface,
            AutoattachSerialConsole = given.AutoattachSerialConsole ?? preferred.PreferredAutoattachSerialConsole,
            AutoattachInputDevice = given.AutoattachInputDevice ?? preferred.PreferredAutoattachInputDevice,
            BlockMultiQueue = given.BlockMultiQueue ?? preferred.PreferredBlockMultiQueue,
            NetworkInterfaceMultiqueue =
                given.NetworkInterfaceMultiqueue ?? preferred.PreferredNetworkInterfaceMultiQueue,
            Rng = given.Rng ?? preferred.PreferredRng,
            Tpm = given.Tpm ?? preferred.PreferredTPM,
            Sound = given.Sound is { } sound
                ? sound with
                {
                    Model = sound.Model.Or(preferred.PreferredSoundModel),
                }
                : null,
            Video = string.IsNullOrEmpty(preferred.PreferredVideoType)
                ? given.Video
                : (given.Video ?? new()) with
                {
                    Type = (given.Video?.Type).Or(preferred.PreferredVideoType),
                },
        };

    private static Disk DiskOf(Disk disk, DevicePreferences preferred) =>
        disk switch
        {
            { Cdrom: { } cdrom } => disk with
            {
                Cdrom = cdrom with { Bus = cdrom.Bus.Or(preferred.PreferredCdromBus) },
            },
            { Lun: { } lun } => disk with { Lun = lun with { Bus = lun.Bus.Or(preferred.PreferredLunBus) } },
            _ => DiskOf(disk, disk.DiskDevice ?? new(), preferred),
        };

    private static Disk DiskOf(Disk disk, DiskTarget target, DevicePreferences preferred)
    {
        target = target with { Bus = target.Bus.Or(preferred.PreferredDiskBus) };
        return disk with
        {
            DiskDevice = target,
            BlockSize = disk.BlockSize ?? preferred.PreferredDiskBlockSize,
            Cache = disk.Cache.Or(preferred.PreferredDiskCache),
            Io = disk.Io.Or(preferred.PreferredDiskIO),
            // Only virtio disks have threads of their own.
            DedicatedIOThread =
                target.Bus == "virtio"
                    ? disk.DedicatedIOThread ?? preferred.PreferredDiskDedicatedIoThread
                    : disk.DedicatedIOThread,
        };
    }

    private static Interface InterfaceOf(Interface one, IReadOnlyList<Network> networks, DevicePreferences preferred)
    {
        var isOpen =
            one is { Bridge: null, Masquerade: null }
            && networks.Any(network => network.Name == one.Name && network.Pod is not null);
        return one with
        {
            Model = one.Model.Or(preferred.PreferredInterfaceModel),
            Masquerade = isOpen ? preferred.PreferredInterfaceMasquerade : one.Masquerade,
        };
    }
}
