namespace Vireo.Agent;

/// <summary>Tells one boot of this host from another.</summary>
internal static class HostBoot
{
    /// <summary>A name that the kernel makes up at each boot; null where it does not say.</summary>
    public static string? ReadId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
