using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Estimates the memory that the host needs beside the guest's own.</summary>
public static class GuestOverhead
{
    /// <summary>The estimate in bytes.</summary>
    public static long Bytes(VirtualMachineInstanceSpec spec) => throw new NotSupportedException();
}
