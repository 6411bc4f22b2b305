using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The least that a preference asks of a machine, in KubeVirt's words.</summary>
internal static class PreferenceRequirementRules
{
    private const string Prefix = "failure checking preference requirements: ";
    private const string TypePath = "spec.instancetype";
    private const string Domain = "spec.template.spec.domain";

    /// <summary>What is not met.</summary>
    /// <param name="spec">The machine as its owner wrote it.</param>
    /// <param name="architecture">The cluster's architecture, for a machine that names none.</param>
    /// <param name="type">Its instance type; null when it has none.</param>
    /// <param name="preference">Its preference.</param>
    public static IEnumerable<FieldError> Check(
        VirtualMachineSpec spec,
        string architecture,
        VirtualMachineInstancetypeSpec? type,
        VirtualMachinePreferenceSpec? preference
    ) =>
        preference?.Requirements is not { } required
            ? []
            : new[]
            {
                required.Cpu is not { } cpu ? null
                : type is not null ? TypeCpu(type.Cpu.Guest, cpu.Guest)
                : MachineCpu(spec.Template.Spec.Domain, cpu.Guest, preference),
                required.Memory is { } memory ? MemoryOf(spec, type, memory.Guest) : null,
                ArchitectureOf(
                    spec.Template.Spec.Architecture.Or(preference.PreferredArchitecture).Or(architecture),
                    required.Architecture
                ),
            }.OfType<FieldError>();

    private static FieldError? TypeCpu(long has, long needs) =>
        has >= needs
            ? null
            : Unmet(
                TypePath,
                $"insufficient CPU resources of {has} vCPU provided by instance type, preference requires {needs} vCPU"
            );

    /// <summary>
    /// Without an instance type, only what the preference favours counts: a guest of many threads has not the cores
    /// that were asked for. A machine that says nothing of its topology gets what it claims, in whatever is favoured.
    /// </summary>
    private static FieldError? MachineCpu(DomainSpec domain, long needs, VirtualMachinePreferenceSpec preference)
    {
        var word = GuestTopologies.WordOf(preference);
        var has =
            !CpuTopologies.IsGiven(domain.Cpu) ? ComputeDefaults.Processors(domain.Resources)
            : word is "spread" or "any" ? CpuTopologies.Vcpus(domain.Cpu)
            : (
                word switch
                {
                    "cores" => domain.Cpu?.Cores,
                    "threads" => domain.Cpu?.Threads,
                    _ => domain.Cpu?.Sockets,
                }
            ) ?? 0;
        return has >= needs
            ? null
            : Unmet(
                word is "cores" or "threads" or "sockets" ? $"{Domain}.cpu.{word}" : $"{Domain}.cpu",
                $"insufficient CPU resources of {has} vCPU provided by VirtualMachine, preference requires {needs} "
                    + $"vCPU provided as {word}"
            );
    }

    private static FieldError? MemoryOf(VirtualMachineSpec spec, VirtualMachineInstancetypeSpec? type, Quantity needs)
    {
        var has = type?.Memory.Guest ?? ComputeDefaults.Memory(spec.Template.Spec.Domain)?.Guest;
        var (path, provider) = type is null ? ($"{Domain}.memory", "VirtualMachine") : (TypePath, "instance type");
        return has >= needs ? null
            : has is null ? Unmet(path, $"no Memory resources provided by VirtualMachine, preference requires {needs}")
            : Unmet(
                path,
                $"insufficient Memory resources of {has} provided by {provider}, preference requires {needs}"
            );
    }

    private static FieldError? ArchitectureOf(string? has, string? needs) =>
        string.IsNullOrEmpty(needs) || has == needs
            ? null
            : Unmet(
                "spec.template.spec.architecture",
                $"preference requires architecture {needs} but {has} is being requested"
            );

    private static FieldError Unmet(string path, string message) => FieldError.NotFound(path, Prefix + message);
}
