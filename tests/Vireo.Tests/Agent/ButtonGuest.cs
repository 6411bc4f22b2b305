namespace Vireo.Tests.Agent;

/// <summary>
/// A boot sector that prints OK on the serial console and obeys the power button of q35; on the console r resets the
/// machine and p powers it off.
/// </summary>
internal static class ButtonGuest
{
    private static byte[] Code =>
        [
            .. (byte[])[0xBA, 0xF8, 0x03, 0xB0, 0x4F, 0xEE, 0xB0, 0x4B, 0xEE, 0xB0, 0x0A, 0xEE], // "OK\n" to port 0x3F8
            .. (byte[])[0xBA, 0x02, 0x06, 0xB8, 0x00, 0x01, 0xEF], // let the button be seen: PM1_EN at 0x602
            .. (byte[])[0xBA, 0x00, 0x06, 0xED, 0xF6, 0xC4, 0x01, 0x75, 0x14], // pressed? PM1_STS at 0x600
            .. (byte[])[0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xEF], // a key? line status at 0x3FD
            .. (byte[])[0xBA, 0xF8, 0x03, 0xEC, 0x3C, 0x72, 0x74, 0x0D, 0x3C, 0x70, 0x75, 0xE3], // r, p, or look again
            .. Libvirt.TinyGuest.PowersOff,
            .. Libvirt.TinyGuest.Reboots,
        ];

    /// <summary>A disk that boots it.</summary>
    public static string Disk(string folder, string name = "button") => Libvirt.TinyGuest.Disk(folder, name, Code);
}
