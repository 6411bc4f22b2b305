namespace Vireo.Tests.Libvirt;

/// <summary>Guests of 32 MiB that need nothing but QEMU: at most one boot sector, written here byte by byte.</summary>
internal static class TinyGuest
{
    /// <summary>Resets the machine, as an operating system's reboot ends: 6 to I/O port 0xCF9.</summary>
    public static ReadOnlySpan<byte> Reboots => [0xBA, 0xF9, 0x0C, 0xB0, 0x02, 0xEE, 0xB0, 0x06, 0xEE, 0xFA, 0xF4];

    /// <summary>Powers off by ACPI, as an operating system does: S5 to q35's PM1 control register at 0x604.</summary>
    public static ReadOnlySpan<byte> PowersOff => [0xBA, 0x04, 0x06, 0xB8, 0x00, 0x20, 0xEF, 0xFA, 0xF4];

    /// <summary>A disk that boots this code.</summary>
    public static string Disk(string folder, string name, ReadOnlySpan<byte> code)
    {
        var image = new byte[1024 * 1024];
        code.CopyTo(image);
        (image[510], image[511]) = (0x55, 0xAA);
        var path = $"{folder}/{name}.img";
        File.WriteAllBytes(path, image);
        return path;
    }

    public static string Xml(string name, string onReboot = "restart", string? disk = null, string devices = "") =>
        $"""
            <domain type='qemu'>
              <name>{name}</name>
              <memory unit='MiB'>32</memory>
              <vcpu current='1'>2</vcpu>
              <os><type arch='x86_64' machine='q35'>hvm</type></os>
              <features><acpi/></features>
              <on_poweroff>destroy</on_poweroff>
              <on_reboot>{onReboot}</on_reboot>
              <devices>
                {(
                disk is null
                    ? ""
                    : $"<disk type='file'><driver name='qemu' type='raw'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>"
            )}
                <controller type='usb' model='none'/>
                <memballoon model='none'/>
                {devices}
              </devices>
            </domain>
            """;
}
