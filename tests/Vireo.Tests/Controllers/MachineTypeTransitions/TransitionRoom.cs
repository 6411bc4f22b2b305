using System.Text.Json.Nodes;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>
/// A control plane with a simulated host that begins as a RHEL 8 and becomes a RHEL 9, so that there are machines
/// which run with what q35 meant once.
/// </summary>
public sealed class TransitionRoom : IAsyncLifetime
{
    public const string HostName = "host";
    public const string Old = "pc-q35-rhel8.2.0";
    public const string Older = "pc-q35-rhel8.0.0";
    public const string New = "pc-q35-rhel9.6.0";
    public const string Kept = "pc-q35-rhel9.2.0";
    public const string I440 = "pc-i440fx-rhel7.6.0";

    private RunningPart _agent = null!;
    private SimulatedHypervisor _host = null!;
    private int _number;

    public ControlPlane Plane { get; } = new();

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal SimulatedHypervisor Host => _host;

    /// <summary>Where q35 still means a type of RHEL 8.</summary>
    private static HostFacts Rhel8 =>
        SimulatedHost.Offering(
            new(6, 2),
            [.. new[] { Older, Old, I440 }.Select(name => Offer(name)), Offer("q35", Old), Offer("pc", I440)]
        );

    public async ValueTask InitializeAsync()
    {
        await Plane.InitializeAsync();
        _host = new SimulatedHypervisor(Rhel8, TimeProvider.System);
        _agent = Plane.RunAgent(HostName, _host);
        await UntilOffersAsync(Rhel8);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await Plane.DisposeAsync();
    }

    /// <summary>The host's QEMU becomes that of RHEL 9, under guests that run on.</summary>
    public Task UpgradeAsync() => BecomeAsync(SimulatedHost.Rhel9);

    /// <summary>The host's QEMU becomes that of RHEL 8 again.</summary>
    public Task DowngradeAsync() => BecomeAsync(Rhel8);

    internal async Task BecomeAsync(HostFacts facts)
    {
        _host.Upgrade(facts);
        await UntilOffersAsync(facts);
    }

    /// <summary>The host's agent ends; its guests run on.</summary>
    public ValueTask LoseAgentAsync() => _agent.DisposeAsync();

    public Task RegainAgentAsync()
    {
        _agent = Plane.RunAgent(HostName, _host);
        return Task.CompletedTask;
    }

    public Task<string> MakeNamespaceAsync() => Plane.MakeNamespaceAsync();

    /// <summary>An administrator who lets aliases float, as design 0 has it, or pins them, as design 2 does.</summary>
    public async Task LetFloatAsync(bool floats = true) =>
        await Plane.SeenAsync(
            await Plane.User.ChangeAsync<KubeVirt>(
                new("kubevirt", "kubevirt"),
                found =>
                    found with
                    {
                        Spec = new() { Configuration = new() { MachineTypePolicy = floats ? "Floating" : "Pinned" } },
                    },
                Ct
            )
        );

    /// <summary>A machine that runs, or one that stands and never ran.</summary>
    public async Task<ResourceKey> MakeAsync(
        string space,
        string name,
        string? type,
        bool runs,
        RunStrategy strategy = RunStrategy.Always
    )
    {
        var machine = VirtualMachines.MachineTypeRoom.WithDomain(
            Objects.Machine(name, space, runs ? strategy : RunStrategy.Halted),
            domain => domain with { RebootPolicy = nameof(RebootPolicy.Terminate) }
        );
        if (type is not null)
        {
            machine = VirtualMachines.MachineTypeRoom.WithType(machine, type);
        }

        await Plane.User.CreateAsync(machine, Ct);
        var key = new ResourceKey(space, name);
        if (runs && strategy is RunStrategy.Manual)
        {
            await ActAsync(key, "start");
        }

        if (runs)
        {
            await UntilUpAsync(key);
        }
        else
        {
            await UntilAsync(key, found => found.Status?.PrintableStatus == "Stopped");
        }

        return key;
    }

    /// <summary>Waits until a guest runs that is another than the one before, and all is told of it.</summary>
    public async Task<VirtualMachineInstance> UntilUpAsync(ResourceKey key, string? otherThan = null)
    {
        var instance = await Plane.UntilAsync<VirtualMachineInstance>(
            key.Name,
            key.Namespace,
            found =>
                found.Status is { Phase: VirtualMachineInstancePhase.Running, Machine.Type: not null }
                && found.Metadata.Uid != otherThan
        );
        await UntilAsync(key, found => found.Status is { PrintableStatus: "Running", MachineType: not null });
        return instance;
    }

    public async Task ActAsync(ResourceKey key, string action) =>
        ((int)(await Plane.ActAsync(key, action)).Code).ShouldBe(202);

    public Task<VirtualMachine> UntilAsync(ResourceKey key, Func<VirtualMachine, bool> isSo) =>
        Plane.UntilAsync(key.Name, key.Namespace, isSo);

    public VirtualMachine? Find(ResourceKey key) => Plane.Find<VirtualMachine>(key.Name, key.Namespace);

    public VirtualMachineInstance? InstanceOf(ResourceKey key) =>
        Plane.Find<VirtualMachineInstance>(key.Name, key.Namespace);

    public string? UidOf(ResourceKey key) => InstanceOf(key)?.Metadata.Uid;

    /// <summary>Makes a transition from types below RHEL 9 to the newest of RHEL 9.</summary>
    public async Task<string> BeginAsync(
        Func<MachineTypeTransitionSpec, MachineTypeTransitionSpec> with,
        string? name = null
    )
    {
        var spec = with(new() { Steps = [new() { Below = "pc-q35-rhel9.0.0", Target = New }] });
        await Plane.SeenAllAsync<VirtualMachine>();
        name ??= $"t{Interlocked.Increment(ref _number)}";
        await Plane.User.CreateAsync(
            new MachineTypeTransition
            {
                Metadata = new() { Name = name },
                Spec = spec,
            },
            Ct
        );
        return name;
    }

    public Task<MachineTypeTransition> UntilPhaseAsync(string name, string phase) =>
        UntilToldAsync(name, status => status.Phase == phase);

    public Task<MachineTypeTransition> UntilCountsAsync(string name, Func<MachineTypeTransitionCounts, bool> isSo) =>
        UntilToldAsync(name, status => status.Counts is { } counts && isSo(counts));

    /// <summary>Its owner changes a transition.</summary>
    public Task PatchTransitionAsync(string name, string patch) =>
        Plane.User.PatchAsync<MachineTypeTransition>(new(null, name), Patch.Merge(JsonNode.Parse(patch)!), Ct);

    public Task PatchAsync(ResourceKey key, string patch) =>
        Plane.User.PatchAsync<VirtualMachine>(key, Patch.Merge(JsonNode.Parse(patch)!), Ct);

    public string? TemplateOf(ResourceKey key) => Find(key)?.Spec.Template.Spec.Domain.Machine?.Type;

    public bool IsLabelled(ResourceKey key) =>
        Find(key)?.Metadata.Labels?.GetValueOrDefault(KubeVirtNames.RestartRequiredLabel) == "true";

    /// <summary>What came of a machine.</summary>
    public MachineTypeOutcome OutcomeOf(string transition, ResourceKey key) =>
        Plane
            .Find<MachineTypeTransition>(transition)!
            .Status!.Outcomes!.Single(one => one.Namespace == key.Namespace && one.Name == key.Name);

    /// <summary>How often the mark of transitions was written on a machine since the start.</summary>
    public int ChangesOf(ResourceKey key) =>
        Plane
            .Writes.OfType<VirtualMachine>()
            .Where(one => ResourceKey.Of(one) == key)
            .Select(one => one.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.TransitionAnnotation))
            .Where(mark => mark is not null)
            .Distinct(StringComparer.Ordinal)
            .Count();

    /// <summary>How many instances a machine had since the start.</summary>
    public int StartsOf(ResourceKey key) =>
        Plane
            .Writes.OfType<VirtualMachineInstance>()
            .Where(one => ResourceKey.Of(one) == key)
            .Select(one => one.Metadata.Uid)
            .Distinct(StringComparer.Ordinal)
            .Count();

    private static HostMachineType Offer(string name, string? canonical = null) =>
        new()
        {
            Name = name,
            Canonical = canonical,
            Architecture = "amd64",
            MaxCpus = 288,
        };

    /// <summary>Waits until a transition tells something, and its machines are seen as they were then.</summary>
    private async Task<MachineTypeTransition> UntilToldAsync(string name, Func<MachineTypeTransitionStatus, bool> isSo)
    {
        var told = await Plane.UntilAsync<MachineTypeTransition>(
            name,
            null,
            found => found.Status is { } status && isSo(status)
        );
        await Plane.CatchUpAsync<VirtualMachine>();
        await Plane.CatchUpAsync<VirtualMachineInstance>();
        return told;
    }

    private async Task UntilOffersAsync(HostFacts facts) =>
        await Plane.SeenAsync(
            await Plane.UntilAsync<Host>(
                HostName,
                null,
                host =>
                    Conditions.IsTrue(host.Status?.Conditions, "Ready")
                    && host.Status!.MachineTypes!.SequenceEqual(facts.MachineTypes)
            )
        );
}
