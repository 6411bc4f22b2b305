using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>Guests that run, and what their machines ask of them.</summary>
internal static class LiveUpdates
{
    /// <summary>Changes wait for the next start.</summary>
    public static KubeVirtConfiguration Staged { get; } = new() { VmRolloutStrategy = "Stage" };

    /// <summary>A plan for a guest that was started from one spec and is wanted by another.</summary>
    public static UpdatePlan Plan(
        VirtualMachineInstanceSpec running,
        VirtualMachineInstanceSpec wanted,
        KubeVirtConfiguration? configuration = null
    ) => Plan(running, wanted, Running(running), configuration);

    /// <inheritdoc cref="Plan(VirtualMachineInstanceSpec, VirtualMachineInstanceSpec, KubeVirtConfiguration?)" />
    public static UpdatePlan Plan(
        VirtualMachineInstanceSpec started,
        VirtualMachineInstanceSpec wanted,
        VirtualMachineInstance instance,
        KubeVirtConfiguration? configuration = null
    ) => LiveUpdate.Plan(Of(wanted), instance, Of(started).Spec, configuration ?? new());

    /// <summary>A machine that wants an instance of this spec.</summary>
    public static VirtualMachine Of(VirtualMachineInstanceSpec wanted)
    {
        var machine = Samples.Machine();
        return machine with { Spec = machine.Spec with { Template = new() { Spec = wanted } } };
    }

    /// <summary>An instance that was made from a spec, has all of it and runs.</summary>
    public static VirtualMachineInstance Running(
        VirtualMachineInstanceSpec given,
        KubeVirtConfiguration? configuration = null
    )
    {
        configuration ??= new();
        var spec = HotplugDefaults.Fill(InstanceDefaults.Fill(given, configuration, Samples.MachineUid), configuration);
        var instance = Samples.Instance();
        return instance with
        {
            Metadata = instance.Metadata with
            {
                ResourceVersion = "7",
                Annotations = new Dictionary<string, string> { [KubeVirtNames.GenerationAnnotation] = "2" },
            },
            Spec = spec,
            Status = instance.Status! with
            {
                NodeName = "here",
                CurrentCPUTopology = CpuTopologies.Of(spec.Domain.Cpu),
                Memory = new()
                {
                    GuestAtBoot = spec.Domain.Memory?.Guest,
                    GuestRequested = spec.Domain.Memory?.Guest,
                    GuestCurrent = spec.Domain.Memory?.Guest,
                },
            },
        };
    }

    /// <summary>The instance as it tells of something.</summary>
    public static VirtualMachineInstance With(
        this VirtualMachineInstance instance,
        string type,
        string status,
        string? reason,
        DateTimeOffset? since = null
    ) =>
        instance with
        {
            Status = instance.Status! with
            {
                Conditions =
                [
                    .. instance.Status.Conditions ?? [],
                    new()
                    {
                        Type = type,
                        Status = status,
                        Reason = reason,
                        LastTransitionTime = since ?? Samples.Now,
                    },
                ],
            },
        };

    /// <summary>The instance as it moves.</summary>
    public static VirtualMachineInstance Moving(this VirtualMachineInstance instance) =>
        instance with
        {
            Status = instance.Status! with
            {
                MigrationState = new() { TargetNode = "there", StartTimestamp = Samples.Now },
            },
        };

    /// <summary>The instance after a move.</summary>
    public static VirtualMachineInstance Moved(
        this VirtualMachineInstance instance,
        DateTimeOffset end,
        bool failed = false
    ) =>
        instance with
        {
            Status = instance.Status! with
            {
                MigrationState = new()
                {
                    TargetNode = "there",
                    StartTimestamp = end.AddSeconds(-5),
                    EndTimestamp = end,
                    Completed = true,
                    Failed = failed,
                },
            },
        };

    /// <summary>The instance as it was told to have other sockets or memory, and has not.</summary>
    public static VirtualMachineInstance Told(
        this VirtualMachineInstance instance,
        long? sockets = null,
        string? memory = null
    )
    {
        var domain = instance.Spec.Domain;
        return instance with
        {
            Spec = instance.Spec with
            {
                Domain = domain with
                {
                    Cpu = domain.Cpu! with { Sockets = sockets ?? domain.Cpu.Sockets },
                    Memory = domain.Memory! with
                    {
                        Guest = memory is null ? domain.Memory.Guest : Quantity.Parse(memory),
                    },
                },
            },
        };
    }

    /// <summary>The instance as its guest has other sockets or memory.</summary>
    public static VirtualMachineInstance Has(
        this VirtualMachineInstance instance,
        long? sockets = null,
        string? requested = null,
        string? current = null
    )
    {
        var status = instance.Status!;
        return instance with
        {
            Status = status with
            {
                CurrentCPUTopology = status.CurrentCPUTopology! with
                {
                    Sockets = sockets ?? status.CurrentCPUTopology.Sockets,
                },
                Memory = status.Memory! with
                {
                    GuestRequested = requested is null ? status.Memory.GuestRequested : Quantity.Parse(requested),
                    GuestCurrent = current is null ? status.Memory.GuestCurrent : Quantity.Parse(current),
                },
            },
        };
    }
}
