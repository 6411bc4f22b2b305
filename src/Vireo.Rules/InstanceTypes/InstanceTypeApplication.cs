using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Writes what an instance type says into a template that says nothing against it.</summary>
internal static class InstanceTypeApplication
{
    public static VirtualMachineInstanceTemplateSpec Apply(
        VirtualMachineInstanceTemplateSpec template,
        VirtualMachineInstancetypeSpec type,
        VirtualMachinePreferenceSpec? preference
    ) =>
        template with
        {
            Metadata = Annotations.Add(template.Metadata, type.Annotations),
            Spec = template.Spec with
            {
                NodeSelector = type.NodeSelector is { Count: > 0 } selector ? selector : template.Spec.NodeSelector,
                Domain = template.Spec.Domain with
                {
                    Cpu = Cpu(template.Spec.Domain.Cpu ?? new(), type.Cpu, preference),
                    Memory = (template.Spec.Domain.Memory ?? new()) with
                    {
                        Guest = type.Memory.Guest,
                        MaxGuest = type.Memory.MaxGuest ?? template.Spec.Domain.Memory?.MaxGuest,
                    },
                    Resources = Overcommit(template.Spec.Domain.Resources, type.Memory),
                },
            },
        };

    private static CPU Cpu(CPU cpu, CPUInstancetype type, VirtualMachinePreferenceSpec? preference)
    {
        var topology = GuestTopologies.Of(type.Guest, preference);
        return cpu with
        {
            Sockets = topology.Sockets,
            Cores = topology.Cores,
            Threads = topology.Threads,
            MaxSockets = type.MaxSockets is > 0 ? type.MaxSockets : cpu.MaxSockets,
            Model = type.Model.Or(cpu.Model),
        };
    }

    private static ResourceRequirements? Overcommit(ResourceRequirements? resources, MemoryInstancetype type) =>
        type.OvercommitPercent is not > 0
            ? resources
            : (resources ?? new()) with
            {
                Requests = new Dictionary<string, Quantity>(
                    resources?.Requests ?? new Dictionary<string, Quantity>(),
                    StringComparer.Ordinal
                )
                {
                    ["memory"] = Quantity.FromBytes(
                        (long)((Int128)type.Guest.Value * (100 - type.OvercommitPercent.Value) / 100)
                    ),
                },
            };
}
