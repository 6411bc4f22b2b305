using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Processors and memory that an instance does not name.</summary>
internal static class ComputeDefaults
{
    private static readonly string[] Claimed = ["cpu", "memory"];

    /// <summary>A limit alone is also the request.</summary>
    public static ResourceRequirements? Resources(ResourceRequirements? resources)
    {
        var missing = (resources?.Limits ?? new Dictionary<string, Quantity>())
            .Where(limit =>
                Claimed.Contains(limit.Key)
                && limit.Value > default(Quantity)
                && resources!.Requests?.ContainsKey(limit.Key) != true
            )
            .ToList();
        return missing.Count == 0
            ? resources
            : resources! with
            {
                Requests = (resources.Requests ?? new Dictionary<string, Quantity>())
                    .Concat(missing)
                    .ToDictionary(StringComparer.Ordinal),
            };
    }

    /// <summary>The guest has what is requested for it.</summary>
    public static Memory? Memory(DomainSpec domain) =>
        domain.Memory?.Guest is null
        && domain.Resources?.Requests is { } requests
        && requests.TryGetValue("memory", out var request)
        && request > default(Quantity)
            ? (domain.Memory ?? new()) with
            {
                Guest = request,
            }
            : domain.Memory;

    /// <summary>
    /// As many sockets as processors are limited or requested, only where nothing of the topology is given; and a
    /// model.
    /// </summary>
    /// <remarks>
    /// The model of the host, as KubeVirt. Where guests may be emulated it is left open: what emulation can do differs
    /// from what the host has, and only its agent knows which of the two it will be.
    /// </remarks>
    public static CPU? Cpu(DomainSpec domain, string architecture, KubeVirtConfiguration configuration)
    {
        var cpu = domain.Cpu ?? new();
        if (!CpuTopologies.IsGiven(cpu))
        {
            cpu = cpu with { Sockets = Processors(domain.Resources), Cores = 1, Threads = 1 };
        }

        return string.IsNullOrEmpty(cpu.Model) ? cpu with { Model = Model(architecture, configuration) } : cpu;
    }

    /// <summary>As many as are limited or requested; 1 where nothing is said.</summary>
    public static long Processors(ResourceRequirements? resources)
    {
        foreach (var amounts in new[] { resources?.Limits, resources?.Requests })
        {
            if (amounts is not null && amounts.TryGetValue("cpu", out var amount) && amount > default(Quantity))
            {
                return amount.Value;
            }
        }

        return 1;
    }

    private static string? Model(string architecture, KubeVirtConfiguration configuration) =>
        configuration.CpuModel is { Length: > 0 } given ? given
        : configuration.UsesEmulation ? null
        : architecture == "arm64" ? "host-passthrough"
        : "host-model";
}
