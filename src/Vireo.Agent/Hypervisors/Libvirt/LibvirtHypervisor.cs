using System.Xml.Linq;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Libvirt;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Runs guests by libvirt and QEMU.</summary>
/// <param name="link">The connection.</param>
/// <param name="network">The network that guests are put on.</param>
/// <param name="hasKvm">True when KVM was seen to work.</param>
/// <param name="time">Dates what was told of guests.</param>
/// <param name="logger">Told what the host lacks.</param>
internal sealed class LibvirtHypervisor(
    LibvirtLink link,
    GuestNetwork network,
    bool hasKvm,
    TimeProvider time,
    ILogger logger
) : IHypervisor
{
    /// <summary>An agent in a guest that hangs must not hold up its domain for longer.</summary>
    private static readonly TimeSpan AgentTimeout = TimeSpan.FromSeconds(5);

    private readonly GuestHistory _history = new(time);
    private readonly LibvirtGuestMoves _moves = new(link);

    public event Action<ResourceKey>? Changed;

    public event Action? Connected
    {
        add => link.Connected += value;
        remove => link.Connected -= value;
    }

    public string? Fault => link.Fault;

    /// <summary>Acts on the same guests by the same connection.</summary>
    public IGuestControl Control => new LibvirtGuestControl(link);

    /// <summary>Moves the same guests by the same connection.</summary>
    public IGuestMoves Moves => _moves;

    public async Task RunAsync(CancellationToken ct)
    {
        link.Happened += OnHappened;
        try
        {
            await link.RunAsync(ct);
        }
        finally
        {
            link.Happened -= OnHappened;
        }
    }

    public Task<HostFacts> DescribeHostAsync(CancellationToken ct) => link.CallAsync(DescribeHost, ct);

    public Task<ObservedDomain?> ObserveAsync(ResourceKey key, CancellationToken ct) =>
        link.CallAsync(
            connection =>
            {
                using var domain = connection.FindDomain(IdentityXml.NameOf(key));
                return domain is null || LibvirtGuest.Observe(domain) is not { } seen
                    ? null
                    : seen with
                    {
                        LastReset = _history.FindReset(domain.Name),
                    };
            },
            ct
        );

    public Task<IReadOnlyList<ObservedDomain>> ListAsync(CancellationToken ct) =>
        link.CallAsync<IReadOnlyList<ObservedDomain>>(
            connection =>
            {
                var domains = connection.ListDomains(DomainFilter.Active);
                try
                {
                    return
                    [
                        .. domains
                            .Select(LibvirtGuest.Observe)
                            .Where(seen => seen?.Uid is not null)
                            .Select(seen => seen!),
                    ];
                }
                finally
                {
                    foreach (var domain in domains)
                    {
                        domain.Dispose();
                    }
                }
            },
            ct
        );

    /// <summary>
    /// From what this agent was told, if that says why; else from libvirt's log of the guest, which outlives the agent.
    /// </summary>
    public Task<GuestEnd?> FindEndAsync(DomainId id, DateTimeOffset since, CancellationToken ct)
    {
        var told = _history.FindEnd(id.Name, since);
        var logged = QemuLog.FindEnd(Path.Combine(link.Endpoint.QemuLogFolder, $"{id.Name}.log"), since);
        return Task.FromResult(
            told is { Cause: not EndCause.Unknown } ? told
            : logged is null or { State: GuestState.Absent } ? told ?? logged
            : logged
        );
    }

    public Task StartAsync(DomainId id, XElement domain, bool isPaused, CancellationToken ct) =>
        link.CallAsync(
            connection =>
            {
                var xml = domain.ToString(SaveOptions.DisableFormatting);
                var how = isPaused ? DomainStart.Paused : DomainStart.Running;
                using var started = Create(connection, xml, how);
                started.SetAgentTimeout(AgentTimeout);
                return true;
            },
            ct
        );

    public Task ShutDownAsync(DomainId id, CancellationToken ct) =>
        ActAsync(id, domain => domain.Shutdown(PowerRequest.AcpiPowerButton), ct);

    public Task DestroyAsync(DomainId id, CancellationToken ct) => ActAsync(id, domain => domain.Destroy(), ct);

    public Task<bool> RebootAsync(DomainId id, RebootRequest by, CancellationToken ct) =>
        ActAsync(
            id,
            domain => domain.Reboot(by == RebootRequest.Agent ? PowerRequest.GuestAgent : PowerRequest.AcpiPowerButton),
            ct
        );

    public Task<bool> ResetAsync(DomainId id, CancellationToken ct) => ActAsync(id, Reset, ct);

    public Task<bool> PlugVcpusAsync(DomainId id, int count, CancellationToken ct) =>
        ActAsync(id, domain => LibvirtPlug.SetVcpus(domain, count), ct);

    public async Task<int?> BringVcpusOnlineAsync(DomainId id, CancellationToken ct)
    {
        int? online = null;
        await ActAsync(id, domain => online = LibvirtPlug.BringVcpusOnline(domain, AgentTimeout), ct);
        return online;
    }

    public Task<bool> RequestMemoryAsync(DomainId id, long bytes, CancellationToken ct) =>
        ActAsync(id, domain => LibvirtPlug.RequestMemory(domain, bytes), ct);

    public Task<ObservedGuest?> AskGuestAsync(DomainId id, bool isAgentConnected, CancellationToken ct) =>
        link.CallAsync(
            connection =>
            {
                using var domain = connection.FindDomain(id.Name);
                return domain is null ? null : LibvirtGuest.Ask(domain, isAgentConnected);
            },
            ct
        );

    private void OnHappened(DomainEvent happened)
    {
        if (IdentityXml.KeyOf(happened.Domain.Name) is not { } key)
        {
            return;
        }

        if (happened is JobEnded ended)
        {
            _moves.Keep(ended);
        }

        if (_history.Add(happened))
        {
            Changed?.Invoke(key);
        }
    }

    private HostFacts DescribeHost(LibvirtConnection connection)
    {
        // What is replaced while libvirt asks it is seen to be another one by the next look.
        var emulators = Capabilities.Emulators(XElement.Parse(connection.GetCapabilities())).Select(FileStamp.Look);
        IReadOnlyList<FileStamp> seen = [.. emulators];
        var capabilities = XElement.Parse(connection.GetCapabilities());
        var node = connection.GetNodeFacts();
        var fault = network.Ensure(connection);
        if (fault is not null)
        {
            logger.NetworkMissing(fault);
        }

        return new()
        {
            Architecture = Capabilities.Architecture(capabilities),
            Cpus = node.Cpus,
            MemoryBytes = node.MemoryBytes,
            LibvirtVersion = connection.GetLibVersion(),
            QemuVersion = connection.GetVersion(),
            HasKvm = hasKvm,
            MachineTypes = Capabilities.MachineTypes(capabilities, hasKvm ? "kvm" : "qemu"),
            Processor = hasKvm ? DescribeProcessor(connection) : null,
            Emulators = seen,
            EfiFirmware = EfiFirmwareFiles.Find(),
            HasTpmEmulator = Command.Find("swtpm") is not null && Command.Find("swtpm_setup") is not null,
            NetworkFault = fault,
        };
    }

    private static HostProcessor? DescribeProcessor(LibvirtConnection connection)
    {
        try
        {
            return Capabilities.Processor(XElement.Parse(connection.GetDomainCapabilities(virtType: "kvm")));
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            // Guests run all the same; where they can move to is found out when they do.
            return null;
        }
    }

    /// <summary>The network may be gone since the host was described: an administrator may have removed it.</summary>
    private LibvirtDomain Create(LibvirtConnection connection, string xml, DomainStart how)
    {
        try
        {
            return connection.CreateDomain(xml, how);
        }
        catch (LibvirtException e) when (e.Code == ErrorCode.NoNetwork)
        {
            return network.Ensure(connection) is { } fault
                ? throw new HypervisorException($"The guest gets no network: {fault}", isTransient: true, e)
                : connection.CreateDomain(xml, how);
        }
    }

    private static void Reset(LibvirtDomain domain)
    {
        try
        {
            domain.Reset();
        }
        catch (LibvirtException e) when (!e.IsConnectionLost && LibvirtGuest.Observe(domain) is null)
        {
            // Where a reboot ends the guest, QEMU may be gone before it has answered.
        }
    }

    private Task<bool> ActAsync(DomainId id, Action<LibvirtDomain> act, CancellationToken ct) =>
        link.CallAsync(
            connection =>
            {
                using var domain = connection.FindDomain(id.Name);
                if (domain is null || LibvirtGuest.Observe(domain)?.Uid != id.Uid)
                {
                    return false;
                }

                try
                {
                    act(domain);
                }
                catch (LibvirtException e) when (e.IsNotFound || e.Code == ErrorCode.OperationInvalid)
                {
                    // It ended in between, which is what was wanted.
                    return false;
                }

                return true;
            },
            ct
        );
}
