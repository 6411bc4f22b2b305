using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Names all that keeps an instance from running on a host.</summary>
internal static class HostFit
{
    /// <summary>All that keeps an instance from running on a host; nothing when it can.</summary>
    /// <param name="spec">The instance.</param>
    /// <param name="claim">What it needs.</param>
    /// <param name="candidate">The host.</param>
    /// <param name="from">The host that its guest comes from while it runs; null for one that is to be started.</param>
    public static IEnumerable<string> WhyNot(
        VirtualMachineInstanceSpec spec,
        ResourceClaim claim,
        HostCandidate candidate,
        Host? from
    ) =>
        [
            .. State(candidate),
            .. Hardware(spec, candidate),
            .. ProcessorFit.WhyNot(spec.Domain.Cpu?.Model, candidate.Host.Status?.Processor, from?.Status?.Processor),
            .. Labels(spec, candidate),
            .. Room(claim, candidate),
        ];

    private static IEnumerable<string> State(HostCandidate candidate)
    {
        if (!candidate.HasFreshLease)
        {
            yield return "is not heard of (its agent does not renew its lease)";
        }
        else if (Conditions.Find(candidate.Host.Status?.Conditions, "Ready") is not { Status: "True" })
        {
            yield return "is not Ready";
        }
        else if (candidate.Host.Spec?.Unschedulable == true || candidate.Node?.Spec?.Unschedulable == true)
        {
            yield return "is cordoned";
        }
        else if (candidate.Node?.Spec?.Taints?.FirstOrDefault(KeepsOff) is { } taint)
        {
            yield return $"bears the taint {taint.Key}";
        }
    }

    private static bool KeepsOff(Taint taint) => taint.Effect is "NoSchedule" or "NoExecute";

    private static IEnumerable<string> Hardware(VirtualMachineInstanceSpec spec, HostCandidate candidate)
    {
        var status = candidate.Host.Status;
        if (spec.Architecture is { Length: > 0 } architecture && status?.Architecture != architecture)
        {
            yield return $"is {status?.Architecture ?? "of no known architecture"}, not {architecture}";
            yield break;
        }

        if (spec.Domain.Machine?.Type is not { Length: > 0 } type)
        {
            yield break;
        }

        var offer = status?.MachineTypes?.FirstOrDefault(offered =>
            (offered.Name == type || offered.Canonical == type) && offered.Architecture == status.Architecture
        );
        var vcpus = CpuTopologies.MaxVcpus(spec.Domain.Cpu);
        if (offer is null)
        {
            yield return $"does not offer machine type {type}";
        }
        else if (vcpus > offer.MaxCpus)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"allows {offer.MaxCpus} vCPUs with machine type {type}, not {vcpus}"
            );
        }
    }

    private static IEnumerable<string> Labels(VirtualMachineInstanceSpec spec, HostCandidate candidate) =>
        (spec.NodeSelector ?? new Dictionary<string, string>())
            .Where(wanted =>
                candidate.Node?.Metadata.Labels is not { } labels
                || !labels.TryGetValue(wanted.Key, out var value)
                || value != wanted.Value
            )
            .OrderBy(wanted => wanted.Key, StringComparer.Ordinal)
            .Select(wanted => $"lacks the label {wanted.Key}={wanted.Value}");

    private static IEnumerable<string> Room(ResourceClaim claim, HostCandidate candidate)
    {
        if (claim.MemoryBytes > candidate.FreeMemoryBytes)
        {
            yield return $"has {Amounts.Memory(candidate.FreeMemoryBytes)} of memory free "
                + $"of {Amounts.Memory(candidate.Allocatable("memory").Value)}, "
                + $"{Amounts.Memory(claim.MemoryBytes)} needed";
        }

        if (claim.CpuMilli > candidate.FreeCpuMilli)
        {
            yield return $"has {Amounts.Processors(candidate.FreeCpuMilli)} processors free "
                + $"of {Amounts.Processors(candidate.Allocatable("cpu").MilliValue)}, "
                + $"{Amounts.Processors(claim.CpuMilli)} needed";
        }
    }
}
