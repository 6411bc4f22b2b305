using System.Numerics;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What an instance claims of its host once its guest is larger or smaller.</summary>
internal static class ResourceGrowth
{
    private const string Cpu = "cpu";
    private const string Memory = "memory";
    private const long MilliPerProcessor = 1000;

    /// <summary>True when the request of memory differs because the memory does, and by as much.</summary>
    public static bool Follows(VirtualMachineInstanceSpec started, VirtualMachineInstanceSpec wanted)
    {
        var (before, after) = (started.Domain.Resources?.Requests, wanted.Domain.Resources?.Requests);
        if (
            before is null
            || after is null
            || !before.TryGetValue(Memory, out var had)
            || !after.TryGetValue(Memory, out var asks)
            || before.Count != after.Count
            || before.Any(one => one.Key != Memory && !(after.TryGetValue(one.Key, out var now) && now == one.Value))
        )
        {
            return false;
        }

        BigInteger of = started.Domain.Memory?.Guest?.Value ?? 0;
        BigInteger to = wanted.Domain.Memory?.Guest?.Value ?? 0;
        // Either may have been rounded to a byte.
        return BigInteger.Abs((had.Value * to) - (asks.Value * of)) <= BigInteger.Max(of, to);
    }

    /// <summary>The amounts to claim, by their place below the instance's resources; only those that it claims now.
    /// </summary>
    /// <remarks>
    /// As KubeVirt: a request or limit of memory grows by as much as the guest does, and a request is never below the
    /// guest, unless it was in proportion to it and still is; one of processors grows by the share of a vCPU.
    /// </remarks>
    /// <param name="instance">The instance as it is.</param>
    /// <param name="started">What it was started from.</param>
    /// <param name="wanted">What is wanted.</param>
    /// <param name="update">What of that changes now.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static IEnumerable<(string Place, Quantity Amount)> Of(
        VirtualMachineInstanceSpec instance,
        VirtualMachineInstanceSpec started,
        VirtualMachineInstanceSpec wanted,
        UpdatePlan update,
        KubeVirtConfiguration configuration
    )
    {
        var memory = update.Live.Contains(MemoryUpdate.Path)
            ? Bytes(wanted) - (instance.Domain.Memory?.Guest?.Value ?? 0)
            : 0;
        var vcpus = update.Live.Contains(SocketsUpdate.Path)
            ? CpuTopologies.Vcpus(instance.Domain.Cpu! with { Sockets = wanted.Domain.Cpu!.Sockets })
                - CpuTopologies.Vcpus(instance.Domain.Cpu)
            : 0;
        var milli = vcpus * MilliPerProcessor / configuration.VcpusPerProcessor;
        foreach (
            var (branch, amounts) in new[]
            {
                ("requests", instance.Domain.Resources?.Requests),
                ("limits", instance.Domain.Resources?.Limits),
            }
        )
        {
            if (milli != 0 && amounts?.TryGetValue(Cpu, out var processors) == true)
            {
                yield return ($"{branch}/{Cpu}", Quantity.FromMilli(Math.Max(processors.MilliValue + milli, 0)));
            }

            if (memory != 0 && amounts?.TryGetValue(Memory, out var bytes) == true)
            {
                yield return (
                    $"{branch}/{Memory}",
                    branch == "limits" ? Quantity.FromBytes(Math.Max(bytes.Value + memory, Bytes(wanted)))
                    : Follows(started, wanted) ? wanted.Domain.Resources!.Requests![Memory]
                    : Quantity.FromBytes(Math.Max(bytes.Value + memory, Bytes(wanted)))
                );
            }
        }
    }

    private static long Bytes(VirtualMachineInstanceSpec spec) => spec.Domain.Memory?.Guest?.Value ?? 0;
}
