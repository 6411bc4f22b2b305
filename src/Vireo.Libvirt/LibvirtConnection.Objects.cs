using System.Runtime.InteropServices;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <content>The domains and networks of the host, and what happens to them.</content>
public sealed unsafe partial class LibvirtConnection
{
    /// <summary>The domains there are; dispose each.</summary>
    public IReadOnlyList<LibvirtDomain> ListDomains(DomainFilter filter = DomainFilter.All)
    {
        var count = Check.Succeeded(virConnectListAllDomains(_connection, out var domains, (uint)filter));
        return Take(domains, count, static domain => new LibvirtDomain(new DomainHandle(domain)));
    }

    /// <summary>The domain with this UUID; null if there is none.</summary>
    public LibvirtDomain? FindDomain(Guid uuid) =>
        Check.ValidUnless(virDomainLookupByUUIDString(_connection, uuid.ToString()), ErrorCode.NoDomain) is { } domain
            ? new(domain)
            : null;

    /// <summary>The domain with this name; null if there is none.</summary>
    public LibvirtDomain? FindDomain(string name) =>
        Check.ValidUnless(virDomainLookupByName(_connection, name), ErrorCode.NoDomain) is { } domain
            ? new(domain)
            : null;

    /// <summary>Starts a domain that leaves no definition behind when it ends.</summary>
    public LibvirtDomain CreateDomain(string xml, DomainStart flags = DomainStart.Running) =>
        new(Check.Valid(virDomainCreateXML(_connection, xml, (uint)flags)));

    /// <summary>Stores a domain's definition, or changes the one with this UUID, without starting it.</summary>
    public LibvirtDomain DefineDomain(string xml) => new(Check.Valid(virDomainDefineXMLFlags(_connection, xml, 0)));

    /// <summary>The networks there are, running or only defined; dispose each.</summary>
    public IReadOnlyList<LibvirtNetwork> ListNetworks()
    {
        var count = Check.Succeeded(virConnectListAllNetworks(_connection, out var networks, 0));
        return Take(networks, count, static network => new LibvirtNetwork(new NetworkHandle(network)));
    }

    /// <summary>The network with this name; null if there is none.</summary>
    public LibvirtNetwork? FindNetwork(string name) =>
        Check.ValidUnless(virNetworkLookupByName(_connection, name), ErrorCode.NoNetwork) is { } network
            ? new(network)
            : null;

    /// <summary>Starts a network that leaves no definition behind when it ends.</summary>
    public LibvirtNetwork CreateNetwork(string xml) => new(Check.Valid(virNetworkCreateXML(_connection, xml)));

    /// <summary>Stores a network's definition without starting it.</summary>
    public LibvirtNetwork DefineNetwork(string xml) => new(Check.Valid(virNetworkDefineXML(_connection, xml)));

    /// <summary>Has events of all domains delivered in the order in which they happened.</summary>
    /// <remarks>
    /// Subscribe first, then list: nothing is missed. The daemon tells with a delay, so what happened just before may
    /// still
    /// be told; <see cref="DomainIdentity.Id"/> says of which run.
    /// </remarks>
    /// <param name="kinds">Which of libvirt's own events.</param>
    /// <param name="monitorEvents">
    /// Which of QEMU's events, by QEMU's names (<c>SHUTDOWN</c>); only a QEMU connection has them.
    /// </param>
    public LibvirtSubscription Subscribe(DomainEventKinds kinds, params IReadOnlyList<string> monitorEvents)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var subscription = new LibvirtSubscription(
                kinds,
                monitorEvents,
                gone => _subscriptions.TryRemove(gone, out _)
            );

            // Known before anything is registered: what comes at once is not missed, and if the link breaks, it ends.
            _subscriptions[subscription] = true;
            try
            {
                _registrations.AddLocked(kinds);
                foreach (var name in monitorEvents)
                {
                    _registrations.AddLocked(name);
                }
            }
            catch
            {
                subscription.Dispose();
                throw;
            }

            if (_closed.Task.IsCompleted)
            {
                subscription.Complete();
            }

            return subscription;
        }
    }

    private static T[] Take<T>(nint* pointers, int count, Func<nint, T> wrap)
    {
        var result = new T[count];
        for (var index = 0; index < count; index++)
        {
            result[index] = wrap(pointers[index]);
        }

        NativeMemory.Free(pointers);
        return result;
    }
}
