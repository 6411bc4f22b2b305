using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.Controllers;

namespace Vireo.Tests.Agent;

/// <summary>Two whole agents with simulated hypervisors, their doors on real sockets, and a real API server.</summary>
/// <remarks>No controllers: who chooses hosts is the test.</remarks>
internal sealed class TwoHosts : IAsyncDisposable
{
    public const string MigrationUid = "5f0e57c1-0000-4000-8000-000000000001";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly Dictionary<string, RunningPart> _agents = [];
    private readonly RunningServer _server;

    private TwoHosts(RunningServer server)
    {
        _server = server;
        Client = new(server.Own);
    }

    public KubernetesClient Client { get; }

    public Dictionary<string, SimulatedHypervisor> Hypervisors { get; } = [];

    public Dictionary<string, SimulatedGuestMoves> Moves { get; } = [];

    public static ResourceKey Key { get; } = new("default", "mover");

    /// <summary>With a guest that runs on host1.</summary>
    public static async Task<TwoHosts> OpenAsync(bool hasKvm = true)
    {
        var room = new TwoHosts(await RunningServer.StartAsync());
        foreach (var host in (string[])["host1", "host2"])
        {
            room.Hypervisors[host] = new(SimulatedHost.Facts with { HasKvm = hasKvm }, TimeProvider.System);
            room.Moves[host] = new(room.Hypervisors[host]);
            room.StartAgent(host);
        }

        await room._server.PostAsync(RunningServer.Vmis, RunningServer.Vmi(Key.Name));
        await room.ChangeAsync(instance =>
            instance with
            {
                Status = new() { Phase = VirtualMachineInstancePhase.Scheduled, NodeName = "host1" },
            }
        );
        await room.UntilAsync(instance => instance.Status?.Phase == VirtualMachineInstancePhase.Running, "it runs");
        foreach (var host in room.Hypervisors.Keys)
        {
            await Eventually.HoldsAsync(
                () => room.Client.FindAsync<Host>(new(null, host), default).Result?.Status?.Endpoint is not null,
                $"{host} tells where it is reached"
            );
        }

        return room;
    }

    public void StartAgent(string host)
    {
        var options = new AgentOptions
        {
            StateFolder = Directory.CreateDirectory(Path.Combine(_folder, host)).FullName,
            NodeName = host,
            Simulated = true,
        };
        var hypervisor = Hypervisors[host];
        var parts = new HypervisorParts(hypervisor, new SimulatedGuestControl(hypervisor), Moves[host]);
        _agents[host] = new(ct =>
            AgentHost.RunAsync(options, parts, Client, NullLogger.Instance, TimeProvider.System, ct)
        );
    }

    public ValueTask StopAgentAsync(string host) => _agents[host].DisposeAsync();

    /// <summary>As the controller does when it has chosen a host.</summary>
    public Task AssignAsync(string target, string uid = MigrationUid) =>
        ChangeAsync(instance => MigrationStates.Assigned(instance, uid, target));

    public async Task<VirtualMachineInstance> ReadAsync() =>
        (await Client.FindAsync<VirtualMachineInstance>(Key, CancellationToken.None)).ShouldNotBeNull();

    public Task ChangeAsync(Func<VirtualMachineInstance, VirtualMachineInstance> change) =>
        Client.ChangeAsync(Key, change, CancellationToken.None);

    public async Task<VirtualMachineInstance> UntilAsync(Predicate<VirtualMachineInstance> holds, string what)
    {
        VirtualMachineInstance? seen = null;
        await Eventually.HoldsAsync(() => holds(seen = ReadAsync().Result), what);
        return seen!;
    }

    public Task<VirtualMachineInstance> UntilEndedAsync(string uid = MigrationUid) =>
        UntilAsync(
            instance =>
                instance.Status?.MigrationState is { EndTimestamp: not null } state && state.MigrationUid == uid,
            "the migration has ended"
        );

    /// <summary>Waits until the guest runs on this host, and nothing of it is on the other.</summary>
    public async Task UntilOnlyOnAsync(string host)
    {
        var uid = (await ReadAsync()).Metadata.Uid!;
        var id = new DomainId(Key, uid);
        foreach (var (name, hypervisor) in Hypervisors)
        {
            var place = name == host ? GuestPlace.Running : GuestPlace.Absent;
            await Eventually.HoldsAsync(() => hypervisor.StandOf(id).Place == place, $"on {name} it is {place}");
        }

        var other = Hypervisors.Keys.Single(name => name != host);
        await Eventually.HoldsAsync(() => !FolderOn(other, uid).Exists, $"{other} keeps nothing of it");
        (await ReadAsync()).Status!.NodeName.ShouldBe(host);
    }

    public InstanceFolder FolderOn(string host, string uid) => new(Path.Combine(_folder, host), uid);

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents.Values)
        {
            await agent.DisposeAsync();
        }

        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
