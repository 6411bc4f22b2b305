using System.Globalization;

namespace Vireo.Bench;

/// <summary>The private libvirt daemon's guests.</summary>
internal static class Qemu
{
    public const string Program = "/usr/bin/qemu-system-x86_64";

    /// <summary>The daemon's address.</summary>
    public static string Uri(string stateFolder) =>
        $"qemu+unix:///system?socket={System.Uri.EscapeDataString(Path.Combine(stateFolder, "libvirt/run/libvirt-sock"))}";

    /// <summary>The process of a running domain.</summary>
    public static int ProcessOf(string stateFolder, string domain) =>
        int.Parse(
            File.ReadAllText(Path.Combine(stateFolder, "libvirt/run/qemu", $"{domain}.pid")),
            CultureInfo.InvariantCulture
        );
}
