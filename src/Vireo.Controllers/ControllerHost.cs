using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Controllers.Access;
using Vireo.Controllers.Events;
using Vireo.Controllers.GarbageCollection;
using Vireo.Controllers.Hosts;
using Vireo.Controllers.InstanceTypes;
using Vireo.Controllers.LiveUpdates;
using Vireo.Controllers.MachineTypes;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Controllers.Migrations;
using Vireo.Controllers.Namespaces;
using Vireo.Controllers.Scheduling;
using Vireo.Controllers.VirtualMachineInstanceConfigs;
using Vireo.Controllers.VirtualMachines;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers;

/// <summary>Runs all controllers against an API server, wherever it is.</summary>
public sealed class ControllerHost(KubernetesClient client, TimeProvider time, ILoggerFactory loggers, Random random)
{
    private const int MachineWorkers = 8;

    private readonly List<Func<CancellationToken, Task>> _loops = [];
    private readonly List<Controller> _controllers = [];
    private readonly ConcurrentDictionary<Type, object> _informers = [];

    /// <summary>Stands for election as leader and runs the controllers while elected.</summary>
    /// <param name="identity">Who this is: a program that comes back under the same name leads again at once.</param>
    /// <param name="ct">Ends it.</param>
    public Task RunAsync(string identity, CancellationToken ct)
    {
        var lease = new ResourceKey("kube-system", "vireo-controllers");
        var election = new LeaderElection(client, lease, identity, time, Logger("election"));
        return election.RunAsync(LeadAsync, ct);
    }

    /// <summary>True when the controllers lead and act on an object as it is, or newer.</summary>
    /// <remarks>Each kind is followed by itself: of two writes the later one may be seen first.</remarks>
    internal bool HasSeen<T>(T item)
        where T : class, IResource =>
        _informers.GetValueOrDefault(typeof(T)) is Informer<T> informer && informer.HasSeen(item);

    private async Task LeadAsync(CancellationToken ct)
    {
        _loops.Clear();
        _controllers.Clear();
        var graph = new OwnerGraph();
        var collector = new List<KindAccess>();
        var garbage = Garbage(graph, collector);
        var cluster = new ClusterView(
            Follow<VirtualMachine>(graph, collector, garbage),
            Follow<VirtualMachineInstance>(graph, collector, garbage),
            Follow<Host>(graph, collector, garbage),
            Follow<Node>(graph, collector, garbage),
            Follow<Lease>(graph, collector, garbage),
            Follow<KubeVirt>(graph, collector, garbage)
        );
        var namespaces = Follow<Namespace>(graph, collector, garbage);
        Follow<Secret>(graph, collector, garbage);
        Follow<ConfigMap>(graph, collector, garbage);
        var accounts = Follow<ServiceAccount>(graph, collector, garbage);
        Follow<Role>(graph, collector, garbage);
        Follow<RoleBinding>(graph, collector, garbage);
        Follow<ClusterRoleBinding>(graph, collector, garbage);
        var roles = Follow<ClusterRole>(graph, collector, garbage);
        var revisions = Follow<ControllerRevision>(graph, collector, garbage);
        StartRevisions.Index(revisions);
        var configs = Follow<VirtualMachineInstanceConfig>(graph, collector, garbage);
        var events = Follow<Event>(graph, collector, garbage);
        var transitions = Follow<MachineTypeTransition>(graph, collector, garbage);
        var migrations = Follow<VirtualMachineInstanceMigration>(graph, collector, garbage);
        MigrationView.Index(migrations);
        var room = new HostRoom(cluster, time);

        var types = new InstanceTypeRecords(client, cluster, new ReferenceReader(client, revisions, cluster.Hosts));
        var references = new ReferenceIndex(cluster.Machines);
        var machines = Machines(cluster, revisions, types);
        machines.Watch(Follow<VirtualMachineInstancetype>(graph, collector, garbage), references.Waiting);
        machines.Watch(Follow<VirtualMachineClusterInstancetype>(graph, collector, garbage), references.Waiting);
        machines.Watch(Follow<VirtualMachinePreference>(graph, collector, garbage), references.Waiting);
        machines.Watch(Follow<VirtualMachineClusterPreference>(graph, collector, garbage), references.Waiting);
        cluster.Installations.Changed += (before, after) => ExpandAll(machines, cluster, before, after);

        Run(garbage);
        Run(machines, MachineWorkers);
        Run(HotplugController.Make(client, cluster, FreesRoom, time, Logger("liveupdate")));
        Run(Configs(configs, cluster.Instances));
        Run(MachineTypeAdoption(cluster, types));
        Run(RestartLabels(cluster));
        Run(Transitions(transitions, cluster, types));
        Run(Scheduler(cluster, room));
        var access = new AccessControllers(client, namespaces, accounts, roles, time, Logger);
        var moves = new MigrationControllers(client, cluster, new(migrations), room, time, Logger);
        access.All().Concat(moves.All()).ToList().ForEach(controller => Run(controller));
        Run(Of("hosts", new HostHealthReconciler(client, cluster, time, Logger("hosts")), cluster.Hosts));
        var emptying = new NamespaceReconciler(client, namespaces, collector, time, Logger("namespaces"));
        Run(Of("namespaces", emptying, namespaces));
        Run(Of("events", new EventExpiryReconciler(client, events, time), events));
        _controllers.ForEach(controller => controller.WaitFor(cluster.WaitForSyncAsync));
        await RunAllAsync(ct);
    }

    private async Task RunAllAsync(CancellationToken ct)
    {
        try
        {
            await Term.RunAsync(_loops, ct);
        }
        finally
        {
            _controllers.ForEach(controller => controller.Dispose());
        }
    }

    private void Run(Controller controller, int workers = 1)
    {
        _controllers.Add(controller);
        _loops.Add(stop => controller.RunAsync(workers, stop));
    }

    /// <summary>One informer a kind: for its controller, and for the collector, which follows all of them.</summary>
    private Informer<T> Follow<T>(OwnerGraph graph, List<KindAccess> collector, Controller garbage)
        where T : class, IResource
    {
        var informer = new Informer<T>(client, new ListQuery(), time, Logger("informer"), random);
        var access = new KindAccess<T>(client);
        collector.Add(access);
        garbage.Watch(informer, static _ => []);
        informer.Changed += (before, after) =>
        {
            foreach (var uid in graph.Observe(access, before?.Metadata, after?.Metadata))
            {
                garbage.Enqueue(new ResourceKey(null, uid));
            }
        };
        _informers[typeof(T)] = informer;
        _loops.Add(informer.RunAsync);
        return informer;
    }

    private Controller Garbage(OwnerGraph graph, IReadOnlyList<KindAccess> kinds)
    {
        var recorder = new EventRecorder(client, "garbage-collector-controller", null, time);
        var reconciler = new GarbageReconciler(graph, kinds, recorder, Logger("garbage"));
        return new Controller("garbage", reconciler, time, Logger("garbage"));
    }

    private Controller Machines(ClusterView cluster, Informer<ControllerRevision> revisions, InstanceTypeRecords types)
    {
        var recorder = new EventRecorder(client, "virtualmachine-controller", null, time);
        var logger = Logger("virtualmachine");
        var records = new MachineRecords(new StartRevisions(client, revisions), types);
        var writes = new InstanceWrites(client, cluster, records.Starts, recorder, logger);
        var reconciler = new VirtualMachineReconciler(client, cluster, records, writes, recorder, time, random);
        var controller = new Controller("virtualmachine", reconciler, time, logger);
        controller.Watch(cluster.Machines, machine => [ResourceKey.Of(machine)]);
        controller.Watch(cluster.Instances, instance => [ResourceKey.Of(instance)]);
        controller.Watch(revisions, StartRevisions.MachineOf);
        // What waits for a restart by one configuration may need none by the next.
        controller.Watch(cluster.Installations, _ => cluster.Machines.All.Where(IsBehind).Select(ResourceKey.Of));
        return controller;

        bool IsBehind(VirtualMachine machine) =>
            cluster.Instances.Find(ResourceKey.Of(machine)) is { } instance
            && !LiveChanges.IsUpToDate(machine, instance);
    }

    private Controller Configs(
        Informer<VirtualMachineInstanceConfig> configs,
        Informer<VirtualMachineInstance> instances
    )
    {
        ConfigReconciler.Index(instances);
        var reconciler = new ConfigReconciler(client, configs, instances);
        var controller = new Controller("configuration", reconciler, time, Logger("configuration"));
        controller.Watch(configs, config => [ResourceKey.Of(config)]);
        controller.Watch(instances, instance => ConfigReport.OwnerOf(instance) is { } owner ? [owner] : []);
        return controller;
    }

    /// <summary>Machines that refer to something are written out once the administrator wants none that do.</summary>
    private static void ExpandAll(Controller machines, ClusterView cluster, KubeVirt? before, KubeVirt? after)
    {
        var policy = after?.Spec?.Configuration?.Instancetype?.ReferencePolicy;
        if (policy == "expandAll" && policy != before?.Spec?.Configuration?.Instancetype?.ReferencePolicy)
        {
            foreach (var machine in cluster.Machines.All)
            {
                machines.Enqueue(ResourceKey.Of(machine));
            }
        }
    }

    private Controller MachineTypeAdoption(ClusterView cluster, InstanceTypeRecords types)
    {
        var logger = Logger("machinetype");
        var reconciler = new AdoptionReconciler(client, cluster, types, time.GetUtcNow(), time, logger);
        var controller = new Controller("machinetype", reconciler, time, logger);
        controller.Watch(cluster.Machines, machine => reconciler.IsConcerned(machine) ? [ResourceKey.Of(machine)] : []);
        controller.Watch(cluster.Hosts, _ => cluster.Machines.All.Where(reconciler.IsConcerned).Select(ResourceKey.Of));
        return controller;
    }

    private Controller RestartLabels(ClusterView cluster)
    {
        var reconciler = new RestartLabelReconciler(client, cluster, time);
        var controller = new Controller("restartlabel", reconciler, time, Logger("restartlabel"));
        controller.Watch(
            cluster.Machines,
            machine => RestartLabelPlan.HasLabel(machine) ? [ResourceKey.Of(machine)] : []
        );
        controller.Watch(cluster.Instances, instance => [ResourceKey.Of(instance)]);
        return controller;
    }

    private Controller Transitions(
        Informer<MachineTypeTransition> transitions,
        ClusterView cluster,
        InstanceTypeRecords types
    )
    {
        const string component = "machinetypetransition-controller";
        var recorder = new EventRecorder(client, component, null, time);
        var logger = Logger("transitions");
        var news = new MachineNews(
            new EventRecorder(client, component, null, time) { MaxRemembered = MachineNews.Remembered }
        );
        _loops.Add(news.RunAsync);
        var seen = new TransitionMachines(cluster, types);
        var reconciler = new TransitionReconciler(client, seen, transitions, recorder, news, time, logger);
        var controller = new Controller("transitions", reconciler, time, logger);
        controller.Watch(transitions, transition => [ResourceKey.Of(transition)]);
        controller.Watch(cluster.Machines, TransitionReconciler.TransitionOf);
        controller.Watch(
            cluster.Instances,
            instance =>
                cluster.Machines.Find(ResourceKey.Of(instance)) is { } machine
                    ? TransitionReconciler.TransitionOf(machine)
                    : []
        );
        return controller;
    }

    private Controller Scheduler(ClusterView cluster, HostRoom room)
    {
        var reconciler = new SchedulingReconciler(client, cluster, room, time, Logger("scheduler"));
        var controller = new Controller("scheduler", reconciler, time, Logger("scheduler"));
        controller.Watch(cluster.Instances, instance => [ResourceKey.Of(instance)]);
        controller.Watch(cluster.Hosts, _ => Unplaced(cluster));
        controller.Watch(cluster.Nodes, _ => Unplaced(cluster));
        cluster.Instances.Changed += (before, after) => RetryIf(FreesRoom(before, after));
        cluster.Leases.Changed += (before, after) =>
            RetryIf(!HostCandidate.IsFresh(before, time.GetUtcNow()) && HostCandidate.IsFresh(after, time.GetUtcNow()));
        return controller;

        void RetryIf(bool hasNewRoom)
        {
            foreach (var key in hasNewRoom ? Unplaced(cluster) : [])
            {
                controller.Enqueue(key);
            }
        }
    }

    private static bool FreesRoom(VirtualMachineInstance? before, VirtualMachineInstance? after) =>
        TakesRoom(before)
        && (!TakesRoom(after) || (MigrationStates.IsUnderWay(before!) && !MigrationStates.IsUnderWay(after!)));

    private static bool TakesRoom(VirtualMachineInstance? instance) =>
        instance?.Status?.NodeName is not null && !VirtualMachineInstancePhases.IsFinal(instance.Status.Phase);

    private static IEnumerable<ResourceKey> Unplaced(ClusterView cluster) =>
        cluster.Instances.All.Where(instance => instance.Status?.NodeName is null).Select(ResourceKey.Of);

    /// <summary>A controller that looks at each object of a kind, and at nothing else.</summary>
    private Controller Of<T>(string name, IReconciler reconciler, Informer<T> objects)
        where T : class, IResource
    {
        var controller = new Controller(name, reconciler, time, Logger(name));
        controller.Watch(objects, item => [ResourceKey.Of(item)]);
        return controller;
    }

    private ILogger Logger(string name) => loggers.CreateLogger($"Vireo.Controllers.{name}");
}
