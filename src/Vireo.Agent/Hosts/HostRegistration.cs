using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Keeps this host known to the cluster: its Node, its Host, and the lease that says that its agent lives.
/// </summary>
internal sealed class HostRegistration(
    KubernetesClient client,
    IHypervisor hypervisor,
    HostCache cache,
    InstanceSettings settings,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>How often the lease is renewed.</summary>
    public static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Seconds after which a lease that is not renewed says that the agent is dead.</summary>
    private const int LeaseSeconds = 40;

    /// <summary>
    /// A hypervisor that is away for less is being restarted; its guests run on and nobody needs to know.
    /// </summary>
    private static readonly TimeSpan FaultPatience = TimeSpan.FromSeconds(5);

    private readonly Signal _signal = new();
    private DateTimeOffset? _faultSince;
    private HostStatus? _toldHost;
    private NodeStatus? _toldNode;
    private HostFacts? _labelled;
    private bool _isRegistered;

    /// <summary>Tells at once, and then with each heartbeat or signal, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await TellAsync(ct);
            }
            catch (ApiException e)
            {
                logger.RegistrationFailed(settings.NodeName, e.Message);
                (_toldHost, _toldNode, _labelled, _isRegistered) = (null, null, null, false);
            }

            await PauseAsync(ct);
        }
    }

    /// <summary>Something changed: tell soon.</summary>
    public void Look()
    {
        cache.Forget();
        _signal.Raise();
    }

    private async Task PauseAsync(CancellationToken ct)
    {
        // A hypervisor that has just gone is looked at again before the next heartbeat is due.
        var pause = hypervisor.Fault is not null ? FaultPatience : HeartbeatPeriod;
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var signal = _signal.WaitAsync(wake.Token);
        await Task.WhenAny(signal, Task.Delay(pause, time, wake.Token));
        await wake.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private async Task TellAsync(CancellationToken ct)
    {
        var facts = await FindFactsAsync(ct);
        if (facts?.NetworkFault is not null)
        {
            cache.Forget();
        }

        var view = View(facts);
        // Before anything else: who sees the host ready must see that its agent lives.
        await RenewLeaseAsync(ct);
        var host = await EnsureHostAsync(ct);
        if (Conditions.Find(host?.Status?.Conditions, "Ready")?.Status == "Unknown")
        {
            // The agent was away for so long that others gave it up.
            (_toldHost, _toldNode) = (null, null);
        }

        var node = await EnsureNodeAsync(facts, ct);
        var hostStatus = HostReport.Host(_toldHost ?? host?.Status, facts, view);
        if (!Same(hostStatus, _toldHost, ApiJson.Default.HostStatus))
        {
            await client.ChangeStatusAsync<Host>(Key, seen => seen with { Status = hostStatus }, ct);
            _toldHost = hostStatus;
        }

        var nodeStatus = HostReport.Node(_toldNode ?? node?.Status, hostStatus, view, settings.NodeName);
        if (!Same(nodeStatus, _toldNode, ApiJson.Default.NodeStatus))
        {
            await client.ChangeStatusAsync<Node>(Key, seen => seen with { Status = nodeStatus }, ct);
            _toldNode = nodeStatus;
        }

        _isRegistered = true;
    }

    private ResourceKey Key => new(null, settings.NodeName);

    private async Task<HostFacts?> FindFactsAsync(CancellationToken ct)
    {
        try
        {
            return await cache.GetAsync(ct);
        }
        catch (HypervisorException)
        {
            // Its fault says why.
            return null;
        }
    }

    private HostView View(HostFacts? facts)
    {
        var now = time.GetUtcNow();
        _faultSince = hypervisor.Fault is null ? null : _faultSince ?? now;
        var isAway = _faultSince is { } since && (!_isRegistered || now - since >= FaultPatience);
        return new(
            isAway ? hypervisor.Fault
                : facts is null && !_isRegistered ? "The hypervisor has not said yet what it offers."
                : null,
            settings.UseEmulation(),
            settings.Address ?? FindAddress(),
            ReadLine("/etc/machine-id"),
            ReadLine("/proc/sys/kernel/random/boot_id"),
            settings.Endpoint,
            now
        )
        {
            ImageMachineTypes = settings.ImageMachineTypes(),
            ImageDefaults = settings.ImageDefaults(),
        };
    }

    private async Task<Host?> EnsureHostAsync(CancellationToken ct) =>
        await client.FindAsync<Host>(Key, ct)
        ?? await CreateAsync(new Host { Metadata = new() { Name = settings.NodeName } }, ct);

    /// <summary>The node with its labels; null when nothing was to be done.</summary>
    private async Task<Node?> EnsureNodeAsync(HostFacts? facts, CancellationToken ct)
    {
        if (_isRegistered && (facts is null || ReferenceEquals(facts, _labelled)))
        {
            return null;
        }

        var node =
            await client.FindAsync<Node>(Key, ct)
            ?? await CreateAsync(new Node { Metadata = new() { Name = settings.NodeName } }, ct);
        if (facts is not null)
        {
            await client.ChangeAsync<Node>(Key, seen => Labelled(seen, facts), ct);
            _labelled = facts;
        }

        return node;
    }

    private Node Labelled(Node node, HostFacts facts)
    {
        var labels = HostReport.Labels(node.Metadata.Labels, settings.NodeName, facts);
        return
            node.Metadata.Labels is { } present
            && present.Count == labels.Count
            && labels.All(label => present.GetValueOrDefault(label.Key) == label.Value)
            ? node
            : node with
            {
                Metadata = node.Metadata with { Labels = labels },
            };
    }

    private async Task<T?> CreateAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource
    {
        try
        {
            return await client.CreateAsync(resource, ct);
        }
        catch (ApiException e) when (e.Reason == Reason.AlreadyExists)
        {
            return await client.FindAsync<T>(ResourceKey.Of(resource), ct);
        }
    }

    private async Task RenewLeaseAsync(CancellationToken ct)
    {
        var key = new ResourceKey("kube-node-lease", settings.NodeName);
        var now = time.GetUtcNow();
        var renewed = await client.ChangeAsync<Lease>(
            key,
            lease => lease with { Spec = (lease.Spec ?? new()) with { RenewTime = now, HolderIdentity = key.Name } },
            ct
        );
        if (renewed is null)
        {
            await CreateAsync(
                new Lease
                {
                    Metadata = new() { Name = key.Name, Namespace = key.Namespace },
                    Spec = new()
                    {
                        HolderIdentity = key.Name,
                        LeaseDurationSeconds = LeaseSeconds,
                        AcquireTime = now,
                        RenewTime = now,
                    },
                },
                ct
            );
        }
    }

    private static bool Same<T>(T status, T? told, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class =>
        told is not null
        && JsonSerializer
            .SerializeToUtf8Bytes(status, type)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(told, type));

    /// <summary>The address of the interface that leads out; the loopback's when none does.</summary>
    public static string FindAddress() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(nic => nic.OperationalStatus == OperationalStatus.Up)
            .Select(nic => nic.GetIPProperties())
            .Where(nic => nic.GatewayAddresses.Count > 0)
            .SelectMany(nic => nic.UnicastAddresses)
            .Select(address => address.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
            ?.ToString()
        ?? "127.0.0.1";

    private static string? ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
