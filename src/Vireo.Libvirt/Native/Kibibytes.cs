namespace Vireo.Libvirt.Native;

/// <summary>libvirt's unit of memory; ours is the byte.</summary>
internal static class Kibibytes
{
    public static long ToBytes(nuint kibibytes) => (long)kibibytes * 1024;

    /// <summary>Rounds up: what was asked for is there.</summary>
    public static nuint FromBytes(long bytes) => (nuint)((bytes + 1023) / 1024);
}
