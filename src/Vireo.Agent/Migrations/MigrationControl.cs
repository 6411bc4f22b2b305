using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Puts together what moves guests, and runs it.</summary>
internal sealed class MigrationControl
{
    private const int Workers = 4;

    private readonly Informer<VirtualMachineInstance> _instances;
    private readonly Controller _controller;
    private readonly string _node;
    private readonly Departures _departures;

    /// <summary>Puts it together.</summary>
    /// <param name="instances">The instances that are bound to this host.</param>
    /// <param name="reconciler">Carries moves out.</param>
    /// <param name="departures">The moves that it carries out.</param>
    /// <param name="client">The API.</param>
    /// <param name="node">This host.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">Told of failures.</param>
    public MigrationControl(
        Informer<VirtualMachineInstance> instances,
        MigrationReconciler reconciler,
        Departures departures,
        KubernetesClient client,
        string node,
        TimeProvider time,
        ILogger logger
    )
    {
        _instances = instances;
        _node = node;
        _departures = departures;
        Incoming = new(client, new ListQuery(FieldSelector: $"status.migrationState.targetNode={node}"), time, logger);
        _controller = new("migrations", reconciler, time, logger);
        _controller.Watch(instances, KeysOf);
        _controller.Watch(Incoming, KeysOf);
        reconciler.Changed += _controller.Enqueue;
    }

    /// <summary>Puts together what moves the guests of a host, and lets it answer at the host's door.</summary>
    public static MigrationControl Build(
        InstanceSettings settings,
        (HypervisorParts Hypervisor, PrepareDisks Prepare) host,
        (KubernetesClient Client, Informer<VirtualMachineInstance> Instances, InstanceVoice Voice) api,
        (DoorParts Own, PeerDoors Others) doors,
        TimeProvider time,
        ILogger logger
    )
    {
        var (hypervisor, control, moves) = host.Hypervisor;
        var peers = new PeerTalk(doors.Others);
        var arrivals = new Arrivals(host.Prepare, moves, settings, doors.Own.Logs, time);
        var tools = new DepartureTools(api.Client, moves, peers, settings, doors.Own.Logs, time, logger)
        {
            Destroy = hypervisor.DestroyAsync,
        };
        var parts = new MoveParts(arrivals, new(tools), moves, control, peers);
        var reconciler = new MigrationReconciler(api.Client, hypervisor, parts, settings, api.Voice, time);
        var plain = doors.Own.Network is { Address.Address: var address }
            ? new PlainStreams(address, () => settings.Configuration().Migrations?.DisableTLS == true, time)
            : null;
        doors.Own.Moves = new MoveDoor(arrivals, moves, new(api.Client, time), plain, logger).HandleAsync;
        return new(api.Instances, reconciler, parts.Departures, api.Client, settings.NodeName, time, logger);
    }

    /// <summary>The instances whose last move was or is to this host.</summary>
    public Informer<VirtualMachineInstance> Incoming { get; }

    /// <summary>What runs as long as the agent does.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Loops =>
        [Incoming.RunAsync, _departures.RunAsync, ct => _controller.RunAsync(Workers, ct)];

    /// <summary>Something happened to a guest: look, if it moves.</summary>
    public void Look(ResourceKey key)
    {
        if ((_instances.Find(key) ?? Incoming.Find(key)) is { } instance && Moves.UnderWay(instance) is not null)
        {
            _controller.Enqueue(key);
        }
    }

    /// <summary>Looks at a guest of which there is something on this host.</summary>
    public void LookAnew(ResourceKey key) => _controller.Enqueue(key);

    private IEnumerable<ResourceKey> KeysOf(VirtualMachineInstance instance) =>
        instance.Status?.MigrationState is { } state && (state.SourceNode == _node || state.TargetNode == _node)
            ? [ResourceKey.Of(instance)]
            : [];
}
