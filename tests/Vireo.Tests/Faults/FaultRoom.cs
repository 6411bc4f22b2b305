using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Controllers;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Controllers;

namespace Vireo.Tests.Faults;

/// <summary>
/// A server, the controllers and an agent, each of which can be ended anywhere and started again; the guests on its
/// simulated host outlive them.
/// </summary>
internal sealed class FaultRoom : IAsyncDisposable
{
    public const string Space = "default";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly ConcurrentDictionary<string, byte> _instances = new(StringComparer.Ordinal);
    private RunningServer? _server;
    private RunningPart? _controllers;
    private RunningPart? _agent;
    private RunningPart? _witness;

    private FaultRoom() => Wire = new(() => _server?.Own);

    public SimulatedHypervisor Host { get; } = new(SimulatedHost.Facts, TimeProvider.System);

    /// <summary>What the controllers and the agent talk over.</summary>
    public Wire Wire { get; }

    /// <summary>A user who may do everything that users may.</summary>
    public KubernetesClient User => new(_server!.Client);

    /// <summary>How many instances there ever were.</summary>
    public int InstancesEver => _instances.Count;

    public static async Task<FaultRoom> OpenAsync()
    {
        var room = new FaultRoom();
        await room.StartServerAsync();
        room.StartControllers();
        room.StartAgent();
        return room;
    }

    /// <summary>Ends the server; the others are left with nobody to talk to.</summary>
    public async Task RestartServerAsync()
    {
        var old = _server!;
        _server = null;
        await _witness!.DisposeAsync();
        await old.DisposeAsync();
        await StartServerAsync();
    }

    public async Task RestartControllersAsync()
    {
        await StopControllersAsync();
        StartControllers();
    }

    public async Task StopControllersAsync()
    {
        if (_controllers is not null)
        {
            await _controllers.DisposeAsync();
        }
    }

    public void StartControllers() =>
        _controllers = new(ct =>
            new ControllerHost(Client(), TimeProvider.System, NullLoggerFactory.Instance, new Random(1)).RunAsync(
                "first",
                ct
            )
        );

    public async Task RestartAgentAsync()
    {
        await _agent!.DisposeAsync();
        StartAgent();
    }

    /// <summary>An action of a user; what was answered.</summary>
    public async Task<HttpStatusCode> ActAsync(string kind, string name, string action, string? body = null) =>
        (
            await _server!.SendAsync(
                "PUT",
                $"/apis/subresources.kubevirt.io/v1/namespaces/{Space}/{kind}/{name}/{action}",
                body ?? "{}"
            )
        ).Code;

    public async Task<VirtualMachineInstance?> FindInstanceAsync(string name) =>
        await User.FindAsync<VirtualMachineInstance>(new(Space, name), CancellationToken.None);

    public async Task<VirtualMachine> GetMachineAsync(string name) =>
        (await User.FindAsync<VirtualMachine>(new(Space, name), CancellationToken.None))!;

    /// <summary>What is not as it should be of the whole; null when all is.</summary>
    public async Task<string?> FaultAsync()
    {
        var all = await User.ListAsync<VirtualMachineInstance>(new(), CancellationToken.None);
        var guests = (await Host.ListAsync(CancellationToken.None)).Select(guest => guest.Uid).Order();
        var active = all
            .Items.Where(one => !VirtualMachineInstancePhases.IsFinal(one.Status?.Phase))
            .Select(one => one.Metadata.Uid);
        return Host.Starts > InstancesEver ? $"{Host.Starts} guests were started for {InstancesEver} instances"
            : !guests.SequenceEqual(active.Order()) ? "guests and instances are not the same"
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopControllersAsync();
        await _agent!.DisposeAsync();
        await _witness!.DisposeAsync();
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartServerAsync()
    {
        var server = await RunningServer.StartAsync(folder: Path.Combine(_folder, "server"));
        _witness = new(ct => WitnessAsync(new(server.Own), ct));
        _server = server;
    }

    private async Task WitnessAsync(KubernetesClient client, CancellationToken ct)
    {
        var view = new Informer<VirtualMachineInstance>(
            client,
            new ListQuery(),
            TimeProvider.System,
            NullLogger.Instance
        );
        view.Changed += (before, after) => _instances.TryAdd((after ?? before)!.Metadata.Uid!, 0);
        await view.RunAsync(ct);
    }

    private void StartAgent() => _agent = new(RunAgentAsync);

    /// <summary>As AgentHost does it, but with a host whose guests outlive the agent.</summary>
    private async Task RunAgentAsync(CancellationToken ct)
    {
        var (client, time, logger) = (Client(), TimeProvider.System, NullLogger.Instance);
        var settings = new InstanceSettings("host", Path.Combine(_folder, "agent"), "vireo", () => false);
        Directory.CreateDirectory(settings.StateFolder);
        var instances = new Informer<VirtualMachineInstance>(
            client,
            new ListQuery(FieldSelector: "status.nodeName=host"),
            time,
            logger
        );
        var cache = new HostCache(Host);
        var voice = new InstanceVoice(new(client, "vireo-agent", "host", time), logger);
        var starter = new InstanceStarter(Host, SimulatedHost.PrepareDisksAsync, settings, cache, time);
        var ending = new InstanceEnding(client, starter, new SimulatedShelf("host").SaveAsync, settings, voice, time);
        var reconciler = new InstanceReconciler(client, instances, Host, new(starter, ending), settings, voice, time);
        using var controller = new Controller("instances", reconciler, time, logger);
        controller.Watch(instances, instance => [ResourceKey.Of(instance)]);
        var registration = new HostRegistration(client, Host, cache, settings, time, logger);
        var takeover = new Takeover(Host, instances, instances, controller.Enqueue, settings, logger);
        Host.Changed += controller.Enqueue;
        Host.Connected += registration.Look;
        Host.Connected += takeover.Look;
        try
        {
            await Task.WhenAll(
                Host.RunAsync(ct),
                instances.RunAsync(ct),
                registration.RunAsync(ct),
                takeover.RunAsync(ct),
                controller.RunAsync(4, ct)
            );
        }
        finally
        {
            Host.Changed -= controller.Enqueue;
            Host.Connected -= registration.Look;
            Host.Connected -= takeover.Look;
        }
    }

    private KubernetesClient Client() =>
        new(new HttpClient(Wire, disposeHandler: false) { BaseAddress = new("https://server") });
}
