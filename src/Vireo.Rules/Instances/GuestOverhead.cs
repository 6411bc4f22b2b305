using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Estimates the memory that the host needs beside the guest's own.</summary>
/// <remarks>
/// From resident sizes that were seen with QEMU 7.2: about 35 MiB for QEMU itself, 47 MiB more for translated code
/// under emulation, 55 MiB for EFI with a TPM. An estimate for placement, not a limit.
/// </remarks>
public static class GuestOverhead
{
    private const long MiB = 1024 * 1024;
    private const long Qemu = 40 * MiB;
    private const long Translation = 48 * MiB;
    private const long Screen = 16 * MiB;
    private const long Efi = 32 * MiB;
    private const long Tpm = 24 * MiB;
    private const long EachVcpu = 2 * MiB;
    private const long BytesToAPageTableByte = 512;

    /// <summary>The estimate in bytes.</summary>
    /// <param name="spec">The instance, with its defaults.</param>
    /// <param name="isEmulated">True when it runs without KVM.</param>
    public static long Bytes(VirtualMachineInstanceSpec spec, bool isEmulated)
    {
        var devices = spec.Domain.Devices;
        return Qemu
            + (isEmulated ? Translation : 0)
            + (devices.AutoattachGraphicsDevice == false ? 0 : Screen)
            + (spec.Domain.Firmware?.Bootloader?.Efi is null ? 0 : Efi)
            + (devices.Tpm is { Enabled: not false } ? Tpm : 0)
            + (EachVcpu * CpuTopologies.Vcpus(spec.Domain.Cpu))
            + ((spec.Domain.Memory?.Guest?.Value ?? 0) / BytesToAPageTableByte);
    }
}
