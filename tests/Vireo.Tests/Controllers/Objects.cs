using Vireo.Api;

namespace Vireo.Tests.Controllers;

/// <summary>What the tests of the controllers create.</summary>
internal static class Objects
{
    public static VirtualMachine Machine(string name, string space, RunStrategy strategy = RunStrategy.Always) =>
        new()
        {
            Metadata = new() { Name = name, Namespace = space },
            Spec = new()
            {
                RunStrategy = strategy,
                Template = new() { Spec = InstanceSpec() },
            },
        };

    public static VirtualMachineInstance Instance(string name, string space) =>
        new()
        {
            Metadata = new() { Name = name, Namespace = space },
            Spec = InstanceSpec(),
        };

    public static VirtualMachineInstanceSpec InstanceSpec(string memory = "64Mi") =>
        new()
        {
            Domain = new()
            {
                Devices = new(),
                Memory = new() { Guest = Quantity.Parse(memory) },
            },
        };

    public static ConfigMap ConfigMap(string name, string space, params OwnerReference[] owners) =>
        new()
        {
            Metadata = new()
            {
                Name = name,
                Namespace = space,
                OwnerReferences = owners,
            },
        };

    public static OwnerReference Owner(IResource owner) =>
        new()
        {
            ApiVersion = owner.ApiVersion!,
            Kind = owner.Kind!,
            Name = owner.Metadata.Name!,
            Uid = owner.Metadata.Uid!,
        };

    /// <summary>What a host says of itself.</summary>
    public static HostStatus Offer(string ready, string memory = "8Gi") =>
        new()
        {
            Conditions = [new() { Type = "Ready", Status = ready }],
            Architecture = "amd64",
            Allocatable = new Dictionary<string, Quantity>
            {
                ["cpu"] = Quantity.Parse("8"),
                ["memory"] = Quantity.Parse(memory),
            },
            MachineTypes =
            [
                new()
                {
                    Name = "q35",
                    Architecture = "amd64",
                    MaxCpus = 255,
                },
            ],
        };

    /// <summary>What an agent's lease says that was renewed so long ago.</summary>
    public static LeaseSpec RenewedBefore(TimeSpan age) =>
        new() { LeaseDurationSeconds = 40, RenewTime = TimeProvider.System.GetUtcNow() - age };

    public static DeleteOptions Delete(string propagation) => new() { PropagationPolicy = propagation };
}
