using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Plans how changes of a machine reach the guest that runs.</summary>
public static class LiveUpdate
{
    private const string Requests = "domain.resources.requests";
    private const string WhileMigrating = "Node affinity should not be changed during VMI migration";

    /// <summary>True when changes reach guests that run; false when all wait for the next start.</summary>
    public static bool IsOn(KubeVirtConfiguration configuration) => configuration.VmRolloutStrategy != "Stage";

    /// <summary>Field by field, what differs and how it comes to hold.</summary>
    /// <remarks>
    /// <para>
    /// Both sides are completed by the same defaults, today's, so that neither a default of the server nor a change of
    /// the cluster's configuration counts as a change of the machine. How far a guest can grow is decided when its
    /// instance is made: no default of it ever differs.
    /// </para>
    /// <para>
    /// What can change while the guest runs is compared with what the instance was told last, all else with what it was
    /// started from. A field that takes a restart keeps no other from changing.
    /// </para>
    /// </remarks>
    /// <param name="machine">The machine as it is wanted; where it names types, expanded.</param>
    /// <param name="instance">Its instance.</param>
    /// <param name="startedFrom">The machine's spec that the instance was started from, expanded likewise.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static UpdatePlan Plan(
        VirtualMachine machine,
        VirtualMachineInstance instance,
        VirtualMachineSpec startedFrom,
        KubeVirtConfiguration configuration
    )
    {
        var started = Complete(startedFrom.Template.Spec, configuration, machine.Metadata.Uid);
        var wanted = Complete(machine.Spec.Template.Spec, configuration, machine.Metadata.Uid);
        var scene = new Scene(instance, started, wanted);
        var changes = SpecComparison
            .Differences(Tree(Reached(started, instance.Spec)), Tree(wanted))
            .Select(change => IsOn(configuration) ? Rule(change, scene) : Staged(change))
            .Concat(AfterFailures(instance))
            .DistinctBy(change => change.Path, StringComparer.Ordinal)
            .ToList();
        changes = [.. changes.Select(change => Follow(change, changes, scene)).OfType<FieldChange>()];
        return changes is [] ? UpdatePlan.Empty : new(changes);
    }

    /// <summary>The spec with its defaults, and sockets, cores and threads as the guest has them: where some are given,
    /// defaults leave the rest out.</summary>
    internal static VirtualMachineInstanceSpec Complete(
        VirtualMachineInstanceSpec given,
        KubeVirtConfiguration configuration,
        string? identity
    )
    {
        var spec = InstanceDefaults.Fill(given, configuration, identity);
        var topology = CpuTopologies.Of(spec.Domain.Cpu);
        var cpu = (spec.Domain.Cpu ?? new()) with
        {
            Sockets = topology.Sockets,
            Cores = topology.Cores,
            Threads = topology.Threads,
        };
        return spec with { Domain = spec.Domain with { Cpu = cpu } };
    }

    /// <summary>What the instance was started from, with all that it was told since.</summary>
    private static VirtualMachineInstanceSpec Reached(
        VirtualMachineInstanceSpec started,
        VirtualMachineInstanceSpec told
    ) =>
        started with
        {
            NodeSelector = told.NodeSelector,
            Domain = started.Domain with
            {
                Cpu = started.Domain.Cpu! with { Sockets = CpuTopologies.Of(told.Domain.Cpu).Sockets },
                Memory = (started.Domain.Memory ?? new()) with
                {
                    Guest = told.Domain.Memory?.Guest ?? started.Domain.Memory?.Guest,
                },
            },
        };

    private static FieldChange Staged(FieldChange change) =>
        change.Effect is FieldEffect.Recorded ? change : change with { Effect = FieldEffect.Restart };

    private static FieldChange Rule(FieldChange change, Scene scene) =>
        change switch
        {
            { Effect: FieldEffect.NextPlacement } => Hotplug.IsMigrating(scene.Instance)
                ? change with
                {
                    Effect = FieldEffect.Held,
                    Why = WhileMigrating,
                }
                : change,
            { Effect: FieldEffect.Live } when !scene.IsRunning => change with
            {
                // An instance that no host takes may be one that is too large: only a new one is placed by its size.
                Effect = scene.IsUnplaceable ? FieldEffect.Restart : FieldEffect.Held,
            },
            { Path: SocketsUpdate.Path } => SocketsUpdate.Rule(
                change,
                scene.Instance,
                scene.Wanted.Domain.Cpu!.Sockets!.Value
            ),
            { Path: MemoryUpdate.Path } => MemoryUpdate.Rule(
                change,
                scene.Instance,
                scene.Wanted.Domain.Memory?.Guest ?? default
            ),
            _ => change,
        };

    private static IEnumerable<FieldChange> AfterFailures(VirtualMachineInstance instance) =>
        new[] { SocketsUpdate.AfterFailure(instance), MemoryUpdate.AfterFailure(instance) }.OfType<FieldChange>();

    /// <summary>A claim on the host that changes as the memory does takes effect with it, as of types that claim less
    /// than they give.</summary>
    private static FieldChange? Follow(FieldChange change, List<FieldChange> all, Scene scene)
    {
        if (change.Path != Requests || !ResourceGrowth.Follows(scene.Started, scene.Wanted))
        {
            return change;
        }

        var memory = all.Find(other => other.Path == MemoryUpdate.Path);
        return memory is null ? null : change with { Effect = memory.Effect };
    }

    private static JsonNode? Tree(VirtualMachineInstanceSpec spec) =>
        JsonSerializer.SerializeToNode(spec, ApiJson.Default.VirtualMachineInstanceSpec);

    private sealed record Scene(
        VirtualMachineInstance Instance,
        VirtualMachineInstanceSpec Started,
        VirtualMachineInstanceSpec Wanted
    )
    {
        public bool IsRunning => Instance.Status?.Phase is VirtualMachineInstancePhase.Running;

        public bool IsUnplaceable =>
            Conditions.Find(Instance.Status?.Conditions, "PodScheduled") is { Status: "False" };
    }
}
