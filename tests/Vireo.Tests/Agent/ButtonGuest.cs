namespace Vireo.Tests.Agent;

/// <summary>A boot sector that prints OK on the serial console and obeys the power button of q35.</summary>
internal static class ButtonGuest
{
    private static byte[] Code =>
        [
            .. (byte[])[0xBA, 0xF8, 0x03, 0xB0, 0x4F, 0xEE, 0xB0, 0x4B, 0xEE, 0xB0, 0x0A, 0xEE], // "OK\n" to port 0x3F8
            .. (byte[])[0xBA, 0x02, 0x06, 0xB8, 0x00, 0x01, 0xEF], // let the button be seen: PM1_EN at 0x602
            .. (byte[])[0xBA, 0x00, 0x06, 0xED, 0xF6, 0xC4, 0x01, 0x74, 0xFA], // wait for it: PM1_STS at 0x600
            .. (byte[])[0xBA, 0x04, 0x06, 0xB8, 0x00, 0x20, 0xEF, 0xFA, 0xF4], // S5: PM1_CNT at 0x604
        ];

    /// <summary>A disk that boots it.</summary>
    public static string Disk(string folder) => Libvirt.TinyGuest.Disk(folder, "button", Code);
}
