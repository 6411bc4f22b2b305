using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Agent;

/// <summary>An instance that may grow, and how it is asked to.</summary>
internal static class Growing
{
    public const long MiB = 1L << 20;

    /// <summary>It boots with one vCPU and 128Mi, and may have four and 512Mi.</summary>
    public static VirtualMachineInstance Instance { get; } =
        Samples.With(domain =>
            domain with
            {
                Cpu = domain.Cpu! with { MaxSockets = 4 },
                Memory = domain.Memory! with { MaxGuest = Quantity.Parse("512Mi") },
            }
        );

    public static VirtualMachineInstance ToSockets(this VirtualMachineInstance instance, long sockets) =>
        instance.With(domain => domain with { Cpu = domain.Cpu! with { Sockets = sockets } });

    public static VirtualMachineInstance ToMemory(this VirtualMachineInstance instance, string guest) =>
        instance.With(domain => domain with { Memory = domain.Memory! with { Guest = Quantity.Parse(guest) } });

    public static VirtualMachineInstance Waiting(
        this VirtualMachineInstance instance,
        string change,
        string reason = Hotplug.InPlace,
        string status = "True"
    ) =>
        instance with
        {
            Status = (instance.Status ?? new()) with
            {
                Conditions =
                [
                    .. Conditions.Remove(instance.Status?.Conditions, change),
                    new()
                    {
                        Type = change,
                        Status = status,
                        Reason = reason,
                        LastTransitionTime = DateTimeOffset.UnixEpoch,
                    },
                ],
            },
        };

    private static VirtualMachineInstance With(
        this VirtualMachineInstance instance,
        Func<DomainSpec, DomainSpec> change
    ) => instance with { Spec = instance.Spec with { Domain = change(instance.Spec.Domain) } };
}
