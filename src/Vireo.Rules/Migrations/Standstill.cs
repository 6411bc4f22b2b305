namespace Vireo.Rules;

/// <summary>Whether a guest stands still while its memory is sent to another host, or runs on.</summary>
/// <remarks>
/// What an emulated processor writes while the memory is sent is partly lost before QEMU 9.0, which is the first to
/// hold its translation caches and the record of changed pages together ("physmem: Fix migration dirty bitmap coherency
/// with TCG memory access"): guests were seen to crash on arrival. KVM keeps that record itself. No version is asked
/// for: the process of a guest may be older than the QEMU that is installed.
/// </remarks>
public static class Standstill
{
    /// <summary>True when the guest must not run meanwhile.</summary>
    /// <param name="isEmulated">Its processors are emulated in software.</param>
    /// <param name="mayRun">The administrator of its host takes the risk.</param>
    public static bool IsNeeded(bool isEmulated, bool mayRun) => isEmulated && !mayRun;
}
