using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Makes the volumes of an instance ready to be disks.</summary>
internal sealed class DiskPreparer
{
    /// <summary>Makes every volume ready; does nothing for those that are.</summary>
    /// <exception cref="DiskException">A volume cannot be made ready.</exception>
    public Task<IReadOnlyList<PreparedDisk>> PrepareAsync(
        VirtualMachineInstance vmi,
        string instanceFolder,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        IReadOnlyList<PreparedDisk> disks = (vmi.Spec.Volumes ?? []) is []
            ? []
            : throw new DiskException("InvalidDisk", "spec.volumes: no volume can be made yet.", isTransient: false);
        return Task.FromResult(disks);
    }
}
