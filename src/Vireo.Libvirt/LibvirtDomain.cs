using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <summary>One domain of a host: what it is and how it stands.</summary>
/// <remarks>
/// A reference, not a copy: each call asks the daemon, blocks until it answers, and throws
/// <see cref="LibvirtException"/>; when the domain is gone, one with <see cref="LibvirtException.IsNotFound"/>. Calls
/// may
/// be made from several threads. Disposing it does nothing to the guest. A connection stays open to the daemon until
/// the
/// domains got from it are disposed as well.
/// </remarks>
public sealed unsafe partial class LibvirtDomain : IDisposable
{
    private const int MetadataElement = 2;

    private readonly DomainHandle _domain;

    internal LibvirtDomain(DomainHandle domain)
    {
        _domain = domain;
        Identity = DomainIdentity.Read(domain.DangerousGetHandle());
    }

    /// <summary>As it was when this reference was made; the run's number may have changed since.</summary>
    public DomainIdentity Identity { get; }

    public string Name => Identity.Name;

    public Guid Uuid => Identity.Uuid;

    /// <summary>The number of the run this reference was made in; -1 if it did not run.</summary>
    public int Id => Identity.Id;

    /// <summary>Has a stored definition, and so outlives its run.</summary>
    public bool IsPersistent => Check.Succeeded(virDomainIsPersistent(_domain)) != 0;

    public string GetXml(DomainXmlFlags flags = DomainXmlFlags.Live) =>
        Check.OwnedText(virDomainGetXMLDesc(_domain, (uint)flags));

    public DomainStatus GetState()
    {
        Check.Succeeded(virDomainGetState(_domain, out var state, out var reason, 0));
        return DomainStatus.Of(state, reason);
    }

    public DomainUsage GetUsage()
    {
        Check.Succeeded(virDomainGetInfo(_domain, out var info));
        return new(
            (DomainState)info.State,
            Kibibytes.ToBytes(info.MaxMemory),
            Kibibytes.ToBytes(info.Memory),
            info.Vcpus,
            TimeSpan.FromTicks((long)(info.CpuTime / TimeSpan.NanosecondsPerTick))
        );
    }

    /// <summary>The element stored under a namespace in the domain's metadata, as XML; null if there is none.</summary>
    public string? GetMetadata(string namespaceUri, DomainImpact impact = DomainImpact.Current) =>
        Check.OwnedTextUnless(
            virDomainGetMetadata(_domain, MetadataElement, namespaceUri, (uint)impact),
            ErrorCode.NoDomainMetadata
        );

    /// <summary>Stores an element in the domain's metadata, or removes it when the element is null.</summary>
    /// <param name="namespaceUri">The key: each namespace has one element.</param>
    /// <param name="prefix">The prefix libvirt puts before the element's name.</param>
    /// <param name="element">The element as XML, without namespace.</param>
    /// <param name="impact">Where it is stored; for a running transient domain, with its run.</param>
    public void SetMetadata(
        string namespaceUri,
        string prefix,
        string? element,
        DomainImpact impact = DomainImpact.Current
    ) =>
        Check.Succeeded(
            virDomainSetMetadata(
                _domain,
                MetadataElement,
                element,
                element is null ? null : prefix,
                namespaceUri,
                (uint)impact
            )
        );

    /// <summary>Sends a command to QEMU's monitor, past libvirt, and returns QEMU's answer.</summary>
    /// <remarks>For looking. libvirt marks a domain whose state is changed behind its back as tainted.</remarks>
    public string MonitorCommand(string json)
    {
        Check.Succeeded(virDomainQemuMonitorCommand(_domain, json, out var answer, 0));
        return Check.OwnedText(answer);
    }

    public void Dispose() => _domain.Dispose();
}
