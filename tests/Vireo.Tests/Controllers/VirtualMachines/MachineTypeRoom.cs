using System.Net;
using System.Text.Json.Nodes;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>A control plane with simulated hosts of its own, whose QEMU can be upgraded, for one test.</summary>
internal sealed class MachineTypeRoom : IAsyncDisposable
{
    public const string Space = "default";
    public const string HostName = "host";

    private readonly Dictionary<string, RunningPart> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedHypervisor> _hosts = new(StringComparer.Ordinal);

    private MachineTypeRoom() { }

    public ControlPlane Plane { get; } = new();

    /// <summary>The first host.</summary>
    public SimulatedHypervisor Host { get; private set; } = null!;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A host's types are those of a QEMU and of some before it.</summary>
    public static HostFacts Qemu(params string[] versions) =>
        SimulatedHost.Offering(new(versions[^1]), SimulatedHost.Upstream(versions));

    public static async Task<MachineTypeRoom> OpenAsync(HostFacts? facts = null)
    {
        var room = new MachineTypeRoom();
        await room.Plane.InitializeAsync();
        room.Host = await room.AddHostAsync(HostName, facts ?? Qemu("6.2", "7.2"));
        return room;
    }

    public async Task<SimulatedHypervisor> AddHostAsync(string name, HostFacts facts)
    {
        var host = new SimulatedHypervisor(facts, TimeProvider.System);
        _hosts[name] = host;
        _agents[name] = Plane.RunAgent(name, host);
        await UntilOffersAsync(name, facts);
        return host;
    }

    /// <summary>The agent of the first host ends and begins again; its guests do not notice.</summary>
    public async Task RestartAgentAsync()
    {
        await _agents[HostName].DisposeAsync();
        _agents[HostName] = Plane.RunAgent(HostName, Host);
    }

    /// <summary>The first host's QEMU becomes another, as after an upgrade of its packages.</summary>
    public async Task UpgradeAsync(HostFacts facts)
    {
        Host.Upgrade(facts);
        await UntilOffersAsync(HostName, facts);
    }

    /// <summary>A cluster whose guests have this type when nobody names one.</summary>
    public static KubeVirtConfiguration DefaultOf(string type) =>
        new() { ArchitectureConfiguration = new() { Amd64 = new() { MachineType = type } } };

    /// <summary>The cluster's configuration as an administrator sets it.</summary>
    public async Task ConfigureAsync(KubeVirtConfiguration configuration) =>
        await Plane.SeenAsync(
            await Plane.User.ChangeAsync<KubeVirt>(
                new("kubevirt", "kubevirt"),
                found => found with { Spec = new() { Configuration = configuration } },
                Ct
            )
        );

    public static VirtualMachine Machine(string name, string? type, RunStrategy strategy = RunStrategy.Always)
    {
        var machine = Objects.Machine(name, Space, strategy);
        return type is null ? machine : WithType(machine, type);
    }

    public async Task<VirtualMachine> CreateAsync(VirtualMachine machine) => await Plane.User.CreateAsync(machine, Ct);

    /// <summary>A machine that has run to its first boot, as <see cref="BootedAsync"/> tells it.</summary>
    public async Task<string> BootAsync(VirtualMachine machine)
    {
        await CreateAsync(machine);
        return await BootedAsync(machine.Metadata.Name!);
    }

    /// <summary>Waits until a guest runs that is another than the one before, and all is told of it.</summary>
    /// <returns>The machine type of its domain.</returns>
    public async Task<string> BootedAsync(string name, string? otherThan = null)
    {
        var instance = await Plane.UntilAsync<VirtualMachineInstance>(
            name,
            Space,
            found => found.Status?.Phase is VirtualMachineInstancePhase.Running && found.Metadata.Uid != otherThan
        );
        await UntilAsync(name, found => found.Status is { PrintableStatus: "Running", Created: true });
        var host = _hosts[instance.Status!.NodeName!];
        return (await host.ObserveAsync(new(Space, name), Ct))!.MachineType;
    }

    public Task<VirtualMachine> UntilAsync(string name, Func<VirtualMachine, bool> isSo) =>
        Plane.UntilAsync(name, Space, isSo);

    /// <summary>Waits until a record is as it should be.</summary>
    public async Task<MachineTypeRecord> UntilRecordedAsync(string name, Func<MachineTypeRecord, bool> isSo) =>
        (await UntilAsync(name, found => found.Status?.MachineType is { } record && isSo(record))).Status!.MachineType!;

    public MachineTypeRecord? RecordOf(string name) => Plane.Find<VirtualMachine>(name, Space)?.Status?.MachineType;

    public string? UidOf(string name) => Plane.Find<VirtualMachineInstance>(name, Space)?.Metadata.Uid;

    public async Task StopAsync(string name)
    {
        await ActAsync(name, "stop");
        await UntilAsync(name, found => found.Status is { PrintableStatus: "Stopped", Created: false });
        await Plane.UntilGoneAsync<VirtualMachineInstance>(name, Space);
    }

    /// <summary>Starts a machine that stands.</summary>
    public async Task<string> StartAsync(string name)
    {
        await ActAsync(name, "start");
        return await BootedAsync(name);
    }

    public async Task<string> RestartAsync(string name)
    {
        var uid = UidOf(name);
        await ActAsync(name, "restart");
        return await BootedAsync(name, uid);
    }

    public async Task ActAsync(string name, string action, string body = "{}") =>
        (await Plane.ActAsync(new(Space, name), action, body)).Code.ShouldBe(HttpStatusCode.Accepted);

    /// <summary>The owner names another type in the template; null to name none.</summary>
    public Task EditAsync(string name, string? type) =>
        Plane.User.PatchAsync<VirtualMachine>(
            new(Space, name),
            Patch.Merge(
                new JsonObject
                {
                    ["spec"] = new JsonObject
                    {
                        ["template"] = new JsonObject
                        {
                            ["spec"] = new JsonObject
                            {
                                ["domain"] = new JsonObject
                                {
                                    ["machine"] = type is null ? null : new JsonObject { ["type"] = type },
                                },
                            },
                        },
                    },
                }
            ),
            Ct
        );

    /// <summary>What an update of the record comes to, however it is asked for.</summary>
    public Task SetAsync(string name, string type) =>
        Plane.Client.ChangeStatusAsync<VirtualMachine>(
            new(Space, name),
            found =>
                found with
                {
                    Status = (found.Status ?? new()) with
                    {
                        MachineType = (found.Status?.MachineType ?? new()) with
                        {
                            Resolved = type,
                            Source = "Update",
                            RecordedAt = TimeProvider.System.GetUtcNow(),
                        },
                    },
                },
            Ct
        );

    /// <summary>As an older Vireo left the machines: without records.</summary>
    public async Task ForgetRecordsAsync()
    {
        foreach (var machine in Plane.All<VirtualMachine>(Space))
        {
            await Plane.Client.ChangeStatusAsync<VirtualMachine>(
                ResourceKey.Of(machine),
                found => found with { Status = found.Status! with { MachineType = null } },
                Ct
            );
        }
    }

    /// <summary>Begins a term of the controllers to which all that is there now is older than itself.</summary>
    public async Task BeginAsync()
    {
        await Plane.StopControllersAsync();
        // Times of objects are whole seconds.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Eventually.HoldsAsync(() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() > now);
        await Plane.RestartControllersAsync();
    }

    public static VirtualMachine WithType(VirtualMachine machine, string type) =>
        WithDomain(machine, domain => domain with { Machine = new() { Type = type } });

    public static VirtualMachine WithDomain(VirtualMachine machine, Func<DomainSpec, DomainSpec> change)
    {
        var template = machine.Spec.Template;
        var spec = template.Spec with { Domain = change(template.Spec.Domain) };
        return machine with { Spec = machine.Spec with { Template = template with { Spec = spec } } };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents.Values)
        {
            await agent.DisposeAsync();
        }

        await Plane.DisposeAsync();
    }

    private async Task UntilOffersAsync(string name, HostFacts facts) =>
        await Plane.SeenAsync(
            await Plane.UntilAsync<Host>(
                name,
                null,
                host =>
                    Vireo.Rules.Conditions.IsTrue(host.Status?.Conditions, "Ready")
                    && host.Status!.MachineTypes!.SequenceEqual(facts.MachineTypes)
            )
        );
}
