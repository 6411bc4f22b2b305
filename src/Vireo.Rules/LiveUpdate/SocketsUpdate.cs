using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Rules on a change of the number of sockets while the guest runs: more of them, up to the maximum.</summary>
/// <remarks>The order of the checks and their texts are KubeVirt's: clients compare them.</remarks>
internal static class SocketsUpdate
{
    public const string Path = "domain.cpu.sockets";

    private const string InProgress = "another CPU hotplug is in progress";
    private const string Migrating = "CPU hotplug is not allowed while VMI is migrating";
    private const string TooMany = "CPU sockets updated in template spec to a value higher than what's available";
    private const string Fewer = "Reduction of CPU socket count requires a restart";
    private const string OnArm = "ARM doesn't support CPU hotplug";
    private const string Failed =
        "CPU sockets updated in template spec. CPU hotplug failed and is not available for this VM configuration";

    /// <summary>The change as it takes effect.</summary>
    /// <param name="change">From what the instance was told to what is wanted.</param>
    /// <param name="instance">The instance; it runs.</param>
    /// <param name="wanted">The sockets that are wanted.</param>
    public static FieldChange Rule(FieldChange change, VirtualMachineInstance instance, long wanted)
    {
        var cpu = instance.Spec.Domain.Cpu;
        var told = CpuTopologies.Of(cpu).Sockets!.Value;
        var has = instance.Status?.CurrentCPUTopology?.Sockets ?? told;
        var pending = Conditions.Find(instance.Status?.Conditions, Hotplug.VcpuChange);
        var mayTakeBack = pending is not null && Hotplug.HasNotBegun(instance, pending);
        return pending switch
        {
            { Status: "False" } => wanted == has ? Live() : Restart(Failed),
            { Status: "True" } when !mayTakeBack && !Hotplug.IsOver(instance, pending) => Held(InProgress),
            _ when Hotplug.IsMigrating(instance) => Held(Migrating),
            _ when wanted > (cpu?.MaxSockets ?? 0) => Restart(TooMany),
            _ when wanted < (mayTakeBack ? has : told) => Restart(Fewer),
            _ when instance.Spec.Architecture == "arm64" => Restart(OnArm),
            _ => Live(),
        };

        FieldChange Live() => change with { Effect = FieldEffect.Live };
        FieldChange Held(string why) => change with { Effect = FieldEffect.Held, Why = why };
        FieldChange Restart(string why) => change with { Effect = FieldEffect.Restart, Why = why };
    }

    /// <summary>What is to be said where the instance was told what is wanted; null when nothing is.</summary>
    public static FieldChange? AfterFailure(VirtualMachineInstance instance) =>
        Conditions.Find(instance.Status?.Conditions, Hotplug.VcpuChange) is { Status: "False" }
            ? new(Path, FieldEffect.Restart) { Why = Failed }
            : null;
}
