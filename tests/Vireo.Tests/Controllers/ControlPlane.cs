using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Controllers;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Program;

namespace Vireo.Tests.Controllers;

/// <summary>
/// A real server with the real controllers in one process, for the tests of one class. Each works in a namespace, or on
/// hosts, of its own.
/// </summary>
public sealed class ControlPlane : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Type, object> _views = [];
    private readonly ConcurrentQueue<IResource> _writes = [];
    private readonly ConcurrentDictionary<(Type, ResourceKey), long> _seen = [];
    private readonly List<Task> _following = [];
    private readonly string _agentFolder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private RunningServer _server = null!;
    private RunningPart _controllers = null!;
    private ControllerHost? _host;

    /// <summary>A part of Vireo.</summary>
    public KubernetesClient Client { get; private set; } = null!;

    /// <summary>A user who may do everything that users may.</summary>
    public KubernetesClient User { get; private set; } = null!;

    /// <summary>How that user is connected, for a test that looks into the requests.</summary>
    internal HttpClient UserConnection => _server.Client;

    /// <summary>How the administrator's tools reach the server.</summary>
    internal string KubeconfigPath => _server.Server.KubeconfigPath;

    /// <summary>What was written since the start, oldest first: each object as it was after the write.</summary>
    public IReadOnlyList<IResource> Writes => [.. _writes];

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        Client = new KubernetesClient(_server.Own);
        User = new KubernetesClient(_server.Client);
        await ViewAsync<VirtualMachine>();
        await ViewAsync<VirtualMachineInstance>();
        await ViewAsync<Host>();
        await ViewAsync<Node>();
        await ViewAsync<Namespace>();
        await ViewAsync<Event>();
        await ViewAsync<Secret>();
        await ViewAsync<ConfigMap>();
        await ViewAsync<ServiceAccount>();
        await ViewAsync<ClusterRole>();
        await ViewAsync<Lease>();
        await ViewAsync<ControllerRevision>();
        await ViewAsync<VirtualMachineInstanceConfig>();
        await ViewAsync<MachineTypeTransition>();
        await ViewAsync<VirtualMachineInstanceMigration>();
        BeginControllers();
    }

    public async ValueTask DisposeAsync()
    {
        await _controllers.DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_following);
        await _server.DisposeAsync();
        Directory.Delete(_agentFolder, recursive: true);
        _stop.Dispose();
    }

    /// <summary>The controllers as a process of their own would run them.</summary>
    internal RunningPart RunControllers(string identity, TimeProvider time) =>
        new(ct => NewHost(time).RunAsync(identity, ct));

    /// <summary>An agent without guests, in real time.</summary>
    internal RunningPart RunAgent(string host) =>
        new(ct => AgentHost.RunAsync(AgentOf(host), Client, NullLoggerFactory.Instance, TimeProvider.System, ct));

    /// <summary>An agent of a simulated host that outlives it.</summary>
    internal RunningPart RunAgent(string host, SimulatedHypervisor hypervisor) =>
        new(ct =>
            AgentHost.RunAsync(
                AgentOf(host),
                HypervisorParts.Of(hypervisor),
                Client,
                NullLogger.Instance,
                TimeProvider.System,
                ct
            )
        );

    /// <summary>An action on a virtual machine, as a user asks for it: start, stop, restart, machinetype.</summary>
    internal Task<Reply> ActAsync(ResourceKey machine, string action, string body = "{}") =>
        _server.PutAsync(
            $"/apis/subresources.kubevirt.io/v1/namespaces/{machine.Namespace}/virtualmachines/{machine.Name}/{action}",
            body
        );

    /// <summary>Runs a command line of the program on this server.</summary>
    internal Task<Printed> RunAsync(string line) => _server.RunAsync(line);

    /// <summary>Ends the controllers wherever they are, and starts them again under the same name.</summary>
    public async Task RestartControllersAsync()
    {
        await _controllers.DisposeAsync();
        BeginControllers();
    }

    /// <summary>Ends the controllers for good.</summary>
    public ValueTask StopControllersAsync()
    {
        _host = null;
        return _controllers.DisposeAsync();
    }

    /// <summary>An object as a watch tells it; null when there is none.</summary>
    public T? Find<T>(string name, string? space = null)
        where T : class, IResource => View<T>().Find(new ResourceKey(space, name));

    /// <summary>All objects of a namespace as a watch tells them.</summary>
    public IReadOnlyList<T> All<T>(string? space)
        where T : class, IResource => [.. View<T>().All.Where(item => item.Metadata.Namespace == space)];

    /// <summary>Waits until an object is as it should be.</summary>
    public async Task<T> UntilAsync<T>(string name, string? space, Func<T, bool> isSo)
        where T : class, IResource
    {
        T? found = null;
        await Eventually.HoldsAsync(
            () => (found = Find<T>(name, space)) is not null && isSo(found),
            $"{typeof(T).Name} {space}/{name}"
        );
        return found!;
    }

    /// <summary>
    /// Waits until what is seen of a kind is as new as the server's now: each kind has a watch of its own, and one may
    /// tell of an effect before another tells of its cause.
    /// </summary>
    public async Task CatchUpAsync<T>()
        where T : class, IResource
    {
        var now = await User.ListAsync<T>(new ListQuery(), CancellationToken.None);
        await Eventually.HoldsAsync(
            () => now.Items.All(item => _seen.GetValueOrDefault((typeof(T), ResourceKey.Of(item))) >= VersionOf(item)),
            $"{typeof(T).Name} as the server has them"
        );
    }

    /// <summary>
    /// Waits until the controllers act on an object as it is: at once while they are ended, because they will list.
    /// </summary>
    public Task SeenAsync<T>(T? item)
        where T : class, IResource =>
        Eventually.HoldsAsync(
            () => _host?.HasSeen(item.ShouldNotBeNull()) != false,
            $"the controllers see {typeof(T).Name} {item?.Metadata.Name}"
        );

    /// <summary>Waits until the controllers act on all objects of a kind as they are.</summary>
    public async Task SeenAllAsync<T>()
        where T : class, IResource
    {
        var now = await User.ListAsync<T>(new ListQuery(), CancellationToken.None);
        await Eventually.HoldsAsync(
            () => now.Items.All(item => _host?.HasSeen(item) != false),
            "the controllers see all"
        );
    }

    /// <summary>Waits until an object that was there is gone.</summary>
    public Task UntilGoneAsync<T>(string name, string? space)
        where T : class, IResource =>
        Eventually.HoldsAsync(
            () => _seen.ContainsKey((typeof(T), new(space, name))) && Find<T>(name, space) is null,
            $"{typeof(T).Name} {space}/{name} is gone"
        );

    /// <summary>A namespace for one test.</summary>
    public async Task<string> MakeNamespaceAsync()
    {
        var name = "test-" + Guid.NewGuid().ToString("N")[..8];
        await User.CreateAsync(new Namespace { Metadata = new() { Name = name } }, CancellationToken.None);
        return name;
    }

    /// <summary>A host that exists only as objects.</summary>
    public async Task AddHostAsync(string name, HostStatus status, LeaseSpec? lease)
    {
        var ct = CancellationToken.None;
        if (lease is not null)
        {
            await AddLeaseAsync(name, lease);
        }

        var ready = status.Conditions!.Single(condition => condition.Type == "Ready").Status;
        var ofNode = new NodeStatus { Conditions = [new() { Type = "Ready", Status = ready }] };
        await Client.CreateAsync(new Node { Metadata = new() { Name = name } }, ct);
        await Client.ChangeStatusAsync<Node>(new(null, name), seen => seen with { Status = ofNode }, ct);
        await Client.CreateAsync(new Host { Metadata = new() { Name = name } }, ct);
        await Client.ChangeStatusAsync<Host>(new(null, name), seen => seen with { Status = status }, ct);
    }

    /// <summary>The lease of a host's agent.</summary>
    public Task AddLeaseAsync(string name, LeaseSpec lease)
    {
        var metadata = new ObjectMeta { Name = name, Namespace = "kube-node-lease" };
        return Client.CreateAsync(new Lease { Metadata = metadata, Spec = lease }, CancellationToken.None);
    }

    private void BeginControllers()
    {
        var host = _host = NewHost(TimeProvider.System);
        _controllers = new(ct => host.RunAsync("first", ct));
    }

    private ControllerHost NewHost(TimeProvider time) => new(Client, time, NullLoggerFactory.Instance, new Random(1));

    private AgentOptions AgentOf(string host) =>
        new()
        {
            StateFolder = Directory.CreateDirectory(Path.Combine(_agentFolder, host)).FullName,
            NodeName = host,
            Simulated = true,
        };

    private static long VersionOf(IResource item) =>
        long.Parse(item.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);

    private Informer<T> View<T>()
        where T : class, IResource => (Informer<T>)_views[typeof(T)];

    private async Task ViewAsync<T>()
        where T : class, IResource
    {
        var view = new Informer<T>(Client, new ListQuery(), TimeProvider.System, NullLogger.Instance);
        view.Changed += (before, after) =>
        {
            var told = (IResource?)after ?? before!;
            _writes.Enqueue(told);
            _seen[(typeof(T), ResourceKey.Of(told))] = VersionOf(told);
        };
        _views[typeof(T)] = view;
        _following.Add(view.RunAsync(_stop.Token));
        await view.WaitForSyncAsync(_stop.Token);
    }
}

/// <summary>Something that runs until it is disposed of.</summary>
internal sealed class RunningPart : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public RunningPart(Func<CancellationToken, Task> run) => _run = Task.Run(() => run(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        try
        {
            await _run;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }
}
