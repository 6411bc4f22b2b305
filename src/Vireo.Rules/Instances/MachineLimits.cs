namespace Vireo.Rules;

/// <summary>What the machines that Vireo makes can hold, whichever host they run on.</summary>
internal static class MachineLimits
{
    /// <summary>The most vCPUs that anybody may ask for.</summary>
    public const int MostVcpus = 512;

    /// <summary>The most vCPUs that a guest is prepared for without being asked.</summary>
    /// <remarks>
    /// More than 255 on x86-64 need an interrupt controller that Vireo does not give its guests; 248 is what QEMU
    /// allows an s390x machine.
    /// </remarks>
    public static int Vcpus(string architecture) =>
        architecture switch
        {
            "amd64" => 255,
            "s390x" => 248,
            _ => MostVcpus,
        };
}
