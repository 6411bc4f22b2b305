using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <content>What the domain is made of, changed while it runs.</content>
public sealed partial class LibvirtDomain
{
    /// <summary>Plugs or unplugs virtual CPUs until there are that many. The guest has to play along.</summary>
    public void SetVcpus(int count, VcpuImpact impact = VcpuImpact.Current) =>
        Check.Succeeded(virDomainSetVcpusFlags(_domain, (uint)count, (uint)impact));

    public int GetVcpus(VcpuImpact impact = VcpuImpact.Current) =>
        Check.Succeeded(virDomainGetVcpusFlags(_domain, (uint)impact));

    /// <summary>Sets the balloon, or with <see cref="MemoryImpact.Maximum"/> the most there may be.</summary>
    public void SetMemory(long bytes, MemoryImpact impact = MemoryImpact.Current) =>
        Check.Succeeded(virDomainSetMemoryFlags(_domain, Kibibytes.FromBytes(bytes), (uint)impact));

    public void AttachDevice(string xml, DeviceImpact impact = DeviceImpact.Current) =>
        Check.Succeeded(virDomainAttachDeviceFlags(_domain, xml, (uint)impact));

    /// <summary>Asks the guest to let a device go; <see cref="DeviceRemoved"/> tells when it did.</summary>
    public void DetachDevice(string xml, DeviceImpact impact = DeviceImpact.Current) =>
        Check.Succeeded(virDomainDetachDeviceFlags(_domain, xml, (uint)impact));

    public void UpdateDevice(string xml, DeviceImpact impact = DeviceImpact.Current) =>
        Check.Succeeded(virDomainUpdateDeviceFlags(_domain, xml, (uint)impact));
}
