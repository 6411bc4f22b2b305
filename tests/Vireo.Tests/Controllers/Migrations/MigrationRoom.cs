using System.Net;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Controllers.Migrations;

/// <summary>Simulated hosts of one test, on a control plane that others use too: guests keep to their own.</summary>
internal sealed class MigrationRoom : IAsyncDisposable
{
    private const string Label = "room";

    private readonly Dictionary<string, RunningPart> _agents = new(StringComparer.Ordinal);

    private MigrationRoom(ControlPlane plane, string space) => (Plane, Space) = (plane, space);

    public ControlPlane Plane { get; }

    public string Space { get; }

    public SimulatedMoves Moves { get; } = new();

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A room with the hosts a, b, c ... of which the first gets the first guests.</summary>
    public static async Task<MigrationRoom> OpenAsync(ControlPlane plane, int hosts = 2)
    {
        var room = new MigrationRoom(plane, await plane.MakeNamespaceAsync());
        for (var index = 0; index < hosts; index++)
        {
            await room.AddHostAsync($"{(char)('a' + index)}");
        }

        return room;
    }

    /// <summary>The full name of a host of this room.</summary>
    public string Host(string letter) => $"{Space}-{letter}";

    public async Task AddHostAsync(string letter)
    {
        var (name, labels) = (Host(letter), new Dictionary<string, string> { [Label] = Space });
        labels["kubernetes.io/hostname"] = name;
        await Plane.AddHostAsync(
            name,
            Objects.Offer("True"),
            Objects.RenewedBefore(TimeSpan.Zero) with
            {
                LeaseDurationSeconds = 3600,
            }
        );
        await Plane.Client.ChangeAsync<Node>(
            new(null, name),
            seen => seen with { Metadata = seen.Metadata with { Labels = labels } },
            Ct
        );
        StartAgent(letter);
    }

    public void StartAgent(string letter) => _agents[letter] = SimulatedMover.Run(Plane.Client, Host(letter), Moves);

    /// <summary>The agent of a host ends; guests run on, moves through it are cut.</summary>
    public async Task EndAgentAsync(string letter)
    {
        await _agents[letter].DisposeAsync();
        Moves.CutAll(Host(letter));
    }

    /// <summary>Nobody hears of the host any more.</summary>
    public Task SilenceAsync(string letter) =>
        Plane.Client.ChangeAsync<Lease>(
            new("kube-node-lease", Host(letter)),
            seen => seen with { Spec = Objects.RenewedBefore(TimeSpan.FromHours(2)) },
            Ct
        );

    /// <summary>A machine whose guest runs on a host.</summary>
    public async Task<VirtualMachineInstance> StartAsync(
        string name,
        string letter = "a",
        string? eviction = null,
        Func<VirtualMachineInstanceSpec, VirtualMachineInstanceSpec>? change = null
    )
    {
        foreach (var other in _agents.Keys.Where(other => other != letter))
        {
            await CordonAsync(other, true);
        }

        var machine = Objects.Machine(name, Space);
        var spec = machine.Spec.Template.Spec with
        {
            EvictionStrategy = eviction,
            NodeSelector = new Dictionary<string, string> { [Label] = Space },
        };
        machine = machine with
        {
            Spec = machine.Spec with { Template = machine.Spec.Template with { Spec = change?.Invoke(spec) ?? spec } },
        };
        await Plane.User.CreateAsync(machine, Ct);
        var guest = await UntilAsync(name, found => found.Status?.Phase is VirtualMachineInstancePhase.Running);
        foreach (var other in _agents.Keys)
        {
            await CordonAsync(other, null);
        }

        guest.Status!.NodeName.ShouldBe(Host(letter));
        return guest;
    }

    public async Task CordonAsync(string letter, bool? isCordoned) =>
        await Plane.SeenAsync(
            await Plane.Client.ChangeAsync<Host>(
                new(null, Host(letter)),
                seen => seen with { Spec = new() { Unschedulable = isCordoned } },
                Ct
            )
        );

    /// <summary>As kubectl taint does it.</summary>
    public async Task DrainAsync(string letter, bool isDrained = true) =>
        await Plane.SeenAsync(
            await Plane.User.ChangeAsync<Node>(
                new(null, Host(letter)),
                seen =>
                    seen with
                    {
                        Spec = new()
                        {
                            Taints = isDrained ? [new() { Key = "kubevirt.io/drain", Effect = "NoSchedule" }] : null,
                        },
                    },
                Ct
            )
        );

    /// <summary>A migration by hand; its name.</summary>
    public async Task<string> MigrateAsync(string name) =>
        (await Plane.User.CreateAsync(Migration(name), Ct)).Metadata.Name!;

    public VirtualMachineInstanceMigration Migration(string name) =>
        new()
        {
            Metadata = new() { Namespace = Space, GenerateName = "move-" },
            Spec = new() { VmiName = name },
        };

    public Task CancelAsync(string migration) =>
        Plane.User.DeleteAsync<VirtualMachineInstanceMigration>(new(Space, migration), null, Ct);

    public Task<VirtualMachineInstanceMigration> UntilAsync(string migration, Phase phase) =>
        Plane.UntilAsync<VirtualMachineInstanceMigration>(migration, Space, found => found.Status?.Phase == phase);

    public Task<VirtualMachineInstanceMigration> UntilMigrationAsync(
        string migration,
        Func<VirtualMachineInstanceMigration, bool> isSo
    ) => Plane.UntilAsync(migration, Space, isSo);

    public Task<VirtualMachineInstance> UntilAsync(string name, Func<VirtualMachineInstance, bool> isSo) =>
        Plane.UntilAsync(name, Space, isSo);

    /// <summary>Waits until a guest runs on a host and nowhere else, by its status and by what is so.</summary>
    public async Task UntilOnAsync(string name, string letter)
    {
        var host = Host(letter);
        var guest = await UntilAsync(
            name,
            found =>
                found.Status?.NodeName == host
                && found.Metadata.Labels?.GetValueOrDefault(KubeVirtNames.NodeNameLabel) == host
                && !MigrationStates.IsUnderWay(found)
        );
        await Eventually.HoldsAsync(() => Moves.HostsOf(guest.Metadata.Uid!).SequenceEqual([host]));
        Moves.Doubles.ShouldBeEmpty();
    }

    public IReadOnlyList<VirtualMachineInstanceMigration> Migrations(string name) =>
        [.. Plane.All<VirtualMachineInstanceMigration>(Space).Where(one => one.Spec.VmiName == name)];

    public async Task<HttpStatusCode> ActAsync(string name, string action) =>
        (await Plane.ActAsync(new(Space, name), action)).Code;

    /// <summary>The cluster's configuration until the test ends.</summary>
    public async Task ConfigureAsync(Func<KubeVirtSpec, KubeVirtSpec> change) =>
        await Plane.SeenAsync(
            await Plane.User.ChangeAsync<KubeVirt>(
                new("kubevirt", "kubevirt"),
                found => found with { Spec = change(found.Spec ?? new()) },
                Ct
            )
        );

    public async ValueTask DisposeAsync()
    {
        Moves.Holds.Clear();
        await Plane.User.ChangeAsync<KubeVirt>(
            new("kubevirt", "kubevirt"),
            found => found with { Spec = new() },
            CancellationToken.None
        );
        foreach (var machine in Plane.All<VirtualMachine>(Space))
        {
            await Plane.User.DeleteAsync<VirtualMachine>(ResourceKey.Of(machine), null, CancellationToken.None);
        }

        await Eventually.HoldsAsync(() =>
            Plane.All<VirtualMachineInstanceMigration>(Space).All(MigrationNames.IsFinal)
        );
        foreach (var agent in _agents.Values)
        {
            await agent.DisposeAsync();
        }
    }
}
